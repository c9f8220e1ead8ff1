"""The one async loop: sleep to the next change, and hand over what changed."""

import asyncio
from collections.abc import Callable
import logging
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock, unix_time, zigbee_time
from sebridge.base.service import Service

_LOGGER = logging.getLogger(__name__)

LONGEST_SLEEP: Final = 10.0
"""Seconds: so late, at most, is a jump of the wall clock noticed."""
_SHORTEST_SLEEP: Final = 0.001
"""Seconds: what separates two moments of a wall clock may be less than any timer can wait for."""
_AFTER_FAILURE: Final = 1.0

N = TypeVar("N")
N_co = TypeVar("N_co", covariant=True)


class Advancing(Protocol[N_co]):
    """What becomes due by itself: a schedule, or a cluster that owns one.

    Times are whole seconds since 2000 UTC.
    """

    def next_change(self, now: int) -> int | None:
        """Return when something will be due; None for never."""

    def advance(self, now: int) -> N_co:
        """Do what is due, and return the news of it."""


class _Served(msgspec.Struct, Generic[N], frozen=True, eq=False):
    schedule: Advancing[N]
    tell: Callable[[N], object]

    def advance(self, now: int) -> None:
        self.tell(self.schedule.advance(now))


class ScheduleRunner(Service):
    """Advances all schedules when their time comes.

    One that fails, or whose listener fails, is logged with its trace and tried again; it does not
    hold up the others.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._served: list[_Served[Any]] = []
        self._woken = asyncio.Event()

    def serve(self, schedule: Advancing[N], tell: Callable[[N], object]) -> Callable[[], None]:
        """Advance a schedule, and tell its news, also when there is none; return the way out."""
        served = _Served(schedule, tell)
        self._served.append(served)
        self.wake()
        return lambda: self._served.remove(served)

    def wake(self) -> None:
        """Look at once: something was added or cancelled, or the clock was set."""
        self._woken.set()

    @override
    async def run(self) -> None:
        """Advance, then sleep until something is due."""
        while True:
            self._woken.clear()
            pause = self._advance_all()
            timer = self._clock.call_later(pause, self._woken.set)
            try:
                await self._woken.wait()
            finally:
                timer.cancel()

    def _advance_all(self) -> float:
        """Do what is due; return for how many seconds to sleep."""
        utc = self._clock.utc()
        now = zigbee_time(utc)
        pause = LONGEST_SLEEP
        for served in tuple(self._served):
            try:
                served.advance(now)
                due = served.schedule.next_change(now)
            except Exception:
                _LOGGER.exception("%s could not be advanced", type(served.schedule).__name__)
                pause = min(pause, _AFTER_FAILURE)
                continue
            if due is not None:
                # what is due at once has just been done, so there is no hurry to do it again
                until = max(unix_time(due) - utc, unix_time(now + 1) - utc, _SHORTEST_SLEEP)
                pause = min(pause, until)
        return pause
