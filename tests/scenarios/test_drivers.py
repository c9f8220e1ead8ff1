"""Devices with drivers: from joining to what a person sees, and back."""

import json
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.settings.simulator_options import (
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from tests.homeassistant.schema import check
from tests.scenarios.conftest import Home, MakeHome

PLUG = "00:0d:6f:00:0a:00:00:21"
TWO_OUTLETS = "00:0d:6f:00:0a:00:00:24"
REMOTE = "00:0d:6f:00:0a:00:00:25"


def device(kind: str, address: str) -> SimulatedDeviceOptions:
    return SimulatedDeviceOptions(kind=kind, name=kind, eui64=Eui64.parse(address))


@pytest.fixture
async def building(make_home: MakeHome) -> Home:
    devices = (
        device("smart_plug", PLUG),
        device("two_outlet_plug", TWO_OUTLETS),
        device("remote_control", REMOTE),
    )
    home: Home = await make_home(
        simulator=SimulatorOptions(devices=devices, air=AirOptions(delay=0.0))
    )
    await home.clock.advance(minutes=2)
    return home


def announced(home: Home, identifier: str) -> dict[str, Any]:
    payload = json.loads(
        home.broker.retained[f"homeassistant/device/sebridge_home_{identifier}/config"]
    )
    assert not check(payload)
    return dict(payload)


def plain(address: str) -> str:
    return address.replace(":", "")


async def test_each_outlet_is_a_device_of_its_own(building: Home) -> None:
    whole = announced(building, plain(TWO_OUTLETS))
    second = announced(building, f"{plain(TWO_OUTLETS)}_second_outlet")

    switches = [key for key in whole["cmps"] if key.endswith("on_off")]
    assert switches == ["1_on_off"]
    assert (whole["cmps"]["1_on_off"]["dev_cla"], whole["cmps"]["1_on_off"]["name"]) == (
        "outlet",
        "Switch",
    )
    assert list(second["cmps"]) == ["2_on_off"]
    assert second["dev"]["name"] == f"{whole['dev']['name']} Second outlet"
    assert second["dev"]["via_device"] == whole["dev"]["ids"][0]
    assert second["avty"] == whole["avty"]


async def test_outlets_are_switched_one_by_one(building: Home) -> None:
    off = await building.result(
        "switch_device",
        destination_address=TWO_OUTLETS,
        destination_endpoint_id=2,
        command="off",
    )
    await building.clock.advance(seconds=10)

    below = f"sebridge/home/device/{plain(TWO_OUTLETS)}"
    shown = [json.loads(building.broker.retained[f"{below}/{n}/on_off"])["on"] for n in (1, 2)]
    assert (off["status"], shown) == (0, [True, False])


async def test_buttons_of_a_remote_control_are_heard(building: Home) -> None:
    event = announced(building, plain(REMOTE))["cmps"]["1_button"]

    told = await building.result("press_simulated_button", device_address=REMOTE, button="toggle")
    await building.clock.advance(seconds=1)

    (pressed,) = [payload for topic, payload in building.broker.history if topic == event["stat_t"]]
    assert told["count"] == 1
    assert (event["p"], event["evt_typ"]) == ("event", ["off", "on", "toggle"])
    body = json.loads(pressed)
    assert (body["command"], body["cluster"], body["parameters"]) == ("toggle", "on_off", {})
    assert event["stat_t"] not in building.broker.retained


async def test_drivers_are_listed_with_the_devices_that_have_them(building: Home) -> None:
    listed = (await building.result("list_drivers"))["driver_list"]

    found = {one["driver"]: one["device_list"] for one in listed}
    assert found["smart_plug"] == [PLUG]
    assert len(found["two_outlet_plug"]) == len(found["remote_control"]) == 1


async def test_what_a_device_keeps_is_read_and_set(building: Home) -> None:
    device = {"device_address": PLUG}

    before = (await building.result("get_driver_settings", **device))["setting_list"]
    done = await building.result("set_driver_setting", **device, setting="power_on", value=0)
    after = (await building.result("get_driver_settings", **device))["setting_list"]
    back = await building.result("set_driver_setting", **device, setting="power_on", value=255)
    last = (await building.result("get_driver_settings", **device))["setting_list"]

    assert (done, back) == ({"status": 0}, {"status": 0})
    assert [one[0]["value"] for one in (before, after, last)] == [1, 0, 255]
    assert (before[0]["setting"], before[0]["type"]) == ("power_on", "dropdown")
    assert before[0]["choices"]["0"]["de"] == "aus"


async def test_what_cannot_be_set_is_refused(building: Home) -> None:
    device = {"device_address": PLUG}
    problems = [
        (await building.rpc("set_driver_setting", **device, **wrong))["error"]["message"]
        for wrong in ({"setting": "color", "value": 1}, {"setting": "power_on", "value": 2})
    ]
    none = await building.result("get_driver_settings", device_address=REMOTE)

    assert ["setting" in problems[0], "value" in problems[1]] == [True, True]
    assert none == {"setting_list": []}
