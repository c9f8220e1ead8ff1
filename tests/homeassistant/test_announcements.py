"""What is told to Home Assistant, and what is taken back."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from sebridge.base.signals import SignalBus
from sebridge.features.metering.signals import MeterRead
from sebridge.homeassistant.announcements import Announcement, Announcements
from sebridge.homeassistant.discovered import DevicePart, DiscoveredDevice, discovered
from sebridge.model.plain import from_plain, to_plain
from sebridge.network.known_device import KnownDevice
from tests.homeassistant.house import (
    DOUBLE_METER,
    GATEWAY_TOPIC,
    METER,
    PLUG,
    Kept,
    announcements,
    content,
    device_of,
    discovery_topic,
    reading,
)


def announce(source: Announcements, known: KnownDevice) -> dict[str, Any]:
    device = discovered(known)
    assert device is not None
    (told,) = source.device(device, is_heard=True)
    return content(told.payload)


def test_the_gateway_and_a_device_have_a_topic_each(
    accepts: Callable[[Mapping[str, Any]], bool],
) -> None:
    source = announcements({}, SignalBus())
    device = discovered(METER)
    assert device is not None

    told = [*source.gateway(), *source.device(device, is_heard=True)]

    assert [one.topic for one in told] == [GATEWAY_TOPIC, discovery_topic(1)]
    assert all(accepts(content(one.payload)) for one in told)


def test_a_component_that_is_gone_is_taken_back(
    accepts: Callable[[Mapping[str, Any]], bool], bus: SignalBus
) -> None:
    kept: Kept = {}
    source = announcements(kept, bus)
    bus.send(MeterRead(METER.eui64, 10, reading()))
    announce(source, METER)
    kept["meter_shapes"].clear()

    payload = announce(source, METER)

    assert payload["cmps"]["10_energy_in"] == {"p": "sensor"}
    assert payload["cmps"]["10_meter_status"] == {"p": "binary_sensor"}
    assert accepts(payload)


def test_a_component_that_comes_back_is_told_in_full(bus: SignalBus) -> None:
    kept: Kept = {}
    source = announcements(kept, bus)
    bus.send(MeterRead(METER.eui64, 10, reading()))
    announce(source, METER)
    kept["meter_shapes"].clear()
    announce(source, METER)
    bus.send(MeterRead(METER.eui64, 10, reading()))

    payload = announce(source, METER)

    assert payload["cmps"]["10_energy_in"]["uniq_id"].endswith("_10_energy_in")


def test_a_device_is_withdrawn_once(bus: SignalBus) -> None:
    source = announcements({}, bus)
    announce(source, METER)

    withdrawn = [source.withdraw(METER.eui64, is_heard=heard) for heard in (True, False)]

    assert withdrawn == [[Announcement(discovery_topic(1), b"")], []]


def test_what_an_earlier_run_told_and_is_no_more_is_withdrawn() -> None:
    kept: Kept = {}
    before = announcements(kept, SignalBus())
    before.gateway()
    announce(before, METER)
    announce(before, PLUG)

    outdated = announcements(kept, SignalBus()).outdated([PLUG.eui64], is_heard=True)

    assert outdated == [Announcement(discovery_topic(1), b"")]


def test_another_prefix_withdraws_all_below_the_old_one() -> None:
    kept: Kept = {}
    announcements(kept, SignalBus()).gateway()

    outdated = announcements(kept, SignalBus(), discovery_prefix="ha").outdated([], is_heard=True)

    assert outdated == [Announcement(GATEWAY_TOPIC, b"")]


def test_switched_off_it_withdraws_all_and_tells_nothing() -> None:
    kept: Kept = {}
    announce(announcements(kept, SignalBus()), METER)
    off = announcements(kept, SignalBus(), enabled=False)
    device = discovered(METER)
    assert device is not None

    assert off.outdated([METER.eui64], is_heard=True) == [Announcement(discovery_topic(1), b"")]
    assert off.gateway() == []
    assert off.device(device, is_heard=True) == []
    assert announcements(kept, SignalBus(), enabled=False).birth_topics == ()


def test_what_home_assistant_may_have_missed_is_taken_leave_of_by_unique_ids() -> None:
    kept: Kept = {}
    before = announcements(kept, SignalBus())
    told = announce(before, METER)
    before.withdraw(METER.eui64, is_heard=False)
    source = announcements(kept, SignalBus(), enabled=False)

    (farewell,) = source.farewells()
    payload = content(farewell.payload)

    assert source.birth_topics == ("homeassistant/status",)
    assert farewell.topic == discovery_topic(1)
    assert payload["dev"]["ids"] == told["dev"]["ids"]
    assert {key: one["uniq_id"] for key, one in payload["cmps"].items()} == {
        key: one["uniq_id"] for key, one in told["cmps"].items()
    }
    assert source.partings() == [Announcement(discovery_topic(1), b"")]
    assert source.farewells() == []


def test_of_what_home_assistant_has_heard_no_leave_is_taken() -> None:
    source = announcements({}, SignalBus())
    announce(source, METER)
    source.withdraw(METER.eui64, is_heard=True)

    assert source.farewells() == []


def test_of_a_device_that_is_back_no_leave_is_taken() -> None:
    source = announcements({}, SignalBus())
    announce(source, METER)
    source.withdraw(METER.eui64, is_heard=False)

    announce(source, METER)

    assert source.farewells() == []


def test_leave_is_taken_of_a_component_that_is_gone_and_not_of_the_others(bus: SignalBus) -> None:
    kept: Kept = {}
    source = announcements(kept, bus)
    bus.send(MeterRead(METER.eui64, 10, reading()))
    before = announce(source, METER)["cmps"]
    kept["meter_shapes"].clear()
    after = announce(source, METER)["cmps"]
    gone = {key for key, part in after.items() if part.keys() == {"p"}}

    (farewell,), (parting,) = source.farewells(), source.partings()

    said, taken = content(farewell.payload)["cmps"], content(parting.payload)["cmps"]
    assert {key: one["uniq_id"] for key, one in said.items()} == {
        key: before[key]["uniq_id"] for key in gone
    }
    assert taken == {key: {"p": before[key]["p"]} for key in gone}
    assert source.farewells() == []
    assert announce(source, METER)["cmps"].keys() == after.keys() - gone


def test_of_a_component_that_is_back_no_leave_is_taken(bus: SignalBus) -> None:
    kept: Kept = {}
    source = announcements(kept, bus)
    bus.send(MeterRead(METER.eui64, 10, reading()))
    announce(source, METER)
    kept["meter_shapes"].clear()
    announce(source, METER)

    bus.send(MeterRead(METER.eui64, 10, reading()))
    announce(source, METER)

    assert source.farewells() == []


def test_of_a_device_that_is_gone_with_a_component_leave_is_taken_once(bus: SignalBus) -> None:
    kept: Kept = {}
    source = announcements(kept, bus)
    bus.send(MeterRead(METER.eui64, 10, reading()))
    announce(source, METER)
    kept["meter_shapes"].clear()
    announce(source, METER)

    source.withdraw(METER.eui64, is_heard=False)

    assert len(source.farewells()) == 1
    assert source.partings() == [Announcement(discovery_topic(1), b"")]


def test_where_there_is_no_home_assistant_the_oldest_withdrawals_are_forgotten() -> None:
    kept: Kept = {}
    kept["announced"] = {discovery_topic(number): ("sensor x",) for number in range(1, 259)}
    kept["announced"][GATEWAY_TOPIC] = ("sensor x",)
    source = announcements(kept, SignalBus())

    source.outdated([], is_heard=False)
    left = [farewell.topic for farewell in source.farewells()]

    assert left == [discovery_topic(number) for number in range(3, 259)]


def test_what_is_remembered_can_be_stored() -> None:
    kept: Kept = {}
    announcements(kept, SignalBus()).gateway()

    names = kept["announced"][GATEWAY_TOPIC]

    assert from_plain(tuple[str, ...], to_plain(names)) == names


SECOND_OUTLET = (DevicePart("second", "Second", (2,)),)
PART_TOPIC = discovery_topic(6).replace("/config", "_second/config")


def in_parts(parts: tuple[DevicePart, ...] = SECOND_OUTLET) -> DiscoveredDevice:
    return replace(device_of(DOUBLE_METER), parts=parts)


def test_a_part_is_a_device_of_its_own(
    accepts: Callable[[Mapping[str, Any]], bool], bus: SignalBus
) -> None:
    source = announcements({}, bus)
    for endpoint in (1, 2):
        bus.send(MeterRead(DOUBLE_METER.eui64, endpoint, reading()))

    whole, part = source.device(in_parts(), is_heard=True)

    told = content(part.payload)
    assert (whole.topic, part.topic) == (discovery_topic(6), PART_TOPIC)
    assert accepts(told)
    assert not [key for key in content(whole.payload)["cmps"] if key.startswith("2_")]
    assert told["cmps"]["2_energy_in"]["name"] == "Energy imported"
    assert told["dev"]["name"] == "Two Second"
    assert source.outdated([DOUBLE_METER.eui64], is_heard=True) == []


def test_a_part_that_is_none_any_more_is_withdrawn(bus: SignalBus) -> None:
    source = announcements({}, bus)
    bus.send(MeterRead(DOUBLE_METER.eui64, 2, reading()))
    source.device(in_parts(), is_heard=True)

    told = source.device(in_parts(()), is_heard=True)

    assert told[0] == Announcement(PART_TOPIC, b"")
    assert [one.topic for one in told] == [PART_TOPIC, discovery_topic(6)]


def test_parts_are_withdrawn_with_their_device(bus: SignalBus) -> None:
    source = announcements({}, bus)
    bus.send(MeterRead(DOUBLE_METER.eui64, 2, reading()))
    source.device(in_parts(), is_heard=True)

    withdrawn = source.withdraw(DOUBLE_METER.eui64, is_heard=True)

    assert {one.topic for one in withdrawn} == {PART_TOPIC, discovery_topic(6)}
    assert not any(one.payload for one in withdrawn)


def test_a_part_without_components_is_not_told(bus: SignalBus) -> None:
    source = announcements({}, bus)

    told = source.device(in_parts(), is_heard=True)

    assert [one.topic for one in told] == [discovery_topic(6)]


def test_what_a_driver_does_not_name_is_not_shown(bus: SignalBus) -> None:
    source = announcements({}, bus)
    bus.send(MeterRead(METER.eui64, 10, reading()))
    device = device_of(METER)
    (endpoint,) = device.endpoints
    named = replace(endpoint, capabilities=frozenset({"measure_power"}))

    (told,) = source.device(replace(device, endpoints=(named,)), is_heard=True)

    components = content(told.payload)["cmps"]
    assert "10_power" in components
    assert "10_energy_in" not in components
    assert "10_meter_status" in components
