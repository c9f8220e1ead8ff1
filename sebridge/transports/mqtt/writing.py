"""Write topics no faster than they may be written, and what waits in its time."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from sebridge.base.clock import Clock, Timer
from sebridge.transports.mqtt.coalescing import Coalescing, Written

V = TypeVar("V")


class PacedWriter(Generic[V]):
    """Has values written by `write`, as `Coalescing` decides; by `clock` what waits."""

    def __init__(self, clock: Clock, write: Callable[[Written[V], V], object]) -> None:
        self.coalescing = Coalescing[V]()
        self._clock = clock
        self._write = write
        self.timer: Timer | None = None

    def wait(self, now: float) -> None:
        """See to it that what waits is written in time; `timer` is None where nothing does."""
        wake_at = self.coalescing.wake_at
        if wake_at is not None:
            self.timer = self._clock.call_later(wake_at - now, self._write_due)

    def flush(self, topics: Iterable[Written[V]]) -> None:
        """Write what waits of some topics."""
        now = self._clock.monotonic()
        for one in topics:
            for written, value in self.coalescing.waiting(one, now):
                self._write(written, value)

    def stop(self) -> None:
        """Wait no more; what waits is not written."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _write_due(self) -> None:
        self.timer = None
        now = self._clock.monotonic()
        for written, value in self.coalescing.due(now):
            self._write(written, value)
        self.wait(now)
