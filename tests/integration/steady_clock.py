"""Simulated time for whole bridges that passes no faster than they can work."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from typing_extensions import override

from sebridge.base.clock import SimulatedClock, Timer, VirtualClock
from sebridge.base.computing import in_thread

_STEP: Final = 0.005  # real seconds


class _Steps(VirtualClock):
    """Virtual time whose moments are many."""

    TURNS = 10


class SteadyClock(SimulatedClock):
    """Goes `speed` times faster than real time on a machine that has nothing else to do.

    Time passes in small steps, and none while a key is computed in another thread. So a process
    that gets little of a busy machine has as many turns before a time limit as any other.
    """

    def __init__(self, speed: float) -> None:
        super().__init__(speed)
        self._time = _Steps(super().utc())
        self._computing = 0

    @override
    def utc(self) -> float:
        return self._time.utc()

    @override
    def monotonic(self) -> float:
        return self._time.monotonic()

    @override
    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        return self._time.call_later(seconds, callback)

    async def run(self) -> None:
        """Let time pass until it is cancelled."""
        while True:
            await asyncio.sleep(_STEP)
            if not self._computing:
                await self._time.advance(_STEP * self.speed)

    async def compute(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Compute in another thread, and stand still meanwhile."""
        self._computing += 1
        try:
            return await in_thread(work, *arguments)
        finally:
            self._computing -= 1


@asynccontextmanager
async def ticking(clock: SteadyClock) -> AsyncIterator[SteadyClock]:
    """Let its time pass meanwhile."""
    running = asyncio.create_task(clock.run())
    try:
        yield clock
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
