"""The page Simulator in a real browser: its devices are seen, pressed, added and taken away."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.zcl.identifiers import (
    ON_OFF,
    THERMOSTAT_CLUSTER as THERMOSTAT,
    WINDOW_COVERING,
)
from tests.console.visiting import Visit
from tests.integration.bridges import DISPLAY, METER, SWITCH
from tests.patience import until

PLUG = "00:0d:6f:00:0a:00:00:21"
ROOM = "00:0d:6f:00:0a:00:00:22"
OUTLETS = "00:0d:6f:00:0a:00:00:23"
REMOTE = "00:0d:6f:00:0a:00:00:24"
LAMP = "00:0d:6f:00:0a:00:00:26"
BLIND = "00:0d:6f:00:0a:00:00:27"
SENSOR = "00:0d:6f:00:0a:00:00:28"
DOOR = "00:0d:6f:00:0a:00:00:29"


def seen(house: Process, digits: str) -> Any:
    """Return what there is to see of a device."""
    return house.bridge.house.household[Eui64.parse(digits)]  # type: ignore[union-attr]


async def joined(house: Process, digits: str) -> None:
    await until(lambda: seen(house, digits).is_joined)


@pytest.mark.parametrize(
    "house",
    [{}, {"radio": {"type": "ezsp", "path": "simulated"}}],
    indirect=True,
    ids=["air", "ezsp"],
)
async def test_the_house_is_seen_and_acted_on(house: Process, visit: Visit, tmp_path: Path) -> None:
    """One visit for all of it: a house and a tab are much to start."""
    for digits in (METER, DISPLAY, SWITCH):
        await joined(house, digits)
    await visit.go_to("simulator")
    await _press_what_is_there(house, visit)
    await _switch_a_plug_and_set_a_thermostat(house, visit)
    await _dim_a_lamp_and_move_things(house, visit)
    await _add_and_take_away(visit, tmp_path)
    await _change_time_and_air(house, visit)


async def _press_what_is_there(house: Process, visit: Visit) -> None:
    call, page = house.gateway.dispatcher.call, visit.page
    price = {"price": 312, "price_trailing_digit_and_price_tier": 0x32, "rate_label": "Day rate"}
    lasting = {"duration_in_minutes": 600}
    await call("create_price_event", {"record": price | lasting | {"issuer_event_id": 7}})
    event = {"issuer_event_id": 3, "event_control": 0, "duty_cycle": 50}
    await call("create_DRLC_event", {"record": event | lasting})
    display, meter, heater = (
        page.get_by_role("article", name=name) for name in ("Display", "Meter", "Heater")
    )
    await visit.says("0.312 USD/kWh")
    await display.get_by_text("Day rate · tier 2").wait_for()

    await display.get_by_label("Confirms by itself").click()
    await until(lambda: seen(house, DISPLAY).shown["confirm_after"] is None)
    message = {"message_id": 9, "message_control": 0x80, "message": "Save energy, please."}
    await call("create_message_event", {"record": message | lasting})
    await visit.says("Save energy, please.")
    await display.get_by_role("button", name="Confirm").click()
    await until(lambda: not seen(house, DISPLAY).shown["message"].waits)

    slider = meter.get_by_role("slider")
    await slider.focus()
    await slider.press("End")
    await until(lambda: seen(house, METER).measured["meter"].load == 10_000)
    await meter.get_by_text("fixed").wait_for(state="attached")

    await heater.get_by_role("button", name="Opt out").click()
    await heater.get_by_role("button", name="Opt in").wait_for()
    await heater.get_by_role("switch").click()
    await heater.get_by_text("off", exact=True).wait_for()
    assert not seen(house, SWITCH).is_on

    await meter.get_by_text("Network", exact=True).click()
    await meter.get_by_role("button", name="Leave").click()
    await meter.get_by_text("outside").wait_for()
    await visit.check_access()


async def _switch_a_plug_and_set_a_thermostat(house: Process, visit: Visit) -> None:
    call, page = house.gateway.dispatcher.call, visit.page
    kinds = {
        PLUG: "smart_plug",
        ROOM: "room_thermostat",
        OUTLETS: "two_outlet_plug",
        REMOTE: "remote_control",
    }
    await _add(house, kinds)
    for address in (PLUG, ROOM, OUTLETS):
        await until(lambda address=address: _is_known(house, address))  # type: ignore[misc]

    plug = page.get_by_role("article", name="smart_plug")
    await plug.get_by_label("Switched on").click()
    await until(lambda: not seen(house, PLUG).shown["on_off"].on)
    await until(lambda: not seen(house, PLUG).measured["meter"].power)
    outlets = page.get_by_role("article", name="two_outlet_plug")
    await outlets.get_by_label("Second outlet").click()
    await until(lambda: not seen(house, OUTLETS).shown["second_on_off"].on)
    assert seen(house, OUTLETS).shown["on_off"].on
    await until(lambda: seen(house, REMOTE).is_joined)
    remote = page.get_by_role("article", name="remote_control")
    await remote.get_by_role("button", name="Press on").click()
    room = page.get_by_role("article", name="room_thermostat")
    await room.get_by_label("heating").fill("99")
    await room.get_by_label("heating").press("Enter")
    await visit.says("room_thermostat: heating_setpoint: ")  # which it refuses
    await room.get_by_label("heating").fill("19.5")
    await call("switch_simulated_device", {"device_address": REMOTE, "on": False})
    await remote.get_by_text("off", exact=True).wait_for()  # and what is being typed stays
    await room.get_by_label("heating").press("Enter")
    await until(lambda: seen(house, ROOM).shown["thermostat"].heating == 19.5)
    await visit.check_access()


async def _dim_a_lamp_and_move_things(house: Process, visit: Visit) -> None:
    page = visit.page
    kinds = {LAMP: "lamp", BLIND: "blind", SENSOR: "room_sensor", DOOR: "contact_sensor"}
    await _add(house, kinds)
    for address in (LAMP, BLIND):
        await until(lambda address=address: _is_known(house, address))  # type: ignore[misc]
    lamp, blind, sensor, door = (page.get_by_role("article", name=kind) for kind in kinds.values())

    await lamp.get_by_label("Switched on").click()
    await until(lambda: not seen(house, LAMP).shown["on_off"].on)
    await lamp.get_by_role("slider").press("Home")
    await until(lambda: seen(house, LAMP).shown["light"].level == 1)
    await blind.get_by_role("slider").press("Home")
    await until(lambda: seen(house, BLIND).shown["cover"].position == 0)
    await joined(house, DOOR)
    await door.get_by_label("Open").click()
    await until(lambda: seen(house, DOOR).shown["door"].open)
    await sensor.get_by_text("1,013 hPa").wait_for()
    await visit.check_access()


async def _add(house: Process, kinds: Mapping[str, str]) -> None:
    """Have devices in the house that may join."""
    call = house.gateway.dispatcher.call
    for address, kind in kinds.items():
        device = {"device_address": address, "kind": kind, "name": kind}
        await call("add_simulated_device", device)
    await call("enable_joining", {"join_time": 60})


def _is_known(house: Process, address: str) -> bool:
    """Say whether the gateway knows what a device has."""
    device = Eui64.parse(address)
    directory = house.gateway.directory
    if directory.get(device) is None:
        return False
    wanted = (ON_OFF, THERMOSTAT, WINDOW_COVERING)
    return any(directory.servers_of(device, cluster_id) for cluster_id in wanted)


async def _add_and_take_away(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    await page.get_by_role("button", name="Add a device").click()
    await page.get_by_label("Kind").select_option("thermostat")
    await page.get_by_label("Name").fill("Heater")
    await page.get_by_role("button", name="A code by chance").click()
    await page.get_by_role("button", name="Add", exact=True).click()
    await visit.says("name: is that of another device of the house")
    await visit.check_access()
    await page.get_by_label("Name").fill("Hall")
    await page.get_by_role("button", name="Add", exact=True).click()
    hall = page.get_by_role("article", name="Hall")
    await hall.get_by_text("waits to be added").wait_for()

    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Save household").click()
    file = tmp_path / "household.yaml"
    await (await saving.value).save_as(file)
    assert "Hall" in file.read_text()

    page.once("dialog", lambda dialog: dialog.accept())
    await hall.get_by_text("Network", exact=True).click()
    await hall.get_by_role("button", name="Remove").click()
    await hall.wait_for(state="detached")

    await page.get_by_role("button", name="Load household").click()
    await page.get_by_label("YAML").fill("simulator: {devices: [{kind: metre}]}")
    await page.get_by_role("button", name="Load", exact=True).click()
    await visit.says("simulator.devices[0].kind (line 1)")
    await page.get_by_label("YAML").fill("simulator: {speed: 20, air: {delay: 0.01}}")
    await page.get_by_role("button", name="Load", exact=True).click()
    await visit.says("Nothing is in the house yet.")
    await page.get_by_role("button", name="Load household").click()
    await page.get_by_label("File").set_input_files(file)
    await page.get_by_role("button", name="Load", exact=True).click()
    await hall.wait_for()


async def _change_time_and_air(house: Process, visit: Visit) -> None:
    page = visit.page
    await page.get_by_label("Speed of time").select_option("5")
    await until(lambda: getattr(house.clock, "speed", None) == 5)
    await page.get_by_role("button", name="Frames").first.click()
    await page.get_by_label("Lost, per cent").fill("200")
    await page.get_by_label("Delay, seconds").fill("0")
    await page.get_by_role("button", name="Set").click()
    assert not await page.get_by_label("Lost, per cent").evaluate("one => one.checkValidity()")
    await page.get_by_label("Lost, per cent").fill("10")
    await page.get_by_role("button", name="Set").click()
    await until(lambda: house.ether is not None and house.ether.air.loss == 0.1)
