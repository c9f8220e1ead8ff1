"""An entity of Home Assistant is watched, whatever befalls the conversation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import logging
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import MalformedAnswerError
from sebridge.base.secret import Secret
from sebridge.homeassistant.entity_state import EntityState, after
from sebridge.homeassistant.entity_watch import EntityWatch
from tests.homeassistant_websocket import StandIn
from tests.patience import until

SEED = 1
TOKEN = "a-long-lived-access-token"
PRICES = "sensor.prices"
RECORDED = json.loads(
    (Path(__file__).parents[1] / "reference" / "entity_states.json").read_text(encoding="utf-8")
)


class Watched:
    """What a watch said, and the clock that it waits by."""

    def __init__(self, clock: VirtualClock, there: StandIn) -> None:
        self.clock = clock
        self.there = there
        self.taken: list[EntityState] = []
        self.failures: list[str] = []

    async def heard(self, count: int) -> EntityState:
        await until(lambda: len(self.taken) == count)
        return self.taken[-1]

    async def failed(self, count: int) -> str:
        await until(lambda: len(self.failures) == count)
        return self.failures[-1]


@asynccontextmanager
async def watching(
    clock: VirtualClock, there: StandIn, token: str = TOKEN
) -> AsyncIterator[Watched]:
    watched = Watched(clock, there)
    watch = EntityWatch(
        there.url,
        Secret(token.encode()),
        PRICES,
        take=watched.taken.append,
        fail=watched.failures.append,
        clock=clock,
        random=Random(SEED),
    )
    await watch.start()
    yield watched
    await watch.stop()


@pytest.fixture
async def there() -> AsyncIterator[StandIn]:
    async with StandIn(TOKEN, {}).serving() as one:
        yield one


async def test_what_an_entity_says_is_handed_on_whenever_it_changes(
    clock: VirtualClock, there: StandIn
) -> None:
    await there.tell(PRICES, "0.2", raw_today=[1], raw_tomorrow=[2], unit="EUR/kWh")
    async with watching(clock, there) as watched:
        first = await watched.heard(1)
        await there.tell(PRICES, "0.3", raw_today=[2], unit="EUR/kWh")
        second = await watched.heard(2)

    assert first == EntityState("0.2", {"raw_today": [1], "raw_tomorrow": [2], "unit": "EUR/kWh"})
    assert second == EntityState("0.3", {"raw_today": [2], "unit": "EUR/kWh"})
    assert watched.failures == []


async def test_an_entity_that_is_not_there_is_told_of_until_it_is(
    clock: VirtualClock, there: StandIn
) -> None:
    async with watching(clock, there) as watched:
        missing = await watched.failed(1)
        await there.tell(PRICES, "unavailable")
        unavailable = await watched.failed(2)
        await there.tell(PRICES, "0.2", raw_today=[1])
        found = await watched.heard(1)
        await there.lose(PRICES)
        lost = await watched.failed(3)

    assert missing == lost == "Home Assistant has no such entity"
    assert unavailable == "it is unavailable in Home Assistant"
    assert found.attributes == {"raw_today": [1]}


async def test_after_a_restart_of_home_assistant_it_comes_again(
    clock: VirtualClock, there: StandIn
) -> None:
    await there.tell(PRICES, "0.2", raw_today=[1])
    async with watching(clock, there) as watched:
        await watched.heard(1)
        await there.hang_up()
        ended = await watched.failed(1)
        await clock.advance(seconds=1)
        again = await watched.heard(2)

    assert ended == "Home Assistant has ended the conversation"
    assert again.attributes == {"raw_today": [1]}


async def test_pauses_grow_to_a_minute_while_nobody_answers(
    clock: VirtualClock, there: StandIn
) -> None:
    chance = Random(SEED)
    there.ends_early = True
    async with watching(clock, there) as watched:
        for attempt, pause in enumerate((1, 2, 4, 8, 16, 32, 60, 60), start=1):
            await watched.failed(attempt)
            drawn = pause * chance.uniform(0.5, 1)
            await clock.advance(seconds=drawn - 0.01)
            assert there.visits == attempt
            await clock.advance(seconds=0.011)
        await watched.failed(attempt + 1)


async def test_a_token_that_is_refused_is_not_shown_to_the_owner_every_minute(
    clock: VirtualClock, there: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with watching(clock, there, token="a-wrong-one") as watched:
        problem = await watched.failed(1)
        await clock.advance(seconds=449)
        visits = there.visits
        await clock.advance(seconds=452)
        await until(lambda: there.visits == 2)

    assert problem == "Home Assistant does not take the token"
    assert visits == 1
    assert "a-wrong-one" not in caplog.text + problem


async def test_a_home_assistant_that_says_nothing_is_asked_whether_it_is_there(
    clock: VirtualClock, there: StandIn
) -> None:
    await there.tell(PRICES, "0.2", raw_today=[1])
    async with watching(clock, there) as watched:
        await watched.heard(1)
        await clock.advance(seconds=61)
        await until(lambda: there.pings == 1)
        there.silent = True
        await clock.advance(seconds=61)
        await until(lambda: there.pings == 2)
        await clock.advance(seconds=31)
        problem = await watched.failed(1)

    assert problem == "no answer within 30 s"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ('"' + "x" * (1 << 20) + '"', "says more at once than is taken"),
        ('{"id":1,"type":"event","event":[]}', "tells of states otherwise"),
        ("[", "answers with what is no JSON"),
    ],
)
async def test_what_is_wrong_with_an_answer_is_told(
    clock: VirtualClock, there: StandIn, said: str, problem: str
) -> None:
    await there.tell(PRICES, "0.2", raw_today=[1])
    async with watching(clock, there) as watched:
        await watched.heard(1)
        await there.say(said)
        told = await watched.failed(1)

    assert problem in told


async def test_where_nobody_listens_the_address_is_told_and_no_token(clock: VirtualClock) -> None:
    async with StandIn(TOKEN, {}).serving() as there:
        pass
    async with watching(clock, there) as watched:
        problem = await watched.failed(1)

    assert problem == f"no Home Assistant answers at {there.url}: ClientConnectorError"


@pytest.mark.parametrize("place", range(len(RECORDED)))
def test_what_a_real_one_told_is_understood(place: int) -> None:
    known: EntityState | None = None
    for recorded in RECORDED[: place + 1]:
        known = after(known, recorded["event"], recorded["entity"])

    expected: dict[str, Any] | None = RECORDED[place]["is"]
    if expected is None:
        assert known is None
    else:
        assert known == EntityState(expected["state"], expected["attributes"])


def test_news_of_others_change_nothing() -> None:
    known = EntityState("0.2", {"a": 1})

    assert after(known, {"c": {"sensor.other": {"+": {"s": "1"}}}}, PRICES) is known
    assert after(None, {"c": {PRICES: {"+": {"s": "1"}}}}, PRICES) is None


@pytest.mark.parametrize("event", [None, {"a": []}, {"c": {PRICES: {"+": {"a": 1}}}}, {"r": [1]}])
def test_what_is_no_news_of_states_is_refused(event: Any) -> None:
    with pytest.raises(MalformedAnswerError, match="tells of states otherwise"):
        after(None, event, PRICES)
