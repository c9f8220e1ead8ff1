"""The history of a meter by RPC."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock, zigbee_time
from tests.api.home import DISPLAY, METER, Home, address

WHERE = {"device_address": str(address(METER))}


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, (METER, DISPLAY))
    await home.start()
    await home.clock.advance(minutes=70)
    yield home
    await home.stop()


async def test_the_points_are_those_between_begin_and_end(home: Home) -> None:
    now = zigbee_time(home.clock.utc())

    everything = await home.call("get_history", **WHERE, quantity="demand", resolution="5min")
    some = await home.call(
        "get_history",
        **WHERE,
        endpoint_id=9,
        quantity="demand",
        resolution="5min",
        begin=now - 1200,
        end=now - 600,
    )

    points = everything["record_list"]
    assert len(points) in {14, 15}
    assert some["record_list"] == [p for p in points if now - 1200 <= p["begin"] < now - 600]
    assert (some["unit"], some["commodity"]) == ("kW", "electricity")
    assert (some["endpoint_id"], some["quantity"], some["resolution"]) == (9, "demand", "5min")
    middle = points[5]
    assert middle["complete"]
    assert middle["low"] <= middle["value"] <= middle["high"]

    months = await home.call("get_history", **WHERE, resolution="month")
    (month,) = months["record_list"]
    assert month["value"] > 0
    assert (month["complete"], month["spread"]) == (False, False)


async def test_what_cannot_be_told_is_refused(home: Home) -> None:
    refusals: dict[str, dict[str, Any]] = {
        f"device_address: {address(DISPLAY)} is no meter that was ever heard": {
            "device_address": str(address(DISPLAY))
        },
        "endpoint_id: is no meter that was ever heard; there is 9": {"endpoint_id": 3},
        "end: is not after the begin": {"begin": 2000, "end": 1000},
        "begin: may be 1500 points before the end at most": {"begin": 1000, "end": 10_000_000},
        "quantity: 'water' is none of energy, energy_exported, demand, price, cost": {
            "quantity": "water"
        },
        "resolution: 'year' is none of 5min, hour, day, month": {"resolution": "year"},
    }

    answers = [await home.answer("get_history", WHERE | asked) for asked in refusals.values()]

    told = [answer.error for answer in answers]
    assert [None if error is None else error.message for error in told] == list(refusals)
