"""From the configuration to a radio."""

import builtins
import sys
from typing import Any

import pytest
import zigpy.config

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ConfigError
from sebridge.base.secret import Secret
from sebridge.radio.factory import make_radio, zigpy_config
from sebridge.radio.network_guard import NetworkGuard
from sebridge.settings.options import RadioOptions
from tests.radio.simulated_air import LINK_KEY, SE_ENDPOINT, eui64


def problem(options: RadioOptions) -> str:
    with pytest.raises(ConfigError) as error:
        make_radio(options, [SE_ENDPOINT], {}, VirtualClock(), NetworkGuard({}))
    return str(error.value)


@pytest.mark.parametrize("kind", ["ezsp", "xbee", "znp"])
def test_a_stick_needs_a_path(kind: str) -> None:
    message = problem(RadioOptions(type=kind))

    assert message.startswith("radio.path: is missing")
    assert "socket://host:port" in message


def test_a_simulated_radio_needs_an_air() -> None:
    assert problem(RadioOptions()).startswith("radio.type: a simulated radio needs")


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    assert problem(RadioOptions(type="zwave")) == (
        "radio.type: 'zwave' is none of ezsp, xbee, znp, simulated"
    )


def test_a_library_that_is_not_installed_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real_import = builtins.__import__

    def without_znp(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("zigpy_znp"):
            raise ModuleNotFoundError(f"No module named {name!r}")
        return real_import(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "sebridge.radio.znp.application", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_znp)

    message = problem(RadioOptions(type="znp", path="/dev/ttyUSB0"))

    assert message == (
        "radio.type: the library for znp radios is not installed; pip install 'sebridge[znp]'"
    )


def test_the_network_of_the_configuration_is_zigpys() -> None:
    options = RadioOptions(
        type="ezsp",
        path="/dev/ttyUSB0",
        baudrate=57600,
        flow_control="hardware",
        channel=20,
        pan_id=0x1A62,
        extended_pan_id=eui64(0xBEEF),
        network_key=LINK_KEY,
    )

    config = zigpy.config.CONFIG_SCHEMA(zigpy_config(options, "/dev/ttyUSB0"))

    assert config["device"] == {
        "path": "/dev/ttyUSB0",
        "baudrate": 57600,
        "flow_control": "hardware",
    }
    network = config["network"]
    assert (network["channel"], network["pan_id"]) == (20, 0x1A62)
    assert str(network["extended_pan_id"]) == "00:00:00:00:00:00:be:ef"
    assert Secret(network["key"].serialize()) == LINK_KEY


def test_what_is_not_configured_is_left_to_the_radio() -> None:
    config = zigpy.config.CONFIG_SCHEMA(zigpy_config(RadioOptions(flow_control="none"), "/dev/x"))

    network = config["network"]
    assert [network[name] for name in ("channel", "pan_id", "extended_pan_id", "key")] == [None] * 4
    assert config["device"]["flow_control"] is None


def test_zigpy_stores_nothing_and_fetches_nothing() -> None:
    config = zigpy.config.CONFIG_SCHEMA(zigpy_config(RadioOptions(), "simulated"))

    assert config["database_path"] is None
    assert not config["backup_enabled"]
    assert not config["topology_scan_enabled"]
    assert not config["ota"]["enabled"]
    assert not config["ota"]["broadcast_enabled"]
