"""How much of the air the gateway takes for finding out what devices are.

A question and its answer are two frames of some 60 octets at 250 kbit/s, each with its back-off and
acknowledgement: about a hundredth of a second in which nobody near can say anything else.
"""

from collections.abc import Callable
from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.network.discovery import Asker
from sebridge.zcl.zdo import ZdoCommand

QUESTION: Final = 0.01
"""Seconds of the air that a question and its answer take."""
BURST: Final = 100
"""Questions that may be asked at once after a silence: a home of ten devices waits for nothing."""


class AirtimeBudget:
    """Says how long to wait before the next question. Pure.

    `percent`, 1 to 100, is the share of the air that may be taken. Times are monotonic seconds.
    """

    def __init__(self, percent: Callable[[], float]) -> None:
        self._percent = percent
        self._paid_until = float("-inf")

    def take(self, now: float) -> float:
        """Take the time of one question; return the seconds to wait before it is asked."""
        price = QUESTION * 100 / self._percent()
        self._paid_until = max(self._paid_until, now - BURST * price) + price
        return max(0.0, self._paid_until - now)


class PacedAsker:
    """Asks what it is given no faster than a budget allows."""

    def __init__(self, asker: Asker, budget: AirtimeBudget, clock: Clock) -> None:
        self._asker = asker
        self._budget = budget
        self._clock = clock

    async def ask(self, device: Eui64, command: ZdoCommand, *values: object) -> Any:
        """Ask when there is room on the air; return and raise as the asker does."""
        wait = self._budget.take(self._clock.monotonic())
        if wait > 0:
            await self._clock.sleep(wait)
        return await self._asker.ask(device, command, *values)
