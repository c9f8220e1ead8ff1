"""A bridge with an emulated module within itself: the true driver, and a house that can be steered.

Real time passes here only because the drivers have no other.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.rpc.message import Request
from tests.cli.runner import run
from tests.integration.bridges import (
    DISPLAY,
    METER,
    SWITCH,
    SteadyBridge,
    configuration,
    make_bridge,
)
from tests.patience import until
from tests.ports import unused_port

RADIOS = ("ezsp", "ezsp 8", "znp", "xbee zb", "xbee se")
LASTING = {"duration_in_minutes": 600}
PUMP = "00:0d:6f:00:0a:00:00:31"


def sections(radio: str) -> dict[str, Any]:
    """Return what a configuration says of a kind of radio, behind a space what is in it."""
    kind, _, content = radio.partition(" ")
    key = "ezsp_version" if kind == "ezsp" else "firmware"
    module = {key: content} if content else {}
    return {"radio": {"type": kind, "path": "simulated", "module": module}}


class House:
    """A bridge on its own module, and what is called there."""

    def __init__(self, bridge: SteadyBridge, radio: str) -> None:
        self.bridge = bridge
        self.radio = radio

    async def call(self, method: str, **params: Any) -> Any:
        return await self.bridge.gateway.dispatcher.call(method, params)

    async def refused(self, method: str, **params: Any) -> str:
        response = await self.bridge.gateway.dispatcher.answer(Request(method, params))
        assert response.error is not None, response
        return response.error.message

    def seen(self, digits: str) -> Any:
        """Return what there is to see of a device."""
        found = self.bridge.bridge.house
        assert found is not None
        return found.household[Eui64.parse(digits)]

    def is_at_home(self, digits: str) -> bool:
        """Say whether a device is on the network, is known, and has proved who it is if it can."""
        device = Eui64.parse(digits)
        directory = self.bridge.gateway.directory
        if not (directory.is_active(device) and directory[device].is_complete):
            return False
        found = self.seen(digits)
        proves = found.kind.is_smart_energy and self.radio != "xbee zb"
        return bool(found.is_joined) and bool(found.is_established) == proves


def make(radio: str, directory: Path) -> SteadyBridge:
    return make_bridge(directory, {"port": unused_port()}, **sections(radio))


@pytest.fixture(params=RADIOS)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    bridge = make(request.param, tmp_path)
    await bridge.start()
    house = House(bridge, request.param)
    for digits in (METER, DISPLAY, SWITCH):
        await until(lambda digits=digits: house.is_at_home(digits))  # type: ignore[misc]
    yield house
    await bridge.stop()


async def test_the_house_behind_a_true_driver_is_steered_as_that_of_the_air(house: House) -> None:
    await what_a_person_does_is_seen_by_the_gateway(house)
    await what_the_gateway_says_is_seen_in_the_house(house)
    await devices_leave_come_back_and_are_added(house)
    await frames_are_lost_and_said_again(house)
    await the_house_is_saved_and_loaded(house)


async def what_a_person_does_is_seen_by_the_gateway(house: House) -> None:
    kind = house.radio.partition(" ")[0]
    await house.call("set_simulated_usage", device_address=METER, usage="fixed", load=5000)

    reading = Request("get_meter_reading", {"destination_address": METER})
    power = 0
    while power < 5:
        await house.bridge.clock.sleep(1)
        answer = await house.bridge.gateway.dispatcher.answer(reading)
        power = getattr(answer.result, "power", None) or 0  # none before its scale is known
    there = await house.call("get_simulated_house")
    assert (there.module, there.fastest) == (kind, 20)
    assert "0.1..20" in await house.refused("set_simulated_speed", speed=60)
    await house.call("set_simulated_speed", speed=10)
    assert house.bridge.clock.speed == 10
    await house.call("set_simulated_speed", speed=20)


async def what_the_gateway_says_is_seen_in_the_house(house: House) -> None:
    display, switch = house.seen(DISPLAY), house.seen(SWITCH)
    await house.call("set_simulated_confirmation", device_address=DISPLAY, confirm_after=None)
    await house.call("create_price_event", record={"issuer_event_id": 7, "price": 312} | LASTING)
    message = {"message_id": 9, "message_control": 0x80, "message": "Save energy"}
    await house.call("create_message_event", record=message | LASTING)
    await until(lambda: display.shown["message"] is not None)
    await house.call("confirm_simulated_message", device_address=DISPLAY)
    await until(lambda: not display.shown["message"].waits)
    await until(lambda: display.shown["prices"][0].issuer_event_id == 7)

    event = {"issuer_event_id": 3, "event_control": 0, "duty_cycle": 50}
    await house.call("create_DRLC_event", record=event | LASTING)
    await until(lambda: switch.measured["power"] == 1000)
    await house.call("opt_out_simulated_device", device_address=SWITCH, opt_out=True)
    await until(lambda: switch.measured["power"] == 2000)


async def devices_leave_come_back_and_are_added(house: House) -> None:
    await house.call("switch_simulated_device", device_address=SWITCH, on=False)
    assert not house.seen(SWITCH).is_on
    await house.call("switch_simulated_device", device_address=SWITCH, on=True)
    await until(lambda: house.is_at_home(SWITCH))

    await house.call("leave_simulated_device", device_address=SWITCH)
    assert not house.seen(SWITCH).is_joined
    await house.call("enable_joining", join_time=60)
    await house.call("join_simulated_device", device_address=SWITCH)
    await until(lambda: house.is_at_home(SWITCH))

    pump = {"device_address": PUMP, "kind": "load_control", "name": "Pool pump"}
    await house.call("add_simulated_device", **pump)
    await until(lambda: house.is_at_home(PUMP))
    code = {"installation_code": "83FED3407A939723A5C639B26916D505C3B5"}
    await house.call("set_simulated_key", device_address=PUMP, **code)
    assert not house.seen(PUMP).is_joined
    await house.call("add_device", device_address=PUMP, join_time=60, **code)
    await until(lambda: house.is_at_home(PUMP))


async def frames_are_lost_and_said_again(house: House) -> None:
    await house.call("set_simulated_air", device_address=PUMP, loss=1, delay=0.1)
    answer = await house.bridge.gateway.dispatcher.answer(
        Request("read_attributes", _reading(PUMP))
    )
    assert answer.error is not None
    await house.call("set_simulated_air", device_address=PUMP, loss=0, delay=0)
    await house.call("record_frames", seconds=60)
    assert await house.call("read_attributes", **_reading(PUMP))
    frames = (await house.call("get_frames")).frame_list
    heard = next(f for f in frames if f.direction == "in" and f.device_address == Eui64.parse(PUMP))
    await house.call("replay_frame", number=heard.number)


def _reading(device: str) -> dict[str, Any]:
    ends = {"source_endpoint_id": 0x5E, "destination_endpoint_id": 9}
    basic = {"cluster_id": 0, "server_or_client": 0, "record_list": [{"attribute_id": 0}]}
    return {"destination_address": device} | ends | basic


async def the_house_is_saved_and_loaded(house: House) -> None:
    saved = (await house.call("get_simulated_household")).household
    await house.call("remove_simulated_device", device_address=PUMP)
    fast = saved.replace("speed: 20.0", "speed: 21")
    assert "at most 20" in await house.refused("load_simulated_household", household=fast)

    await house.call("load_simulated_household", household=saved)

    for digits in (METER, DISPLAY, SWITCH, PUMP):
        await until(lambda digits=digits: house.is_at_home(digits))  # type: ignore[misc]


# ------------------------------------------------------------------ its memory


@pytest.mark.parametrize("radio", ["ezsp", "znp", "xbee zb"])
async def test_a_module_keeps_its_network_over_a_restart(radio: str, tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        bridge = make(radio, tmp_path)
        await bridge.start()
        house = House(bridge, radio)
        await until(lambda: house.is_at_home(METER))  # noqa: B023  # it is waited for here
        found.append(bridge.gateway.radio.network.extended_pan_id)
        await bridge.stop()

    assert found[0] == found[1]


async def test_the_stick_is_at_hand_for_its_subcommands_while_the_bridge_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    configuration(tmp_path, {"port": unused_port()}, **sections("znp"))

    before = await asyncio.to_thread(run, "network", "status")
    formed = await asyncio.to_thread(run, "network", "form")
    after = await asyncio.to_thread(run, "network", "status")

    assert "no network" in before.stdout
    assert formed.exit_code == 0, formed.stderr
    assert after.stdout.splitlines()[-1] in formed.stdout or "PAN" in after.stdout


async def test_a_house_with_more_devices_than_the_radio_has_room_for_keys_joins_in_turns(
    tmp_path: Path,
) -> None:
    devices = [
        {"kind": "load_control", "name": f"Load {n}", "eui64": f"000d6f000a0001{n:02x}"}
        for n in range(24)
    ]
    for radio in ("ezsp", "xbee zb"):
        house = {"simulator": {"speed": 20, "devices": devices}}
        bridge = make_bridge(tmp_path / radio, {"port": unused_port()}, **sections(radio) | house)
        await bridge.start()
        found = bridge.bridge.house
        assert found is not None
        await until(lambda: all(d.is_joined for d in found.household.devices.values()))  # noqa: B023  # it is waited for here
        await bridge.stop()
