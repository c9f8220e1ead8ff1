"""Turns: one at a time for each device, and fair between devices."""

import asyncio

from sebridge.base.clock import VirtualClock
from sebridge.plugwise.turns import Turns


class Desk:
    """Requests that take a second each, and the order in which they begin."""

    def __init__(self, most: int) -> None:
        self.clock = VirtualClock()
        self.begun: list[str] = []
        self.turns = Turns(most)

    def ask(self, device: str) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(self._work(device))

    async def _work(self, device: str) -> None:
        async with self.turns.turn(device):
            self.begun.append(device)
            await self.clock.sleep(1)


async def test_devices_take_turns_however_much_is_asked_of_one() -> None:
    desk = Desk(1)
    tasks = [desk.ask(device) for device in "aaaabbc"]

    await desk.clock.advance(10)

    assert "".join(desk.begun) == "abcabaa"
    assert all(task.done() for task in tasks)


async def test_several_devices_have_a_turn_at_once_but_none_two() -> None:
    desk = Desk(2)
    tasks = [desk.ask(device) for device in "aaabc"]

    await desk.clock.settle()
    first = "".join(desk.begun)
    await desk.clock.advance(10)

    assert first == "ab"
    assert "".join(desk.begun) == "abcaa"
    assert all(task.done() for task in tasks)


async def test_who_gives_up_is_passed_over() -> None:
    desk = Desk(1)
    tasks = [desk.ask(device) for device in "abbc"]
    await desk.clock.settle()

    tasks[1].cancel()
    tasks[2].cancel()
    await desk.clock.advance(10)

    assert "".join(desk.begun) == "ac"


async def test_a_turn_that_comes_to_who_has_just_given_up_goes_on() -> None:
    desk = Desk(1)
    async with desk.turns.turn("x"):
        tasks = [desk.ask(device) for device in "ab"]
        await desk.clock.settle()
    # the turn has come to the first, who does not know yet

    tasks[0].cancel()
    await desk.clock.advance(10)

    assert "".join(desk.begun) == "b"
