"""A circle as others want it, with a simulated one behind the emulated stick."""

from itertools import pairwise

import pytest

from sebridge.base.errors import DeliveryError
from sebridge.plugwise.circle import Circle, CirclePlus
from sebridge.plugwise.energy import EnergyOfHour
from sebridge.plugwise.log import Progress
from sebridge.plugwise.moments import RealTime
from sebridge.plugwise.requests import SetRealTime
from tests.plugwise.bench import CIRCLE_PLUS, LAMP, START, Bench, plugged_in

HOUR = 3600


class Reader:
    """Who keeps what was logged, together with how far it was read."""

    def __init__(self, bench: Bench) -> None:
        self.circle = Circle(bench.stick, LAMP, bench.clock)
        self.hours: list[EnergyOfHour] = []
        self.progress: Progress | None = None

    async def read(self) -> None:
        async for hours, progress in self.circle.catch_up(self.progress):
            self.hours += hours
            self.progress = progress


async def test_power_is_that_which_flows_also_backwards() -> None:
    async with plugged_in() as bench:
        circle = Circle(bench.stick, LAMP, bench.clock)
        consumed = (await bench.within(1, circle.flow())).watts
        bench.circles[LAMP].draw(-250.0, bench.clock.utc())
        produced = (await bench.within(1, circle.flow())).watts

        assert consumed == pytest.approx(11, abs=0.2)
        assert produced == pytest.approx(-250, abs=0.2)


async def test_a_relay_is_switched() -> None:
    async with plugged_in() as bench:
        circle = Circle(bench.stick, LAMP, bench.clock)

        await bench.within(1, circle.switch(on=False))
        relay = (await bench.within(1, circle.info())).relay
        watts = (await bench.within(1, circle.flow())).watts
        await bench.within(1, circle.switch(on=True))

        assert (relay, watts) == (0, 0.0)
        assert (await bench.within(1, circle.info())).relay == 1


@pytest.mark.parametrize("fast", [-3700, -5, 0, 90, 86_400])
async def test_a_clock_is_found_to_be_off_and_set_right(fast: int) -> None:
    async with plugged_in() as bench:
        await bench.clock.advance(hours=10)
        bench.circles[LAMP].be_fast(fast, bench.clock.utc())
        circle = Circle(bench.stick, LAMP, bench.clock)

        found = await bench.within(1, circle.clock_is_fast())
        await bench.within(1, circle.set_clock())
        after = await bench.within(1, circle.clock_is_fast())

        assert found == pytest.approx(fast, abs=1)
        assert after == pytest.approx(0, abs=1)


@pytest.mark.parametrize(("own", "with_battery"), [(0, 0), (2, -40), (70, 5)])
async def test_a_circle_plus_has_two_clocks_that_are_set_together(
    own: int, with_battery: int
) -> None:
    async with plugged_in() as bench:
        await bench.clock.advance(hours=1)
        now = bench.clock.utc()
        simulated = bench.circles[CIRCLE_PLUS]
        simulated.be_fast(own, now)
        real = SetRealTime(mac=CIRCLE_PLUS, moment=RealTime.of(now + with_battery))
        simulated.answer(real, now)
        circle = CirclePlus(bench.stick, CIRCLE_PLUS, bench.clock)

        found = await bench.within(1, circle.clock_is_fast())
        await bench.within(1, circle.set_clock())
        after = await bench.within(1, circle.clock_is_fast())

        assert found == pytest.approx(max(own, with_battery, key=abs), abs=1)
        assert after == pytest.approx(0, abs=1)


async def test_hours_are_caught_up_after_an_outage() -> None:
    async with plugged_in() as bench:
        reader = Reader(bench)
        for hours in (5, 0, 1, 30):
            await bench.clock.advance(hours * HOUR + 60)
            await bench.within(20, reader.read())

        assert [hour.start for hour in reader.hours] == [START + n * HOUR for n in range(36)]
        assert [hour.kwh for hour in reader.hours] == pytest.approx([0.011] * 36, rel=1e-3)


async def test_a_log_is_read_further_after_the_stick_was_pulled_out() -> None:
    async with plugged_in() as bench:
        reader = Reader(bench)
        await bench.clock.advance(40 * HOUR)
        bench.circles[LAMP].delay = 1.0
        bench.clock.call_later(6.5, bench.cable.pull)

        with pytest.raises(DeliveryError, match="is gone"):
            await bench.within(10, reader.read())
        read_before = len(reader.hours)
        bench.cable.is_there = True
        await bench.clock.advance(60)
        await bench.within(30, reader.read())

        assert 0 < read_before < 40
        assert [hour.start for hour in reader.hours] == [START + n * HOUR for n in range(40)]


async def test_hours_are_those_of_our_clock_where_that_of_the_circle_is_off() -> None:
    async with plugged_in() as bench:
        bench.circles[LAMP].be_fast(3 * HOUR, START)
        reader = Reader(bench)
        await bench.clock.advance(3 * HOUR + 60)
        await bench.within(5, reader.read())
        await bench.within(1, reader.circle.set_clock())
        await bench.clock.advance(3 * HOUR)
        await bench.within(5, reader.read())

        starts = [hour.start for hour in reader.hours]
        assert {b - a for a, b in pairwise(starts)} == {HOUR}
        assert starts[-1] == START + 5 * HOUR


async def test_production_is_logged_apart_where_that_is_wanted() -> None:
    async with plugged_in() as bench:
        reader = Reader(bench)
        await bench.within(1, reader.circle.log_production())
        await bench.clock.advance(HOUR / 2)
        bench.circles[LAMP].draw(-40.0, bench.clock.utc())
        await bench.clock.advance(HOUR / 2)
        await bench.within(5, reader.read())

        (consumed, produced) = reader.hours
        assert (consumed.start, produced.start) == (START, START)
        assert (consumed.is_production, produced.is_production) == (False, True)
        assert consumed.kwh == pytest.approx(0.0055, rel=1e-2)
        assert produced.kwh == pytest.approx(-0.020, rel=1e-2)
