"""All circles of a stick looked after, over outages of circles, stick and bridge."""

from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager

import pytest

from sebridge.base.addresses import Eui64
from sebridge.plugwise.association import add_circle, list_circles
from sebridge.plugwise.circle import Circle
from sebridge.plugwise.circles import MOST_FAST, Circles, Watching
from sebridge.plugwise.log import Progress
from sebridge.plugwise.signals import CircleLost, CircleSeen, HoursLogged
from sebridge.simulator.plugwise.circle import SimulatedCircle
from tests.plugwise.bench import CIRCLE_PLUS, FRIDGE, LAMP, PANEL, START, Bench, plugged_in

HOUR = 3600
YEAR = 366 * 24 * HOUR
EVERY = 900.0


class Listener:
    """Who keeps what is told of circles, and how far their logs are read."""

    def __init__(self, bench: Bench) -> None:
        self.seen: list[CircleSeen] = []
        self.lost: list[CircleLost] = []
        self.starts: dict[Eui64, list[int]] = {}
        self.progress: MutableMapping[Eui64, Progress] = {}
        bench.bus.listen(CircleSeen, self.seen.append)
        bench.bus.listen(CircleLost, self.lost.append)
        bench.bus.listen(HoursLogged, self._keep)

    def _keep(self, signal: HoursLogged) -> None:
        self.starts.setdefault(signal.mac, []).extend(hour.start for hour in signal.hours)


@asynccontextmanager
async def looked_after(
    bench: Bench,
    listener: Listener,
    every: float = EVERY,
    special: Mapping[Eui64, Watching] | None = None,
) -> AsyncIterator[Circles]:
    """Give the circles of a bench, which are looked after."""
    circles = Circles(
        bench.stick, listener.progress, bench.clock, bench.bus, Watching(every), special or {}
    )
    await circles.start()
    await bench.clock.advance(10)
    yield circles
    await circles.stop()
    await bench.clock.settle()


async def test_each_circle_is_seen_with_its_power_and_its_relay() -> None:
    async with plugged_in() as bench:
        listener = Listener(bench)
        async with looked_after(bench, listener) as circles:
            assert list(circles.known) == [CIRCLE_PLUS, LAMP, FRIDGE]
            first = {signal.mac: signal for signal in listener.seen}
            await bench.within(1, circles.switch(LAMP, on=False))
            await bench.clock.advance(EVERY)

        assert first[FRIDGE].watts == pytest.approx(90, abs=0.2)
        assert first[LAMP].is_on
        second = {signal.mac: signal for signal in listener.seen}
        assert (second[LAMP].watts, second[LAMP].is_on) == (0, False)


async def test_every_hour_is_told_once_over_an_outage_of_the_bridge() -> None:
    async with plugged_in() as bench:
        listener = Listener(bench)
        async with looked_after(bench, listener):
            await bench.clock.advance(hours=3)
        await bench.clock.advance(hours=30)
        async with looked_after(bench, listener):
            await bench.clock.advance(hours=2)

        hours = [START + n * HOUR for n in range(35)]
        assert listener.starts == dict.fromkeys((CIRCLE_PLUS, LAMP, FRIDGE), hours)


async def test_a_long_log_is_read_while_its_circle_is_seen_as_often_as_ever() -> None:
    async with plugged_in() as bench:
        bench.circles[LAMP].delay = 1.0
        await bench.clock.advance(hours=200)
        listener = Listener(bench)
        async with looked_after(bench, listener, every=20.0):
            await bench.clock.advance(60)

        assert len(listener.starts[LAMP]) == 200
        assert len([signal for signal in listener.seen if signal.mac == LAMP]) >= 3


@pytest.mark.parametrize("fast", [-3 * HOUR, -90, MOST_FAST, 2 * HOUR])
async def test_a_clock_that_is_off_is_set_after_the_log_was_read(fast: int) -> None:
    async with plugged_in() as bench:
        bench.circles[LAMP].be_fast(fast, START)
        await bench.clock.advance(5 * HOUR + 120)
        listener = Listener(bench)
        async with looked_after(bench, listener):
            await bench.clock.advance(hours=5)
            circle = Circle(bench.stick, LAMP, bench.clock)
            left = await bench.within(1, circle.clock_is_fast())

        told = [start for start in listener.starts[LAMP] if start >= START]  # before is a rest
        assert abs(left) <= MOST_FAST
        assert told == [START + n * HOUR for n in range(10)]


async def test_a_clock_that_tells_no_moment_is_set_at_once() -> None:
    async with plugged_in() as bench:
        bench.circles[LAMP].be_fast(100 * YEAR, START)
        listener = Listener(bench)
        async with looked_after(bench, listener):
            lost = list(listener.lost)
            await bench.clock.advance(hours=2)

        assert [signal.mac for signal in lost] == [LAMP]
        assert "there is no minute" in lost[0].reason
        assert listener.starts[LAMP] == [START, START + HOUR]


async def test_a_circle_that_is_lost_is_told_of_once_and_caught_up_later() -> None:
    async with plugged_in() as bench:
        listener = Listener(bench)
        async with looked_after(bench, listener):
            bench.circles[LAMP].is_there = False
            await bench.clock.advance(hours=3)
            lost = list(listener.lost)
            bench.circles[LAMP].is_there = True
            await bench.clock.advance(EVERY + 10)

        assert lost == [CircleLost(LAMP, f"{LAMP} is not reached: 00E1")]
        assert listener.starts[LAMP] == [START + n * HOUR for n in range(3)]


async def test_a_stick_that_is_pulled_out_brings_what_was_logged_meanwhile() -> None:
    async with plugged_in() as bench:
        listener = Listener(bench)
        async with looked_after(bench, listener):
            bench.cable.pull()
            await bench.clock.advance(hours=3)
            bench.cable.is_there = True
            await bench.clock.advance(EVERY + 60)

        assert listener.starts[FRIDGE] == [START + n * HOUR for n in range(3)]
        assert listener.lost == []


async def test_circles_are_listed_again_where_that_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with plugged_in() as bench:
        bench.circles[CIRCLE_PLUS].is_there = False
        listener = Listener(bench)
        async with looked_after(bench, listener) as circles:
            await bench.clock.advance(2 * EVERY)
            before = list(circles.known)
            bench.circles[CIRCLE_PLUS].is_there = True
            await bench.clock.advance(EVERY + 10)

            assert before == []
            assert list(circles.known) == [CIRCLE_PLUS, LAMP, FRIDGE]
            assert caplog.text.count("cannot be listed") == 1


async def test_circles_come_and_go() -> None:
    async with plugged_in() as bench:
        listener = Listener(bench)
        async with looked_after(bench, listener) as circles:
            await bench.clock.advance(hours=1)
            bench.emulated.bring(SimulatedCircle(PANEL, START, watts=-300.0))
            await bench.within(10, circles.add(PANEL))
            await bench.within(10, circles.add(PANEL))
            await bench.within(10, circles.remove(LAMP))
            known = list(circles.known)
            listener.seen.clear()
            await bench.clock.advance(EVERY)

        assert known == [CIRCLE_PLUS, FRIDGE, PANEL]
        assert LAMP not in listener.progress
        assert {signal.mac for signal in listener.seen} == {CIRCLE_PLUS, FRIDGE, PANEL}


async def test_a_circle_that_another_program_added_may_be_removed() -> None:
    async with plugged_in() as bench, looked_after(bench, Listener(bench)) as circles:
        bench.emulated.bring(SimulatedCircle(PANEL, START))
        await bench.within(10, add_circle(bench.stick, PANEL, bench.clock))

        await bench.within(10, circles.remove(PANEL))

        assert PANEL not in await bench.within(10, list_circles(bench.stick))


async def test_a_circle_that_another_program_removed_is_not_looked_after_any_more() -> None:
    async with plugged_in() as bench:
        listener = Listener(bench)
        async with looked_after(bench, listener) as circles:
            bench.cable.pull()
            await bench.clock.settle()
            bench.emulated.forget(LAMP)
            bench.cable.is_there = True
            await bench.clock.advance(EVERY + 60)

            assert list(circles.known) == [CIRCLE_PLUS, FRIDGE]
