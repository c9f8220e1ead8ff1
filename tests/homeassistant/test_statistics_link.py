"""The conversation with Home Assistant, where it goes otherwise than it should."""

import pytest

from sebridge.base.clock import SystemClock
from sebridge.base.errors import MalformedAnswerError, RequestError
from sebridge.base.secret import Secret
from sebridge.homeassistant.backfill import HOUR, Row
from sebridge.homeassistant.statistics_link import Statistic, StatisticsLink
from tests.homeassistant_websocket import StandIn

TOKEN = Secret(b"let me in")
ENTITY = "sensor.energy"
SUM = Statistic(statistic_id=ENTITY, name=None, unit="kWh", unit_class="energy")


def stand_in() -> StandIn:
    return StandIn(TOKEN.reveal().decode(), {"one": ENTITY})


async def test_what_is_written_is_read_again_by_the_hour() -> None:
    rows = {HOUR: Row(1.5, 0.5), 2 * HOUR: Row(2.5, 1.5), 9 * HOUR: Row(9.0, 8.0)}
    async with (
        stand_in().serving() as there,
        StatisticsLink.open(there.url, TOKEN, SystemClock()) as link,
    ):
        about = await link.statistic(await link.entity_of("one"))

        await link.write(about, rows)
        found = await link.rows(about, HOUR, 5 * HOUR)

    assert about == SUM
    assert found == {HOUR: Row(1.5, 0.5), 2 * HOUR: Row(2.5, 1.5)}


async def test_an_hour_that_is_none_is_refused_with_its_words() -> None:
    async with (
        stand_in().serving() as there,
        StatisticsLink.open(there.url, TOKEN, SystemClock()) as link,
    ):
        with pytest.raises(RequestError, match="refuses recorder/import_statistics: Invalid time"):
            await link.write(SUM, {60: Row(1.0, 1.0)})


async def test_a_conversation_that_ends_is_told() -> None:
    async with (
        stand_in().serving() as there,
        StatisticsLink.open(there.url, TOKEN, SystemClock()) as link,
    ):
        there.ends_early = True
        with pytest.raises(MalformedAnswerError, match="has ended the conversation"):
            await link.entity_of("one")


async def test_what_is_no_object_is_told() -> None:
    there = stand_in()
    there.greeting = []
    async with there.serving():
        with pytest.raises(MalformedAnswerError, match="what is no object"):
            async with StatisticsLink.open(there.url, TOKEN, SystemClock()):
                raise AssertionError("nobody is let in")


async def test_what_is_no_json_is_told() -> None:
    there = stand_in()
    there.greeting = None
    async with there.serving():
        with pytest.raises(MalformedAnswerError, match="what is no JSON"):
            async with StatisticsLink.open(there.url, TOKEN, SystemClock()):
                raise AssertionError("nobody is let in")
