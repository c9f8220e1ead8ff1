"""News of the registry."""

import pytest

from sebridge.settings.signals import SettingChanged


def test_a_signal_cannot_be_changed_on_its_way() -> None:
    signal = SettingChanged("RPC_Manager.use_push", value=True)

    with pytest.raises(AttributeError):
        signal.value = False  # type: ignore[misc]  # that is the point
