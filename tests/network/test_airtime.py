"""How fast devices are asked about themselves."""

import asyncio
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.network.airtime import BURST, AirtimeBudget, PacedAsker
from sebridge.zcl.zdo import ZdoCommand


def test_so_many_are_asked_at_once_and_then_a_share_of_the_air_is_taken() -> None:
    budget = AirtimeBudget(lambda: 25.0)

    waits = [round(budget.take(1000.0), 3) for _ in range(BURST + 50)]

    assert waits[:BURST] == [0.0] * BURST
    assert waits[BURST:] == [round(0.04 * (n + 1), 3) for n in range(50)]


def test_a_silence_makes_room_for_no_more_than_a_burst() -> None:
    budget = AirtimeBudget(lambda: 100.0)
    for _ in range(BURST):
        budget.take(0.0)

    waits = [round(budget.take(10_000.0), 3) for _ in range(BURST + 1)]

    assert waits[:BURST] == [0.0] * BURST
    assert waits[BURST] > 0


class Noting:
    """Somebody who asks, and notes when."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.times: list[float] = []

    async def ask(self, device: Eui64, command: ZdoCommand, *values: object) -> Any:
        self.times.append(self.clock.monotonic())
        return device, command, values


async def test_who_has_no_room_on_the_air_waits_for_it(clock: VirtualClock) -> None:
    noting = Noting(clock)
    asker = PacedAsker(noting, AirtimeBudget(lambda: 10.0), clock)
    begun = clock.monotonic()

    answers = asyncio.gather(
        *(asker.ask(Eui64(1), ZdoCommand.Node_Desc_req, n) for n in range(BURST + 20))
    )
    await clock.advance(seconds=1.05)
    by_then = len(noting.times)
    await clock.advance(seconds=2)

    assert by_then == BURST + 10
    assert max(noting.times) - begun < 2.01
    assert (await answers)[3] == (Eui64(1), ZdoCommand.Node_Desc_req, (3,))
