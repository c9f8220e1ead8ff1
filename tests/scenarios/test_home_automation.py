"""A smart plug, a temperature sensor and a thermostat: from the air to what a person sees."""

import itertools
import json
import logging
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.network.peer import Peer
from sebridge.settings.simulator_options import (
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.zcl.frame import REPORT_ATTRIBUTES, Frame
from sebridge.zcl.identifiers import HA_ENDPOINT, HA_PROFILE, ON_OFF
from tests.homeassistant.schema import check
from tests.page_examples import rendered
from tests.scenarios.conftest import Home, MakeHome

PLUG = "00:0d:6f:00:0a:00:00:21"
SENSOR = "00:0d:6f:00:0a:00:00:22"
THERMOSTAT = "00:0d:6f:00:0a:00:00:23"
LAMP = "00:0d:6f:00:0a:00:00:26"
BLIND = "00:0d:6f:00:0a:00:00:27"
ROOM = "00:0d:6f:00:0a:00:00:28"
DOOR = "00:0d:6f:00:0a:00:00:29"
GROUP = "00:00:00:00:00:01:00:07"


def device(kind: str, address: str, **options: Any) -> SimulatedDeviceOptions:
    return SimulatedDeviceOptions(kind=kind, name=kind, eui64=Eui64.parse(address), options=options)


@pytest.fixture
async def building(make_home: MakeHome) -> Home:
    devices = (
        device("smart_plug", PLUG, mean_load=100.0),
        device("temperature_sensor", SENSOR, temperature=20.0, swing=0.0),
        device("room_thermostat", THERMOSTAT, temperature=18.0, outside=12.0),
        device("lamp", LAMP),
        device("blind", BLIND),
        device("contact_sensor", DOOR),
        device("room_sensor", ROOM, occupied=True),
    )
    home: Home = await make_home(
        simulator=SimulatorOptions(devices=devices, air=AirOptions(delay=0.0))
    )
    await home.clock.advance(minutes=1)
    return home


def topic(home: Home, address: str, name: str) -> dict[str, Any]:
    below = f"sebridge/home/device/{address.replace(':', '')}/1"
    return dict(json.loads(home.broker.retained[f"{below}/{name}"]))


def components(home: Home, address: str) -> dict[str, Any]:
    config = f"homeassistant/device/sebridge_home_{address.replace(':', '')}/config"
    payload = json.loads(home.broker.retained[config])
    assert not check(payload)
    return dict(payload["cmps"])


async def test_a_plug_is_switched_and_what_it_measures_follows(building: Home) -> None:
    before = topic(building, PLUG, "on_off")["on"], topic(building, PLUG, "metering")["power"]

    off = await building.result("switch_device", destination_address=PLUG, command="off")
    await building.clock.advance(seconds=30)

    after = topic(building, PLUG, "on_off")["on"], topic(building, PLUG, "metering")["power"]
    assert (before[0], before[1] > 0, after) == (True, True, (False, 0.0))
    assert (off["status"], off["source_endpoint_id"], off["cluster_id"]) == (0, 1, 6)
    switch = components(building, PLUG)["1_on_off"]
    assert (switch["p"], switch["cmd_t"]) == ("switch", "sebridge/home/rpc/request/switch_device")
    seen = await building.result("get_simulated_house")
    plug = next(one for one in seen["devices"] if one["kind"] == "smart_plug")
    assert plug["shown"]["on_off"] == {"on": False}


async def test_a_group_of_plugs_is_switched_by_one_frame(building: Home) -> None:
    place = {"destination_address": PLUG, "destination_endpoint_id": 1}
    await building.result("add_to_group", **place, group_id=7)

    told = await building.result("switch_device", destination_address=GROUP, command="toggle")
    await building.clock.advance(seconds=10)

    assert told["status"] == 0
    assert topic(building, PLUG, "on_off")["on"] is False


async def test_a_sensor_tells_degrees(building: Home) -> None:
    assert topic(building, SENSOR, "temperature")["temperature"] == 20.0
    shown = components(building, SENSOR)["1_temperature"]
    assert (shown["dev_cla"], shown["unit_of_meas"], shown["exp_aft"]) == (
        "temperature",
        "°C",
        7200,
    )


async def test_a_thermostat_is_set_and_warms_its_room(building: Home) -> None:
    before = topic(building, THERMOSTAT, "thermostat")

    told = await building.result(
        "set_thermostat", destination_address=THERMOSTAT, heating_setpoint=19.5
    )
    await building.clock.advance(hours=1)

    after = topic(building, THERMOSTAT, "thermostat")
    assert told["status"] == 0
    assert (before["heating_setpoint"], before["running"], before["can"]) == (
        21.0,
        "heating",
        "heat",
    )
    assert (after["heating_setpoint"], after["mode"]) == (19.5, "heat")
    assert after["temperature"] == pytest.approx(19.5, abs=0.3)
    climate = components(building, THERMOSTAT)["1_climate"]
    assert (climate["p"], climate["modes"], climate["max_temp"]) == (
        "climate",
        ["off", "heat"],
        30.0,
    )


async def test_what_a_thermostat_does_not_take_is_said(building: Home) -> None:
    place = {"destination_address": THERMOSTAT}

    warm = await building.result("set_thermostat", **place, heating_setpoint=35.0, mode="off")
    cold = await building.result("set_thermostat", **place, cooling_setpoint=20.0)
    nothing = await building.rpc("set_thermostat", **place)
    hot = await building.rpc("set_thermostat", **place, heating_setpoint=400.0)
    plug = await building.rpc("set_thermostat", destination_address=PLUG, mode="off")

    await building.clock.advance(seconds=10)
    assert (warm["status"], warm["reason"]) == (0x87, "heating_setpoint: INVALID_VALUE")
    assert cold["reason"] == "cooling_setpoint: UNSUPPORTED_ATTRIBUTE"
    assert topic(building, THERMOSTAT, "thermostat")["mode"] == "off"
    messages = [answer["error"]["message"] for answer in (nothing, hot, plug)]
    assert "set point" in messages[0]
    assert "heating_setpoint" in messages[1]
    assert "not a thermostat" in messages[2]


MOST_DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday"]
DAY_AND_NIGHT = [
    {"time": "06:30", "heating_setpoint": 20.5},
    {"time": "22:00", "heating_setpoint": 16.0},
]


async def test_a_thermostat_follows_its_schedule_by_the_local_time(building: Home) -> None:
    place = {"destination_address": THERMOSTAT}
    ahead = (6 * 60 + 25) * 60 - int(building.clock.utc()) % 86_400  # a Sunday, then at 06:25
    await building.result("set_timezone", time_zone=ahead, dst_start=0, dst_end=0, dst_shift=0)

    told = await building.result(
        "set_thermostat_schedule",
        **place,
        days=[*MOST_DAYS, "friday", "saturday"],
        transitions=DAY_AND_NIGHT,
    )
    late = [{"time": "22:00", "heating_setpoint": 16.0}]
    await building.result(
        "set_thermostat_schedule", **place, days=["saturday", "friday"], transitions=late
    )
    found = await building.result("get_thermostat_schedule", **place)
    await building.clock.advance(minutes=2)
    before = topic(building, THERMOSTAT, "thermostat")["heating_setpoint"]
    await building.clock.advance(minutes=5)
    after = topic(building, THERMOSTAT, "thermostat")["heating_setpoint"]
    cleared = await building.result("clear_thermostat_schedule", **place)
    empty = await building.result("get_thermostat_schedule", **place)

    assert (told["status"], cleared["status"], empty["schedule"]) == (0, 0, [])
    assert found["schedule"] == [
        {"days": MOST_DAYS, "transitions": DAY_AND_NIGHT},
        {"days": ["friday", "saturday"], "transitions": late},
    ]
    assert (found["followed"], found["most_in_week"], found["most_in_day"]) == (True, 42, 6)
    assert (before, after) == (16.0, 20.5)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"days": []}, "days"),
        ({"transitions": []}, "at least one"),
        ({"transitions": DAY_AND_NIGHT[::-1]}, "order of their times"),
        ({"transitions": [{"time": "24:00", "heating_setpoint": 20}]}, "transitions[0].time"),
        ({"transitions": [{"time": "06:00"}]}, "heating_setpoint"),
        ({"transitions": [*DAY_AND_NIGHT, {"time": "23:00", "cooling_setpoint": 25}]}, "all"),
        ({"transitions": [{"time": "06:00", "heating_setpoint": 31}]}, "must be 5..30"),
        ({"transitions": [{"time": "06:00", "heating_setpoint": 400}]}, "must be -273.15..327.67"),
        ({"transitions": [{"time": "06:00", "cooling_setpoint": 25}]}, "not of this device"),
        (
            {"transitions": [{"time": f"0{i}:00", "heating_setpoint": 20} for i in range(7)]},
            "more than the 6",
        ),
        ({"destination_address": PLUG}, "not a thermostat"),
    ],
)
async def test_what_is_no_schedule_of_a_thermostat_is_said(
    building: Home, changes: dict[str, Any], problem: str
) -> None:
    wanted = {"destination_address": THERMOSTAT, "days": ["monday"], "transitions": DAY_AND_NIGHT}

    refused = await building.rpc("set_thermostat_schedule", **wanted | changes)

    assert problem in refused["error"]["message"]


async def test_a_lamp_is_dimmed_and_made_warm(building: Home) -> None:
    place = {"destination_address": LAMP}

    dimmed = await building.result("set_light", **place, level=100, transition_time=0.5)
    warm = await building.result("set_light", **place, color_temperature=454)
    await building.clock.advance(seconds=30)
    lit = topic(building, LAMP, "on_off")["on"]
    await building.result("set_light", **place, level=0)
    await building.clock.advance(seconds=30)

    assert (dimmed["status"], dimmed["cluster_id"], warm["cluster_id"]) == (0, 8, 0x0300)
    assert topic(building, LAMP, "light_color")["color_temperature"] == 454
    assert (lit, topic(building, LAMP, "on_off")["on"]) == (True, False)
    light = components(building, LAMP)["1_light"]
    assert "1_on_off" not in components(building, LAMP)
    assert (light["p"], light["bri_scl"], light["max_mirs"]) == ("light", 254, 500)
    assert json.loads(light["pl_on"])["command"] == "on"
    seen = await building.result("get_simulated_house")
    lamp = next(one for one in seen["devices"] if one["kind"] == "lamp")
    assert lamp["shown"]["light"] == {"level": 1, "color_temperature": 454}


async def test_what_home_assistant_sends_to_a_lamp_sets_it(building: Home) -> None:
    light = components(building, LAMP)["1_light"]

    for key, word, value in (("bri_cmd", "level", 77), ("clr_temp_cmd", "color_temperature", 300)):
        sent = rendered(light[f"{key}_tpl"], {"value": value})
        assert light[f"{key}_t"] == "sebridge/home/rpc/request/set_light"
        assert await building.result("set_light", **sent | {"request_identifier": 1})
        await building.clock.advance(seconds=5)
        shown = {**topic(building, LAMP, "level"), **topic(building, LAMP, "light_color")}
        assert shown[word] == value


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({}, "level"),
        ({"level": 255}, "level"),
        ({"color_temperature": 0}, "color_temperature"),
        ({"level": 1, "transition_time": 7000}, "transition_time"),
        ({"level": 1, "destination_address": PLUG}, "not a lamp"),
    ],
)
async def test_what_no_lamp_can_be_is_refused(
    building: Home, parameters: dict[str, Any], problem: str
) -> None:
    refused = await building.rpc("set_light", **{"destination_address": LAMP} | parameters)

    assert problem in refused["error"]["message"]


async def test_a_blind_is_moved(building: Home) -> None:
    place = {"destination_address": BLIND}
    cover = components(building, BLIND)["1_cover"]
    positions = []
    for command in (
        {"command": "close"},
        {"position": 30},
        {"command": "stop"},
        {"command": "open"},
    ):
        answer = await building.result("set_cover", **place, **command)
        await building.clock.advance(seconds=10)
        assert answer["status"] == 0
        positions.append(topic(building, BLIND, "window_covering")["position"])
    sent = rendered(cover["set_pos_tpl"], {"position": 60})
    await building.result("set_cover", **sent | {"request_identifier": 1})
    await building.clock.advance(seconds=10)
    problems = [
        (await building.rpc("set_cover", **place, **wrong))["error"]["message"]
        for wrong in ({}, {"command": "open", "position": 1}, {"position": 101})
    ]

    assert positions == [0, 30, 30, 100]
    assert topic(building, BLIND, "window_covering")["position"] == 60
    assert (cover["p"], cover["pos_t"].endswith("window_covering")) == ("cover", True)
    assert json.loads(cover["pl_cls"])["command"] == "close"
    assert ["position" in problem for problem in problems] == [True] * 3


async def test_a_sensor_tells_of_its_room(building: Home) -> None:
    told = {
        name: topic(building, ROOM, branch)[name]
        for branch, name in (
            ("humidity", "humidity"),
            ("pressure", "pressure"),
            ("illuminance", "illuminance"),
            ("occupancy", "occupied"),
            ("power", "battery"),
        )
    }

    assert told == {
        "humidity": 45.0,
        "pressure": 1013,
        "illuminance": 300.0,
        "occupied": True,
        "battery": 87.5,
    }
    parts = components(building, ROOM)
    classes = {part.get("dev_cla") for part in parts.values()}
    assert classes >= {"humidity", "atmospheric_pressure", "illuminance", "occupancy", "battery"}


async def test_a_door_that_is_opened_is_told_at_once(building: Home) -> None:
    closed = topic(building, DOOR, "ias_zone")
    await building.result("move_simulated_door", device_address=DOOR, open=True)
    await building.clock.advance(seconds=1)
    opened = topic(building, DOOR, "ias_zone")
    moved = await building.result("move_simulated_door", device_address=DOOR, open=False)
    await building.clock.advance(seconds=1)

    assert (closed["kind"], closed["status"]) == ("contact", [])
    assert opened["status"] == ["alarm_1"]
    assert topic(building, DOOR, "ias_zone")["status"] == []
    assert moved == {"open": False}
    contact = components(building, DOOR)["1_zone"]
    assert (contact["p"], contact["dev_cla"], contact["name"]) == (
        "binary_sensor",
        "opening",
        "Contact",
    )


WRONG = (
    "42 03 616263",
    "41 02 ffff",
    "39 0000c03f",
    "3a 000000000000f03f",
    "48 20 0200 0101",
    "4c 0100 20 07",
    "e0 01020304",
    "f0 0102030405060708",
    "27 ffffffffffffff7f",
    "2f 0000000000000080",
    "21 feff",
    "20 fe",
    "00",
)
"""Text, octets, fractions, collections, times, addresses, the largest and the least of numbers."""
SHOWN: dict[str, dict[int, tuple[int, ...]]] = {
    PLUG: {ON_OFF: (0,)},
    SENSOR: {0x0402: (0,)},
    THERMOSTAT: {0x0201: (0x00, 0x07, 0x08, 0x11, 0x12, 0x1C, 0x29)},
    LAMP: {ON_OFF: (0,), 0x0008: (0,), 0x0300: (7,)},
    BLIND: {0x0102: (8,)},
    ROOM: {0x0405: (0,), 0x0403: (0,), 0x0400: (0,), 0x0406: (0,), 0x0001: (0x21,)},
    DOOR: {0x0500: (1, 2)},
}
"""The attributes of each cluster that devices show."""


def device_of(home: Home, address: str) -> Any:
    wanted = Eui64.parse(address)
    return next(one for one in home.household.devices.values() if one.eui64 == wanted)


async def test_values_of_wrong_types_are_shown_by_no_device(
    building: Home, caplog: pytest.LogCaptureFixture
) -> None:
    for address, clusters in SHOWN.items():
        for cluster_id, attributes in clusters.items():
            for attribute_id, value in itertools.product(attributes, WRONG):
                octets = attribute_id.to_bytes(2, "little") + bytes.fromhex(value)
                await report(building, address, cluster_id, octets)
    await building.clock.advance(minutes=1)

    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert topic(building, BLIND, "window_covering")["position"] is None
    assert topic(building, ROOM, "power")["battery"] is None
    assert topic(building, ROOM, "illuminance")["illuminance"] is None
    assert topic(building, SENSOR, "temperature")["temperature"] is None
    await report(building, BLIND, 0x0102, bytes.fromhex("0800 20 1e"))
    assert topic(building, BLIND, "window_covering")["position"] == 70


async def report(home: Home, address: str, cluster_id: int, values: bytes) -> None:
    """Let a device report attributes, each with its type and its octets."""
    ours = Peer(home.gateway.radio.network.address, HA_ENDPOINT, HA_PROFILE)
    frame = Frame(REPORT_ATTRIBUTES, 7, values, from_server=True, no_default_response=True)
    exchange = device_of(home, address).router.exchange
    await exchange.tell(ours, HA_PROFILE, cluster_id, 1, frame)
    await home.clock.advance(seconds=1)
