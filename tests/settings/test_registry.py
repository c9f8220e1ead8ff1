"""The registry: get, set, be told, and remember."""

import logging
from pathlib import Path
from typing import Any

import pytest

from sebridge.base.clock import SystemClock
from sebridge.base.errors import ParameterError, RefusedError
from sebridge.base.signals import SignalBus
from sebridge.settings import entries
from sebridge.settings.registry import Registry
from sebridge.settings.signals import SettingChanged
from sebridge.storage.database import Database

TIMEOUT = "Conversation.default_timeout"


@pytest.fixture
def bus() -> SignalBus:
    return SignalBus(strict=True)


@pytest.fixture
def heard(bus: SignalBus) -> list[SettingChanged]:
    signals: list[SettingChanged] = []
    bus.listen(SettingChanged, signals.append)
    return signals


def test_a_new_registry_has_the_defaults(bus: SignalBus) -> None:
    store: dict[str, Any] = {}
    registry = Registry(store, bus)

    assert registry[entries.ANSWER_TIMEOUT] == 40
    assert registry.get(TIMEOUT) == 40
    assert registry.get("ZCL_Cluster.disable_default_response") is True
    assert store == {}


def test_a_value_that_is_set_is_kept_and_told(bus: SignalBus, heard: list[SettingChanged]) -> None:
    store: dict[str, Any] = {}
    registry = Registry(store, bus)
    timeout = registry.reader(entries.ANSWER_TIMEOUT)

    registry.set(TIMEOUT, "0x20")

    assert registry[entries.ANSWER_TIMEOUT] == 32
    assert timeout() == 32
    assert store == {TIMEOUT: 32}
    assert heard == [SettingChanged(TIMEOUT, 32)]
    assert Registry(store, bus)[entries.ANSWER_TIMEOUT] == 32


def test_setting_the_present_value_tells_nobody(
    bus: SignalBus, heard: list[SettingChanged]
) -> None:
    registry = Registry({}, bus)

    registry.set(TIMEOUT, 40)

    assert heard == []


def test_both_names_of_a_setting_mean_one_value(
    bus: SignalBus, heard: list[SettingChanged]
) -> None:
    store: dict[str, Any] = {}
    registry = Registry(store, bus)

    registry.set("ZDO_Device_Manager.refresh_rate", 300)

    assert registry.get("ZDO_Device_Manager.refresh_interval") == 300
    assert registry.get("ZDO_Device_Manager.refresh_rate") == 300
    assert store == {"ZDO_Device_Manager.refresh_interval": 300}
    assert [signal.name for signal in heard] == ["ZDO_Device_Manager.refresh_interval"]


def test_no_value_sets_the_default_also_over_the_configuration(bus: SignalBus) -> None:
    name = "ZDO_Device_Manager.require_explicit_device_add"
    store: dict[str, Any] = {}
    registry = Registry(store, bus, {name: True})
    assert registry.get(name) is True

    registry.set(name, None)

    assert registry.get(name) is False
    assert Registry(store, bus, {name: True}).get(name) is False


def test_the_configuration_counts_until_something_is_set(bus: SignalBus) -> None:
    store: dict[str, Any] = {}
    configured = {"ZDO_Device_Manager.refresh_rate": "60"}
    assert Registry(store, bus, configured)[entries.REFRESH_INTERVAL] == 60

    Registry(store, bus, configured).set("ZDO_Device_Manager.refresh_interval", 90)

    assert Registry(store, bus, configured)[entries.REFRESH_INTERVAL] == 90


def test_a_wrong_value_changes_nothing(bus: SignalBus, heard: list[SettingChanged]) -> None:
    store: dict[str, Any] = {}
    registry = Registry(store, bus)

    with pytest.raises(ParameterError) as caught:
        registry.set(TIMEOUT, 1.5)

    assert str(caught.value) == "value: 1.5 is not a whole number"
    assert (store, heard, registry.get(TIMEOUT)) == ({}, [], 40)


def test_a_setting_that_is_not_there_can_be_neither_read_nor_made(bus: SignalBus) -> None:
    registry = Registry({}, bus)

    for attempt in (lambda: registry.get("no.such"), lambda: registry.set("no.such", 1)):
        with pytest.raises(ParameterError, match=r"name: there is no registry entry 'no\.such'"):
            attempt()


def test_a_stored_value_that_is_not_allowed_any_more_is_not_used(
    bus: SignalBus, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        registry = Registry({TIMEOUT: 0}, bus)

    assert registry.get(TIMEOUT) == 40
    assert caplog.messages == [f"{TIMEOUT} is 40: the stored value 0 is not in 1..3600"]


def test_each_name_is_described(bus: SignalBus) -> None:
    described = {name: (value, text) for name, value, text in Registry({}, bus).described()}

    assert set(described) == {name for entry in entries.ENTRIES for name in entry.names}
    assert described["ZDO_Device_Manager.refresh_rate"][0] == 120
    assert described[TIMEOUT] == (40, entries.ANSWER_TIMEOUT.help)


def test_what_is_lent_stands_above_what_was_set_and_is_not_kept(
    bus: SignalBus, heard: list[SettingChanged]
) -> None:
    store: dict[str, Any] = {TIMEOUT: 30}
    registry = Registry(store, bus)

    take_back = registry.lend({TIMEOUT: "20"}, "the plug-in a")
    meanwhile = registry.get(TIMEOUT)
    with pytest.raises(RefusedError, match=rf"{TIMEOUT} is that of the plug-in a while it runs"):
        registry.set(TIMEOUT, 25)
    with pytest.raises(RefusedError, match="is that of the plug-in a"):
        registry.lend({TIMEOUT: 21}, "the plug-in b")
    take_back()

    assert meanwhile == 20
    assert registry.get(TIMEOUT) == 30
    assert store == {TIMEOUT: 30}
    assert heard == [SettingChanged(TIMEOUT, 20), SettingChanged(TIMEOUT, 30)]
    registry.set(TIMEOUT, 25)


def test_all_settings_are_lent_or_none(bus: SignalBus, heard: list[SettingChanged]) -> None:
    registry = Registry({}, bus)

    with pytest.raises(ParameterError, match=r"ZCL_Cluster\.disable_default_response: "):
        registry.lend({TIMEOUT: 20, "ZCL_Cluster.disable_default_response": "maybe"}, "a")

    assert (heard, registry.get(TIMEOUT)) == ([], 40)
    registry.set(TIMEOUT, 25)


async def test_what_was_set_survives_in_the_database(tmp_path: Path, bus: SignalBus) -> None:
    for expected in (40, 55):
        database = Database(tmp_path / "sebridge.db", SystemClock())
        await database.open()
        registry = Registry(database.collection("registry", str, object), bus)
        assert registry.get(TIMEOUT) == expected
        registry.set(TIMEOUT, 55)
        registry.set("RPC_Manager.use_push", value=True)
        await database.close()
