"""The loop that advances schedules."""

from collections.abc import AsyncIterator
import logging
import math
from typing import Any

import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.schedule.changes import Change
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.runner import ScheduleRunner
from sebridge.schedule.schedule import Schedule


class House:
    """A runner with two schedules, and what they told."""

    def __init__(self) -> None:
        self.clock = VirtualClock(utc=1_300_000_000.25)
        self.runner = ScheduleRunner(self.clock)
        self.prices: Schedule[str] = Schedule(Policy.PRICE, {})
        self.messages: Schedule[str] = Schedule(Policy.MESSAGE, {})
        self.heard: list[tuple[str, str, int]] = []
        self.start = self.now
        self.runner.serve(self.prices, self._listener("price"))
        self.runner.serve(self.messages, self._listener("message"))

    @property
    def now(self) -> int:
        return zigbee_time(self.clock.utc())

    def add(self, schedule: Schedule[str], event_id: int, after: int, duration: int) -> None:
        start = self.now + after
        event = ScheduledEvent(
            event_id=event_id, start=start, end=start + duration, record="r", received=self.now
        )
        schedule.add(event, self.now)

    def _listener(self, name: str) -> Any:
        def listen(changes: list[Change]) -> None:
            for change in changes:
                kind = type(change).__name__
                self.heard.append((name, kind, self.now - self.start))

        return listen


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.runner.start()
    yield made
    await made.runner.stop()


async def test_changes_are_told_when_they_are_due(house: House) -> None:
    house.add(house.prices, 1, after=3600, duration=60)
    house.runner.wake()

    await house.clock.advance(3599.7)
    assert house.heard == []
    await house.clock.advance(0.05)
    assert house.heard == [("price", "Started", 3600)]
    await house.clock.advance(60)
    assert house.heard[1:] == [("price", "Ended", 3660)]


async def test_several_schedules_are_served(house: House) -> None:
    house.add(house.prices, 1, after=20, duration=60)
    house.add(house.messages, 1, after=10, duration=5)
    house.runner.wake()

    await house.clock.advance(30)

    assert house.heard == [
        ("message", "Started", 10),
        ("message", "Ended", 15),
        ("price", "Started", 20),
    ]


async def test_a_wake_brings_forward_what_was_just_added(house: House) -> None:
    await house.clock.advance(1)
    house.add(house.prices, 1, after=2, duration=3)

    house.runner.wake()
    await house.clock.advance(2)

    assert house.heard == [("price", "Started", 3)]


async def test_a_jump_of_the_wall_clock_is_noticed_within_ten_seconds(house: House) -> None:
    house.add(house.prices, 1, after=3600, duration=60)
    house.runner.wake()
    await house.clock.settle()

    house.clock.jump(3610)
    await house.clock.advance(10)

    assert house.heard == [("price", "Started", 3620)]


async def test_a_jump_back_is_noticed_too(house: House) -> None:
    house.add(house.prices, 1, after=5, duration=600)
    house.runner.wake()
    await house.clock.advance(5)

    house.clock.jump(-60)
    await house.clock.advance(70)

    kinds = [kind for _, kind, _ in house.heard]
    assert kinds == ["Started", "Postponed", "Started"]


async def test_a_schedule_may_leave(house: House) -> None:
    told: list[object] = []
    leave = house.runner.serve(Schedule[str](Policy.PRICE, {}), told.append)
    await house.clock.settle()
    before = len(told)

    leave()
    await house.clock.advance(60)

    assert before == 1
    assert len(told) == before


class Broken:
    """A schedule that cannot be advanced a few times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.advanced = 0

    def next_change(self, now: int) -> int | None:
        return now

    def advance(self, now: int) -> int:
        del now
        self.advanced += 1
        if self.advanced <= self.failures:
            raise RuntimeError("disk full")
        return self.advanced


async def test_a_failure_is_logged_and_does_not_hold_up_the_others(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[int] = []
    house.runner.serve(Broken(failures=2), told.append)
    house.add(house.prices, 1, after=2, duration=3)

    with caplog.at_level(logging.ERROR):
        await house.clock.advance(2)

    assert caplog.messages == ["Broken could not be advanced"] * 2
    assert caplog.records[0].exc_info is not None
    assert told == [3]
    assert house.heard == [("price", "Started", 2)]


async def test_what_says_it_is_always_due_is_advanced_once_a_second(house: House) -> None:
    told: list[int] = []
    house.runner.serve(Broken(failures=0), told.append)

    await house.clock.advance(10)

    assert told == list(range(1, 12))


class _Slewed(VirtualClock):
    """A wall clock that NTP holds for a moment just before a whole second."""

    @override
    def utc(self) -> float:
        utc, held = super().utc(), 1_300_000_011.0
        return math.nextafter(held, 0.0) if held - 1e-6 < utc < held + 5e-4 else utc


async def test_just_before_a_second_it_is_not_looked_again_and_again() -> None:
    clock = _Slewed(utc=math.nextafter(1_300_000_011.0, 0.0))
    runner, told = ScheduleRunner(clock), list[int]()
    runner.serve(Broken(failures=0), told.append)
    await runner.start()

    await clock.advance(0.01)
    await runner.stop()

    assert len(told) <= 3


async def test_a_stopped_runner_leaves_no_timer(house: House) -> None:
    house.add(house.prices, 1, after=5, duration=600)
    await house.runner.stop()

    await house.clock.advance(60)

    assert house.heard == []
