"""Somebody sets the machine's clock, while all sorts of things are under way."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sebridge.features.load_control.simulated import LoadControlSwitch
from tests.scenarios.conftest import Home

LONG = 600  # seconds: each event
HOUR = 3600
A_YEAR = 366 * 24 * HOUR
"""Seconds: so far, or farther, steps a machine without a battery clock when it hears the date."""

BOARD = "sebridge/home/price/electricity"


async def events(home: Home) -> None:
    """Create an event of each kind, and two more prices; return in the middle of the first ones."""
    begin = home.now + 1
    for number in range(3):
        record = {"issuer_event_id": number + 1, "price": number + 1, "duration_in_minutes": 10}
        await home.result(
            "create_price_event", record=record | {"start_time": begin + number * LONG}
        )
    plain = {"duration_in_minutes": 10, "start_time": begin, "event_control": 0}
    await home.result("create_DRLC_event", record=plain | {"issuer_event_id": 4})
    message = {"message_id": 5, "duration_in_minutes": 10, "start_time": begin, "message": "Hi"}
    await home.result("create_message_event", record=message)
    await home.clock.advance(minutes=5)


def in_force(home: Home) -> tuple[Any, ...]:
    """Return the price on the board, whether the switch is held off, and the message shown."""
    current = home.broker.kept(BOARD)["current"]
    switch = home.household.find(LoadControlSwitch)["Water heater switch"]
    shown = home.broker.kept(home.topics.active("message"))["record_list"]
    return (
        None if current is None else current["issuer_event_id"],
        switch.power == 0,
        [record["message"] for record in shown],
    )


async def valid(home: Home) -> list[int]:
    """Return the numbers of all events that are kept."""
    found = [
        record["issuer_event_id"]
        for method in ("get_price_events", "get_DRLC_events")
        for record in (await home.result(method))["events_record_list"]
    ]
    messages = (await home.result("get_message_events"))["events_record_list"]
    return found + [record["message_id"] for record in messages]


def energy(home: Home) -> float:
    """Return what the meter shows."""
    shown = home.broker.kept("sebridge/home/device/000d6f000a000001/9/metering")
    return float(shown["energy_in"])


def started(home: Home) -> datetime:
    """Return since when the bridge runs, as it is told."""
    return datetime.fromisoformat(home.broker.kept(home.topics.info)["started"])


async def test_set_back_within_an_event_it_goes_on_time_8(home: Home) -> None:
    await events(home)

    home.clock.jump(-200)
    await home.clock.advance(seconds=15)
    after = in_force(home)
    await home.clock.advance(minutes=7.5)
    late = in_force(home)
    await home.clock.advance(minutes=1)

    assert after == late == (1, True, ["Hi"])
    assert in_force(home) == (2, False, [])
    assert await valid(home) == [2, 3]


async def test_set_back_before_an_event_it_waits_for_its_time_again_time_8(home: Home) -> None:
    await events(home)

    home.clock.jump(-LONG)
    await home.clock.advance(seconds=15)
    after, kept = in_force(home), await valid(home)
    await home.clock.advance(minutes=5.5)
    again = in_force(home)
    await home.clock.advance(minutes=10)

    assert after == (None, False, [])
    assert kept == [1, 2, 3, 4, 5]
    assert again == (1, True, ["Hi"])
    assert in_force(home) == (2, False, [])


async def test_set_forward_what_is_over_ends_and_what_is_due_runs_time_8(home: Home) -> None:
    await events(home)

    home.clock.jump(LONG)
    await home.clock.advance(seconds=15)
    after = in_force(home)
    home.clock.jump(LONG)
    await home.clock.advance(seconds=15)

    assert after == (2, False, [])
    assert in_force(home) == (3, False, [])
    assert await valid(home) == [3]


async def test_set_forward_and_back_again_no_event_is_lost_that_was_not_over(home: Home) -> None:
    await events(home)

    home.clock.jump(200)
    await home.clock.advance(seconds=15)
    home.clock.jump(-200)
    await home.clock.advance(seconds=15)

    assert in_force(home) == (1, True, ["Hi"])
    assert await valid(home) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("step", [-HOUR, A_YEAR], ids=["back", "forward"])
async def test_what_is_measured_in_seconds_goes_by_no_wall_clock(home: Home, step: int) -> None:
    await home.result("enable_joining", join_time=200)
    to_ourselves = {"destination_endpoint_id": 0x5E, "cluster_id": 3, "server_or_client": 0}
    identify = {"attribute_id": 0, "attribute_type": 0x21, "value": 200}
    await home.result("write_attributes", **to_ourselves, record_list=[identify])
    await home.clock.advance(seconds=60)
    before, began = home.broker.kept(home.topics.health)["uptime"], started(home)
    shown = [energy(home)]

    home.clock.jump(step)
    await home.clock.advance(seconds=60)

    health, info = home.broker.kept(home.topics.health), home.broker.kept(home.topics.info)
    assert health["uptime"] - before == 60
    assert health["devices"] == {"known": 5, "active": 5}
    assert started(home) - began == timedelta(seconds=step)
    joining = home.broker.kept(home.topics.joining)
    assert 60 <= joining["remaining"] <= 90
    assert info["joining_until"] == joining["until"]
    read = await home.result("read_attributes", **to_ourselves, record_list=[{"attribute_id": 0}])
    assert 60 <= read["record_list"][0]["value"] <= 90
    for _ in range(5):
        await home.clock.advance(minutes=1)
        shown.append(energy(home))
    assert home.broker.kept(home.topics.joining) == {"remaining": 0, "until": None}
    assert shown == sorted(shown)
    await home.clock.advance(seconds=HOUR + 300)  # a simulated meter counts no time twice
    assert shown[-1] < energy(home) < shown[-1] + 10
