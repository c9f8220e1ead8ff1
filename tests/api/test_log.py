"""The log by RPC: its last records, and levels that hold for some time."""

from collections.abc import Iterator
import logging
from typing import Any

import pytest

from tests.api.home import Home

RADIO = logging.getLogger("sebridge.radio")
METERS = logging.getLogger("sebridge.radio.meters_of_a_test")


@pytest.fixture(autouse=True)
def _levels_as_before() -> Iterator[None]:
    before = RADIO.level
    yield
    RADIO.setLevel(before)


async def messages(home: Home, **params: Any) -> list[str]:
    return [line["message"] for line in (await home.call("get_log", **params))["lines"]]


async def test_the_log_is_read_from_where_one_has_been(alone: Home) -> None:
    start = (await alone.call("get_log"))["newest"]
    RADIO.info("one")
    RADIO.warning("two")

    answer = await alone.call("get_log", since=start, name="sebridge.radio")

    assert [line["message"] for line in answer["lines"]] == ["one", "two"]
    assert answer["newest"] >= answer["lines"][-1]["number"] > start
    assert not answer["more"]
    assert await messages(alone, since=answer["newest"]) == []


async def test_the_log_is_filtered_by_level_and_part(alone: Home) -> None:
    start = (await alone.call("get_log"))["newest"]
    METERS.info("plain")
    METERS.warning("grave")
    logging.getLogger("sebridge.radiology").error("of another")

    assert await messages(alone, since=start, name="sebridge.radio") == ["plain", "grave"]
    assert await messages(alone, since=start, level="warning", name="sebridge.radio") == ["grave"]
    assert await messages(alone, since=start, level="error") == ["of another"]


async def test_where_there_is_more_the_newest_are_told(alone: Home) -> None:
    start = (await alone.call("get_log"))["newest"]
    for number in range(3):
        METERS.info("%d", number)

    answer = await alone.call("get_log", since=start, limit=2, name=METERS.name)

    assert [line["message"] for line in answer["lines"]] == ["1", "2"]
    assert answer["more"]


async def test_a_level_holds_for_its_time(alone: Home) -> None:
    RADIO.setLevel(logging.INFO)
    until = alone.clock.utc() + 60

    answer = await alone.call("set_log_level", name="sebridge.radio", level="debug", seconds=60)

    assert answer["levels"]["sebridge.radio"] == "debug"
    assert answer["changed"] == [{"name": "sebridge.radio", "level": "debug", "until": until}]
    assert METERS.isEnabledFor(logging.DEBUG)
    await alone.clock.advance(61)
    assert not METERS.isEnabledFor(logging.DEBUG)
    assert (await alone.call("get_log_levels"))["changed"] == []


async def test_a_level_that_is_set_again_goes_back_to_that_of_the_configuration(
    alone: Home,
) -> None:
    RADIO.setLevel(logging.WARNING)

    await alone.call("set_log_level", name="sebridge.radio", level="debug", seconds=60)
    await alone.call("set_log_level", name="sebridge.radio", level="error", seconds=600)
    await alone.clock.advance(100)
    kept = RADIO.level
    await alone.call("set_log_level", name="sebridge.radio", level=None)

    assert (kept, RADIO.level) == (logging.ERROR, logging.WARNING)


async def test_a_level_ends_with_the_bridge(alone: Home) -> None:
    RADIO.setLevel(logging.INFO)
    await alone.call("set_log_level", name="sebridge.radio", level="debug")

    await alone.stop()

    assert RADIO.level == logging.INFO


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"name": "zigpy", "level": "debug"}, "name: 'zigpy' is no part of the bridge"),
        ({"name": "sebridge.radoi", "level": "debug"}, "is sebridge.radio meant?"),
        ({"name": "sebridge", "level": "loud"}, "level"),
        ({"name": "sebridge", "level": "info", "seconds": 0}, "seconds: 0 is not in 1..3600"),
        ({"name": "sebridge", "level": "info", "seconds": 9999}, "9999 is not in 1..3600"),
    ],
)
async def test_what_cannot_be_set_is_told(
    alone: Home, params: dict[str, Any], problem: str
) -> None:
    assert problem in (await alone.refused("set_log_level", **params)).message


@pytest.mark.parametrize("limit", [0, 501])
async def test_an_answer_has_a_limit(alone: Home, limit: int) -> None:
    error = await alone.refused("get_log", limit=limit)

    assert error.message == f"limit: {limit} is not in 1..500"
