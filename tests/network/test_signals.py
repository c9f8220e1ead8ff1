"""Signals are values: listeners cannot change them for those who hear them later."""

import pytest

from sebridge.network.signals import DeviceActive, JoiningChanged
from tests.network.air import address


def test_a_signal_cannot_be_changed() -> None:
    signal = DeviceActive(address(1))

    with pytest.raises(AttributeError):
        signal.device = address(2)  # type: ignore[misc]  # that it is refused is the point


def test_the_same_news_is_equal() -> None:
    assert JoiningChanged(0) == JoiningChanged(0)
    assert DeviceActive(address(1)) == DeviceActive(address(1))
