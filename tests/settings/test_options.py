"""The options as they are without a configuration."""

import pytest

from sebridge.base.secret import Secret
from sebridge.settings.options import MqttOptions, Options


def test_everything_has_a_default() -> None:
    options = Options()

    assert options.radio.type == "simulated"
    assert options.mqtt.tls is None
    assert options.simulator.devices == ()


def test_options_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Options().mqtt.port = 1  # type: ignore[misc]  # that is the point


def test_a_password_does_not_show() -> None:
    assert "hunter2" not in repr(MqttOptions(password=Secret(b"hunter2")))
