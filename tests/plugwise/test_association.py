"""Which circles belong to a stick: found, taken in, and let go."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, UnknownDeviceError
from sebridge.plugwise.answers import DeviceInfo
from sebridge.plugwise.association import (
    add_circle,
    circle_plus_of,
    list_circles,
    permit_joining,
    remove_circle,
)
from sebridge.plugwise.requests import GetInfo
from sebridge.simulator.plugwise.circle import SimulatedCircle
from tests.plugwise.bench import CIRCLE_PLUS, FRIDGE, LAMP, PANEL, START, Bench, plugged_in


async def test_all_circles_are_found() -> None:
    async with plugged_in() as bench:
        found = await bench.within(10, list_circles(bench.stick))

        assert found == [CIRCLE_PLUS, LAMP, FRIDGE]


async def test_a_circle_that_wants_to_join_is_taken_in() -> None:
    async with plugged_in() as bench:
        bench.emulated.bring(SimulatedCircle(PANEL, START))
        wishes_before = list(bench.wishes)
        await bench.within(1, permit_joining(bench.stick, permitted=True))

        info = await bench.within(10, add_circle(bench.stick, PANEL, bench.clock))

        assert wishes_before == []
        assert bench.wishes == [PANEL]
        assert info.mac == PANEL
        assert PANEL in await bench.within(10, list_circles(bench.stick))


async def test_nobody_asks_once_joining_is_not_permitted_any_more() -> None:
    async with plugged_in() as bench:
        await bench.within(1, permit_joining(bench.stick, permitted=True))
        await bench.within(1, permit_joining(bench.stick, permitted=False))

        bench.emulated.bring(SimulatedCircle(PANEL, START))
        await bench.clock.settle()

        assert bench.wishes == []


async def test_a_circle_that_comes_late_is_waited_for() -> None:
    async with plugged_in() as bench:
        circle = SimulatedCircle(PANEL, START)
        circle.is_there = False
        bench.emulated.bring(circle)
        bench.clock.call_later(20, lambda: setattr(circle, "is_there", True))

        info = await bench.within(40, add_circle(bench.stick, PANEL, bench.clock))

        assert info.mac == PANEL


async def test_a_circle_that_is_not_in_the_house_is_not_taken_in() -> None:
    async with plugged_in() as bench:
        with pytest.raises(DeliveryError, match=f"{PANEL} is not reached"):
            await bench.within(120, add_circle(bench.stick, PANEL, bench.clock))


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_circle_is_let_go_also_while_it_is_away(*, is_there: bool) -> None:
    async with plugged_in() as bench:
        bench.circles[LAMP].is_there = is_there

        await bench.within(10, remove_circle(bench.stick, LAMP))

        assert await bench.within(10, list_circles(bench.stick)) == [CIRCLE_PLUS, FRIDGE]
        with pytest.raises(DeliveryError):
            await bench.within(10, bench.stick.ask(GetInfo(mac=LAMP), DeviceInfo))


async def test_a_circle_that_was_never_there_cannot_be_let_go() -> None:
    async with plugged_in() as bench:
        problem = f"{PANEL} is not associated with {CIRCLE_PLUS}"
        with pytest.raises(UnknownDeviceError, match=problem):
            await bench.within(10, remove_circle(bench.stick, PANEL))


async def test_without_a_stick_or_a_circle_plus_there_are_no_circles() -> None:
    alone = Bench(circles={})
    with pytest.raises(DeliveryError, match="the Plugwise stick is not there"):
        circle_plus_of(alone.stick)

    async with plugged_in(alone):
        with pytest.raises(DeliveryError, match=r"not associated with a Circle\+"):
            circle_plus_of(alone.stick)
        with pytest.raises(DeliveryError, match="None is not reached"):
            await alone.within(10, permit_joining(alone.stick, permitted=True))


async def test_a_circle_plus_has_room_for_so_many() -> None:
    async with plugged_in() as bench:
        for number in range(100):
            circle = SimulatedCircle(Eui64(number + 1), START)
            bench.emulated.bring(circle)
        for number in range(61):
            await bench.within(5, add_circle(bench.stick, Eui64(number + 1), bench.clock))

        with pytest.raises(DeliveryError):
            await bench.within(120, add_circle(bench.stick, Eui64(62), bench.clock))
