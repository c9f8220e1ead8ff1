"""Demand response: devices obey, choose, and say what they did."""

from typing import Any

import pytest

from sebridge.features.load_control.simulated import LoadControlSwitch, Thermostat
from sebridge.settings.simulator_options import (
    HOUSEHOLD,
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from tests.scenarios.conftest import Home, MakeHome

SWITCH = "00:0d:6f:00:0a:00:00:05"
THERMOSTAT = "00:0d:6f:00:0a:00:00:04"


def event(identifier: int, minutes: int, **more: Any) -> dict[str, Any]:
    plain = {"issuer_event_id": identifier, "duration_in_minutes": minutes, "event_control": 0}
    return plain | more


def statuses(home: Home, device: str, identifier: int) -> list[int]:
    return [
        report["record"]["event_status"]
        for report in home.notifications("received_report_event_status")
        if report["source_address"] == device and report["record"]["issuer_event_id"] == identifier
    ]


async def test_a_switch_obeys_and_reports_back(home: Home) -> None:
    switch = home.household.find(LoadControlSwitch)["Water heater switch"]
    before = switch.power

    answer = await home.result("create_DRLC_event", record=event(5, 10, duty_cycle=25))
    await home.clock.advance(seconds=10)

    assert SWITCH in answer["device_list"]
    assert switch.power == before * 0.25
    assert statuses(home, SWITCH, 5) == [0x01, 0x02]
    await home.clock.advance(minutes=10)
    assert switch.power == before
    assert statuses(home, SWITCH, 5) == [0x01, 0x02, 0x03]
    assert home.broker.kept("sebridge/home/device/000d6f000a000005/drlc")["status"] == "completed"


async def test_a_thermostat_gives_way_by_the_offset(home: Home) -> None:
    thermostat = home.household.find(Thermostat)["Living room thermostat"]

    record = event(5, 10, cooling_temperature_offset=20, heating_temperature_offset=15)
    await home.result("create_DRLC_event", record=record)
    await home.clock.advance(seconds=10)

    assert (thermostat.set_points.heating, thermostat.set_points.cooling) == (19.5, 27.0)


async def test_active_events_are_retained_and_end_empty(home: Home) -> None:
    topic = home.topics.active("drlc")

    await home.result("create_DRLC_event", record=event(5, 10))

    active = home.broker.kept(topic)
    assert [record["issuer_event_id"] for record in active["record_list"]] == [5]
    await home.clock.advance(minutes=11)
    assert home.broker.kept(topic)["record_list"] == []
    assert len(home.notifications("updated_active_DRLC_events")) == 2


async def test_a_cancelled_event_ends_at_once_and_is_reported(home: Home) -> None:
    switch = home.household.find(LoadControlSwitch)["Water heater switch"]
    before = switch.power
    await home.result("create_DRLC_event", record=event(5, 60))
    await home.clock.advance(minutes=5)
    assert switch.power == 0

    answer = await home.result("cancel_DRLC_event", record={"issuer_event_id": 5})
    await home.clock.advance(seconds=10)

    assert SWITCH in answer["device_list"]
    assert switch.power == before
    assert statuses(home, SWITCH, 5) == [0x01, 0x02, 0x06]


async def test_cancelling_what_is_unknown_succeeds_here_and_is_told_there(home: Home) -> None:
    answer = await home.result("cancel_DRLC_event", record={"issuer_event_id": 99})
    await home.clock.advance(seconds=5)

    assert answer["status"] == 0
    assert statuses(home, SWITCH, 99) == [0xFD]


async def test_all_events_can_be_cancelled(home: Home) -> None:
    for number in (1, 2):
        start = home.now + 3600 * number
        await home.result("create_DRLC_event", record=event(number, 10, start_time=start))

    await home.result("cancel_all_DRLC_events", record={})
    await home.clock.advance(seconds=10)

    assert (await home.result("get_DRLC_events"))["events_record_list"] == []
    assert statuses(home, SWITCH, 1)[-1] == statuses(home, SWITCH, 2)[-1] == 0x06


async def test_an_owner_who_opts_out_does_not_take_part(make_home: MakeHome) -> None:
    devices = [
        SimulatedDeviceOptions(kind=d.kind, name=d.name, eui64=d.eui64, options={"opt_out": True})
        if d.kind == "load_control"
        else d
        for d in HOUSEHOLD
    ]
    simulator = SimulatorOptions(devices=tuple(devices), air=AirOptions(delay=0.0))
    home = await make_home(simulator=simulator)
    before = home.household.find(LoadControlSwitch)["Water heater switch"].power

    await home.result("create_DRLC_event", record=event(5, 10))
    await home.clock.advance(seconds=10)

    assert home.household.find(LoadControlSwitch)["Water heater switch"].power == before
    await home.clock.advance(minutes=11)
    assert statuses(home, SWITCH, 5) == [0x01, 0x04, 0x0A]
    assert statuses(home, THERMOSTAT, 5) == [0x01, 0x02, 0x03]


async def test_an_emergency_takes_everybody_along(make_home: MakeHome) -> None:
    devices = [
        SimulatedDeviceOptions(kind=d.kind, name=d.name, eui64=d.eui64, options={"opt_out": True})
        if d.kind == "load_control"
        else d
        for d in HOUSEHOLD
    ]
    simulator = SimulatorOptions(devices=tuple(devices), air=AirOptions(delay=0.0))
    home = await make_home(simulator=simulator)

    await home.result("create_DRLC_event", record=event(5, 10, criticality_level=7))
    await home.clock.advance(seconds=10)

    assert home.household.find(LoadControlSwitch)["Water heater switch"].power == 0


async def test_randomised_starts_stay_within_their_minutes(home: Home) -> None:
    await home.result("create_DRLC_event", record=event(5, 120, event_control=1))

    await home.clock.advance(minutes=31)

    assert statuses(home, SWITCH, 5) == [0x01, 0x02]


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"duration_in_minutes": 1441}, "1440"),
        ({"duration_in_minutes": 0}, "duration"),
        ({"criticality_level": 0}, "criticality_level"),
        ({"duty_cycle": 101}, "duty_cycle"),
        ({"average_load_adjustment_percentage": 101}, "average_load"),
        ({"start_time": 0xFFFFFFFF}, "start_time"),
    ],
)
async def test_an_impossible_event_is_refused_with_a_reason(
    home: Home, wrong: dict[str, Any], word: str
) -> None:
    answer = await home.result("create_DRLC_event", record=event(5, 10) | wrong)

    assert answer["status"] == 0x85
    assert word in answer["reason"]
    assert answer["device_list"] == []


async def test_an_event_stays_for_the_classes_that_another_does_not_take(home: Home) -> None:
    thermostat_device = home.household.devices["Living room thermostat"]
    await thermostat_device.stop()
    await home.result("create_DRLC_event", record=event(0x3002, 60, duty_cycle=50))

    await home.result(
        "create_DRLC_event", record=event(0x3003, 30, device_class=0x0004, duty_cycle=25)
    )

    listed = (await home.result("get_DRLC_events"))["events_record_list"]
    assert [(e["issuer_event_id"], e["device_class"]) for e in listed] == [
        (0x3002, 0x0FFB),
        (0x3003, 0x0004),
    ]
    active = home.broker.kept(home.topics.active("drlc"))["record_list"]
    assert [e["issuer_event_id"] for e in active] == [0x3002, 0x3003]
    assert home.household.find(LoadControlSwitch)["Water heater switch"].power == 500.0
    await thermostat_device.start()
    await home.clock.advance(minutes=2)
    assert statuses(home, THERMOSTAT, 0x3002) == [1, 2]
    assert statuses(home, THERMOSTAT, 0x3003) == []
    assert sorted(statuses(home, SWITCH, 0x3002)) == [1, 2, 7]
