"""One clock for every timer: the machine's, a faster one for shows, a virtual one for tests.

UTC here is seconds since 1970-01-01 00:00:00 UTC, as a float. ZigBee counts from 2000-01-01
(ZCL, Time cluster, attribute Time); `zigbee_time` and `unix_time` convert.
"""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import lru_cache
import heapq
import itertools
import selectors
import time
from typing import Final, Protocol, TypeVar

import msgspec
from typing_extensions import override

from sebridge.base.errors import AnswerTimeoutError

ZIGBEE_EPOCH: Final = 946_684_800  # 2000-01-01 00:00:00 UTC, in seconds since 1970

_TICK: Final = 0.0015
"""Seconds by which uvloop may be early, as it counts whole milliseconds and rounds."""

T = TypeVar("T")


def zigbee_time(utc: float) -> int:
    """Return whole seconds since 2000 (0 to 0xFFFFFFFE) for seconds since 1970."""
    return min(max(int(utc) - ZIGBEE_EPOCH, 0), 0xFFFFFFFE)


def unix_time(zigbee: int) -> float:
    """Return seconds since 1970 for seconds since 2000."""
    return float(zigbee + ZIGBEE_EPOCH)


def iso_time(utc: float) -> str:
    """Return ISO 8601 with `Z`, to the second, for seconds since 1970."""
    return _iso_second(int(utc))


@lru_cache(maxsize=16)  # what one second brings shares its text
def _iso_second(utc: int) -> str:
    return datetime.fromtimestamp(utc, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Instant(msgspec.Struct, frozen=True, gc=False):
    """A moment by both clocks, in seconds: since 1970, which may jump, and monotonic."""

    utc: float
    monotonic: float


def wall_time(clock: "Clock", moment: float) -> float:
    """Return in seconds since 1970 when a moment of `monotonic` was, or will be.

    Counted from now, so that setting the clock right also sets this right.
    """
    return clock.utc() + (moment - clock.monotonic())


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None:
        """Do not let it happen."""


class Clock(Protocol):
    """What time it is, and a way to wait."""

    def utc(self) -> float:
        """Return seconds since 1970; may jump when somebody sets the clock."""

    def monotonic(self) -> float:
        """Return seconds that never jump, from an arbitrary start."""

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back after so many monotonic seconds."""

    async def sleep(self, seconds: float) -> None:
        """Wait for so many monotonic seconds."""

    async def within(self, seconds: float, answer: Awaitable[T]) -> T:
        """Return the answer, or raise AnswerTimeoutError when it has not come in time."""


class _Waits(ABC):
    """Sleeping and time limits, from `call_later` alone."""

    @abstractmethod
    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back after so many monotonic seconds."""

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not future.done():
                future.set_result(None)

        timer = self.call_later(seconds, wake)
        try:
            await future
        finally:
            timer.cancel()

    async def within(self, seconds: float, answer: Awaitable[T]) -> T:
        task = asyncio.ensure_future(answer)
        waiter = asyncio.current_task()
        assert waiter is not None
        cancelled_before = waiter.cancelling()
        late = False

        def expire() -> None:
            nonlocal late
            late = True
            task.cancel()

        timer = self.call_later(seconds, expire)
        try:
            return await task
        except asyncio.CancelledError:
            # who is cancelled while waiting must not hear of a timeout instead
            if late and waiter.cancelling() == cancelled_before:
                raise AnswerTimeoutError(f"no answer within {seconds:g} s") from None
            task.cancel()
            raise
        finally:
            timer.cancel()


def _call_later(seconds: float, callback: Callable[[], object]) -> Timer:
    """Call back after so many real seconds, and never before: nobody wakes up in vain."""
    return asyncio.get_running_loop().call_later(seconds + _TICK, callback)


def _check_speed(speed: float) -> None:
    if speed <= 0:
        raise ValueError("speed must be greater than 0")


class SystemClock(_Waits):
    """The machine's clock: `utc` follows when that is set, `monotonic` never jumps."""

    utc = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)

    @override
    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back after so many seconds."""
        return _call_later(seconds, callback)


class _SimulatedTimer:
    """What is to happen at a moment of a simulated clock, which may go faster until then."""

    def __init__(self, clock: "SimulatedClock", due: float, callback: Callable[[], object]) -> None:
        self._clock = clock
        self._due = due
        self._callback = callback
        self._timer: Timer | None = None

    def set(self) -> None:
        """Wait for the moment at the speed that the clock has now."""
        if self._timer is not None:
            self._timer.cancel()
        left = max(self._due - self._clock.monotonic(), 0.0)
        self._timer = _call_later(left / self._clock.speed, self._ring)

    def cancel(self) -> None:
        """Do not let it happen."""
        if self._timer is not None:
            self._timer.cancel()
        self._clock.forget(self)

    def _ring(self) -> None:
        self._clock.forget(self)
        self._callback()


class SimulatedClock(_Waits):
    """Time that runs `speed` times faster than the machine's."""

    def __init__(self, speed: float = 1.0) -> None:
        _check_speed(speed)
        self._speed = speed
        self._timers: set[_SimulatedTimer] = set()
        self._never_faster = speed == 1.0  # then the wall clock may be followed when it is set
        self._utc_start = time.time()
        self._monotonic_start = self._ticks = time.monotonic()

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a real one."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        """Go on faster or slower from now on; timers that are set keep their simulated moment."""
        _check_speed(speed)
        now = time.monotonic()
        self._utc_start, self._monotonic_start = self.utc(), self.monotonic()
        self._ticks = now
        self._speed = speed
        self._never_faster = self._never_faster and speed == 1.0
        for timer in tuple(self._timers):
            timer.set()

    def utc(self) -> float:
        """Return seconds since 1970."""
        if self._speed == 1.0 and self._never_faster:
            return time.time()
        return self._utc_start + (time.monotonic() - self._ticks) * self._speed

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return self._monotonic_start + (time.monotonic() - self._ticks) * self._speed

    @override
    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back after so many seconds of this clock."""
        timer = _SimulatedTimer(self, self.monotonic() + seconds, callback)
        self._timers.add(timer)
        timer.set()
        return timer

    def forget(self, timer: _SimulatedTimer) -> None:
        """Change nothing any more about a timer that has rung or was cancelled."""
        self._timers.discard(timer)


class _VirtualTimer:
    """A place in the virtual clock's queue."""

    def __init__(self, due: float, callback: Callable[[], object]) -> None:
        self.due = due
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class VirtualClock(_Waits):
    """Time that passes only when `advance` says so. For tests.

    `settle` gives the event loop turns enough to do all that is due now: so many of them, or until
    nothing is ready. Where there are sockets it is nothing in some turns, which let those of this
    machine carry something there and back.
    """

    TURNS = 60
    IDLE = 3

    def __init__(self, utc: float = 1_300_000_000.0) -> None:
        self._monotonic = 1000.0
        # not the sum of what passed: of a step below the precision of seconds since 1970 nothing
        # would be left, and the wall clock would stand still
        self._offset = utc - self._monotonic
        self._queue: list[tuple[float, int, _VirtualTimer]] = []
        self._order = itertools.count()

    def utc(self) -> float:
        """Return seconds since 1970."""
        return self._offset + self._monotonic

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return self._monotonic

    @override
    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back when time has been advanced so far."""
        timer = _VirtualTimer(self._monotonic + max(seconds, 0.0), callback)
        heapq.heappush(self._queue, (timer.due, next(self._order), timer))
        return timer

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or back, as a person or NTP would; no timer runs."""
        self._offset += seconds

    async def settle(self) -> None:
        """Let everything happen that is due at this moment."""
        loop, idle = asyncio.get_running_loop(), 0
        # asyncio has no public way to see what is ready; where there is none, all turns are taken
        ready = getattr(loop, "_ready", (None,))
        enough = self.IDLE if _has_sockets(loop) else 1
        for _ in range(self.TURNS):
            await asyncio.sleep(0)
            idle = 0 if ready else idle + 1
            if idle == enough:
                return

    async def advance(self, seconds: float = 0.0, *, minutes: float = 0, hours: float = 0) -> None:
        """Let so much time pass, timer by timer in their order."""
        end = self._monotonic + seconds + 60 * minutes + 3600 * hours
        await self.settle()
        while self._queue and self._queue[0][0] <= end:
            due, _, timer = heapq.heappop(self._queue)
            if timer.callback is None:
                continue
            self._pass_until(due)
            timer.callback()
            await self.settle()
        self._pass_until(end)
        await self.settle()

    def _pass_until(self, moment: float) -> None:
        self._monotonic = max(moment, self._monotonic)


def _has_sockets(loop: asyncio.AbstractEventLoop) -> bool:
    """Say whether a loop waits for any, besides the one by which other threads wake it up."""
    selector: selectors.BaseSelector | None = getattr(loop, "_selector", None)
    return selector is None or len(selector.get_map()) > 1
