"""One at a time for each device, the most important first, and no more than fit."""

import asyncio

import pytest

from sebridge.base.addresses import Broadcast
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError
from sebridge.network.turns import Priority, Turns, priority_of
from sebridge.radio.radio import Outgoing, TxStatus
from tests.network.air import address

DEVICE, OTHER = address(1), address(2)


class Work:
    """What is done in turn; each piece of work takes a second."""

    def __init__(self, clock: VirtualClock, most: int = 64) -> None:
        self.turns = Turns(most)
        self.done: list[str] = []
        self.clock = clock

    async def do(self, name: str, device: int = 1, priority: int = Priority.COMMAND) -> None:
        async with self.turns.of(address(device), priority):
            await self.clock.sleep(1)
            self.done.append(name)

    def begin(
        self, name: str, device: int = 1, priority: int = Priority.COMMAND
    ) -> "asyncio.Task[None]":
        return asyncio.create_task(self.do(name, device, priority))


@pytest.fixture
def work(clock: VirtualClock) -> Work:
    return Work(clock)


async def test_a_device_has_one_turn_at_a_time_and_the_most_important_is_next(
    work: Work, clock: VirtualClock
) -> None:
    tasks = [work.begin("first", priority=Priority.BACKGROUND)]
    await clock.settle()
    tasks += [work.begin("later", priority=Priority.BACKGROUND), work.begin("command")]
    tasks += [work.begin("answer", priority=Priority.ANSWER), work.begin("next command")]

    await clock.advance(seconds=1)
    after_one = list(work.done)
    await clock.advance(seconds=4)

    await asyncio.gather(*tasks)
    assert after_one == ["first"]
    assert work.done == ["first", "answer", "command", "next command", "later"]
    assert work.turns.longest == 0


async def test_devices_do_not_wait_for_each_other(work: Work, clock: VirtualClock) -> None:
    tasks = [work.begin("one"), work.begin("one again"), work.begin("other", 2)]

    await clock.advance(seconds=1)

    assert work.done == ["one", "other"]
    await clock.advance(seconds=1)
    await asyncio.gather(*tasks)


async def test_where_too_many_wait_the_last_of_the_least_important_is_refused(
    clock: VirtualClock,
) -> None:
    work = Work(clock, most=2)
    tasks = [work.begin("under way"), work.begin("first")]
    tasks.append(work.begin("background", priority=Priority.BACKGROUND))
    await clock.settle()

    with pytest.raises(DeliveryError) as too_late:
        await work.do("later", priority=Priority.BACKGROUND)
    tasks.append(work.begin("answer", priority=Priority.ANSWER))
    await clock.settle()
    with pytest.raises(DeliveryError, match="too many frames wait"):
        await tasks[2]
    await clock.advance(seconds=3)

    await asyncio.gather(*tasks[:2], tasks[3])
    assert too_late.value.tx_status == TxStatus.NO_ROOM
    assert work.done == ["under way", "answer", "first"]
    assert work.turns.refused == 2


async def test_who_waits_no_more_holds_up_nobody(work: Work, clock: VirtualClock) -> None:
    under_way, waiting, last = work.begin("under way"), work.begin("waiting"), work.begin("last")
    await clock.settle()

    waiting.cancel()
    await clock.settle()
    left = work.turns.waiting(DEVICE)
    under_way.cancel()
    await clock.settle()
    await clock.advance(seconds=1)

    await last
    assert (left, work.done) == (1, ["last"])
    assert work.turns.waiting(DEVICE) == 0


async def test_a_turn_that_came_when_nobody_wanted_it_any_more_is_passed_on(
    work: Work, clock: VirtualClock
) -> None:
    under_way, waiting, last = work.begin("under way"), work.begin("waiting"), work.begin("last")
    await clock.settle()

    under_way.cancel()  # passes its turn on within the next step of the loop
    asyncio.get_running_loop().call_soon(waiting.cancel)
    await clock.settle()
    await clock.advance(seconds=1)

    await last
    assert waiting.cancelled()
    assert work.done == ["last"]


async def test_all_who_wait_for_a_device_that_is_gone_are_told_and_the_next_has_its_turn(
    work: Work, clock: VirtualClock
) -> None:
    under_way, first, second, other = (work.begin(n) for n in ("one", "two", "three", "four"))
    await clock.settle()

    first.cancel()  # which it has not taken note of when all are told
    work.turns.give_up(DEVICE, "left the network")
    work.turns.give_up(OTHER, "was removed")
    await clock.settle()
    late = work.begin("late")
    await clock.advance(seconds=2)

    await asyncio.gather(under_way, late)
    assert first.cancelled()
    for task in (second, other):
        with pytest.raises(DeliveryError, match="left the network") as told:
            await task
        assert told.value.tx_status == TxStatus.NO_ACK
    assert work.done == ["one", "late"]
    assert work.turns.waiting(DEVICE) == 0


@pytest.mark.parametrize(
    ("profile", "cluster", "data", "priority"),
    [
        (0x0109, 0x0702, b"\x18\x01\x01", Priority.ANSWER),  # read attributes response
        (0x0109, 0x0702, b"\x18\x01\x0b", Priority.ANSWER),  # default response
        (0x0109, 0x0800, b"\x01\x01\x00", Priority.ANSWER),  # key establishment
        (0x0109, 0x0700, b"\x09\x01\x00", Priority.COMMAND),  # publish price
        (0x0109, 0x0702, b"\x10\x01\x02", Priority.COMMAND),  # write attributes
        (0x0109, 0x0702, b"\x10\x01\x00", Priority.BACKGROUND),  # read attributes
        (0x0109, 0x0702, b"\x14\x0c\x10\x01\x0a", Priority.BACKGROUND),  # of a manufacturer
        (0x0000, 0x0002, b"\x01\x00\x00", Priority.COMMAND),
        (0x0109, 0x0702, b"", Priority.COMMAND),
        (0x0109, 0x0702, b"\x00", Priority.COMMAND),
    ],
)
def test_how_important_a_frame_is(
    profile: int, cluster: int, data: bytes, priority: Priority
) -> None:
    frame = Outgoing(Broadcast.ALL, profile, cluster, 1, 1, data)

    assert priority_of(frame) is priority


def test_what_somebody_waits_for_is_not_for_later() -> None:
    reading = Outgoing(DEVICE, 0x0109, 0x0702, 1, 1, b"\x10\x01\x00", urgent=True)

    assert priority_of(reading) is Priority.COMMAND
