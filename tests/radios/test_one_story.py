"""One story of a home, the same on every radio; what a radio cannot do, it says so itself.

Real time passes here only because the drivers have no other.
"""

import asyncio
from collections.abc import Callable
import logging
from pathlib import Path
import signal
from typing import NamedTuple

import pytest

from sebridge.base.clock import unix_time, zigbee_time
from sebridge.base.errors import RefusedError
from sebridge.base.secret import Secret
from sebridge.features.load_control.simulated import LoadControlSwitch
from sebridge.features.messaging.simulated import MessageOnDisplay
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.model.data_types import LONGEST
from sebridge.radio.frame_counters import FrameCounters
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import until
from tests.radios.home import (
    DISPLAY,
    ENERGY,
    METER,
    RADIOS,
    SLEEPER,
    SWITCH,
    THERMOSTAT,
    Home,
    home_on,
)

AROUND_TEXT = 16  # octets of a frame with a message
KEYS, MIRRORS = "take an established key", "take an endpoint while it runs"
LONG = "send what does not fit one frame"
_TOO_LONG = "this radio sends no more than"


class Inability(NamedTuple):
    """What a radio cannot do, and how the bridge says so."""

    radio: str
    ability: str
    words: str


CANNOT = (
    Inability("xbee se", KEYS, "put the certificate into the module"),
    Inability("xbee zb", KEYS, "takes no key that the gateway established"),
    Inability("ezsp", MIRRORS, "the radio did not take endpoint 0xC0"),
    *(Inability(radio, LONG, _TOO_LONG) for radio in ("znp", "xbee se", "xbee zb")),
)


def inability(radio: str, ability: str) -> Inability | None:
    return next((one for one in CANNOT if (one.radio, one.ability) == (radio, ability)), None)


@pytest.mark.parametrize("radio", RADIOS)
async def test_the_story_of_a_home(
    radio: str,
    tmp_path: Path,
    mosquitto: Mosquitto,
    listening: Callable[..., Listener],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    async with home_on(radio, tmp_path, listening, mosquitto.port) as home:
        await meters_show_what_they_count(home)
        await a_price_changes_at_the_boundary(home)
        await a_load_takes_part_and_another_opts_out(home)
        await a_message_is_confirmed(home)
        await a_long_message_is_shown(home)
        await a_sleeping_meter_has_its_mirror(home, caplog)
        await the_radio_takes_keys(home)
        await the_bridge_is_killed_and_returns(home)


async def meters_show_what_they_count(home: Home) -> None:
    await until(lambda: len(home.readings(METER)) > 2)

    shown = [reading["energy_in"] for reading in home.readings(METER)]
    asked = await home.result("get_meter_reading", destination_address=str(METER))

    assert shown == sorted(shown)
    assert ENERGY <= shown[0] <= shown[-1] < ENERGY + 1
    assert home.readings(METER)[-1]["unit"] == "kWh"
    assert ENERGY <= asked["energy_in"] < ENERGY + 1


async def a_price_changes_at_the_boundary(home: Home) -> None:
    display = home.household.find(PriceOnDisplay)["Display"]

    await home.result("create_price_event", record=_price_event(1, 30, start=0))
    await until(lambda: display.price == 0.3)
    boundary = zigbee_time(home.clock.utc()) + 120
    async with asyncio.TaskGroup() as meanwhile:
        changed = meanwhile.create_task(_moment(home, lambda: display.price != 0.3))
        answer = await home.result("create_price_event", record=_price_event(2, 10, start=boundary))

    assert str(DISPLAY) in answer["device_list"]
    assert display.price == 0.1
    assert unix_time(boundary) <= changed.result() < unix_time(boundary) + 2


async def _moment(home: Home, condition: Callable[[], bool]) -> float:
    """Return when something is so, in seconds since 1970 as the home has it."""
    await until(condition)
    return home.clock.utc()


def _price_event(identifier: int, price: int, start: int) -> dict[str, int]:
    return {
        "issuer_event_id": identifier,
        "price": price,
        "duration_in_minutes": 600,
        "start_time": start,
    }


async def a_load_takes_part_and_another_opts_out(home: Home) -> None:
    switch = home.household.find(LoadControlSwitch)["Switch"]
    before = switch.power
    record = {"issuer_event_id": 5, "duration_in_minutes": 1, "event_control": 0, "duty_cycle": 25}

    asking = asyncio.create_task(home.result("create_DRLC_event", record=record))
    await until(lambda: switch.power == before * 0.25)
    await asking

    await until(lambda: statuses(home, str(SWITCH)) == [0x01, 0x02, 0x03])
    await until(lambda: statuses(home, str(THERMOSTAT)) == [0x01, 0x04, 0x0A])
    assert switch.power == before


def statuses(home: Home, device: str) -> list[int]:
    return [
        report["record"]["event_status"]
        for report in home.notifications("received_report_event_status")
        if report["source_address"] == device
    ]


async def a_message_is_confirmed(home: Home) -> None:
    """Send a text that is as long as the radio takes it."""
    display = home.household.find(MessageOnDisplay)["Display"]
    octets = min(home.bridge.gateway.radio.longest_frame - AROUND_TEXT, LONGEST)
    text = "⚡" * (octets // len("⚡".encode()))
    record = {"message_id": 9, "duration_in_minutes": 30, "message": text, "message_control": 0x80}

    await home.result("create_message_event", record=record)

    await until(lambda: display.message == text)
    await until(lambda: home.notifications("received_message_confirmation"))
    (confirmation,) = home.notifications("received_message_confirmation")
    assert confirmation["record"]["message_id"] == 9
    assert confirmation["source_address"] == str(DISPLAY)


async def a_long_message_is_shown(home: Home) -> None:
    """Also where every third frame is lost."""
    display = home.household.find(MessageOnDisplay)["Display"]
    found = inability(home.radio, LONG)
    record = {"message_id": 10, "duration_in_minutes": 30, "message": "long " * 50}

    with home.losing(1 / 3):
        answer = await home.result("create_message_event", record=record)
        if found is None:
            await until(lambda: display.message == record["message"])

    assert found is None or found.words in answer["reason"]


async def a_sleeping_meter_has_its_mirror(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Where the radio takes no endpoint while it runs, the mirror is there after a start."""
    found = inability(home.radio, MIRRORS)
    if found is not None:
        await until(lambda: found.words in caplog.text)
        await home.bridge.stop()
        await home.start_again()

    await until(lambda: home.readings(SLEEPER))
    assert home.readings(SLEEPER)[-1]["unit"] == "kWh"


async def the_radio_takes_keys(home: Home) -> None:
    found = inability(home.radio, KEYS)
    is_established = home.bridge.gateway.trust_center.is_established(METER)

    assert is_established == (found is None)
    if found is not None:
        key = Secret(bytes(range(16)))
        with pytest.raises(RefusedError, match=found.words):
            await home.bridge.gateway.radio.establish_link_key(METER, key, FrameCounters())


async def the_bridge_is_killed_and_returns(home: Home) -> None:
    await home.bridge.stop()
    home.clock.speed = 1  # that of a program
    starts = home.starts
    home.program.start()
    await until(lambda: home.starts > starts)
    home.program.end(signal.SIGKILL)
    heard = len(home.readings(METER))

    home.program.start()

    await until(lambda: len(home.readings(METER)) > heard)
    prices = await home.result("get_price_events")
    assert [event["issuer_event_id"] for event in prices["events_record_list"]][-1] == 2
