"""How often a topic may be written, and what is said when it may again: the newest. Pure.

A meter may report each second what people look at now and then.
"""

from collections.abc import Iterator
from functools import cache
import heapq
import itertools
import math
from typing import Final, Generic, TypeVar

import msgspec

UNCHANGED: Final = 60.0
"""Seconds between two writings of the same value, which tell that it is still so."""

V = TypeVar("V")


class WritingRules(msgspec.Struct, frozen=True, gc=False):
    """How a topic is written: once in `interval` seconds, `retain`ed by the broker or not.

    One that has not changed is written once in `unchanged` seconds. What waits is written at most
    `slack` seconds too late, so that several topics share a wake-up.
    """

    interval: float
    retain: bool
    unchanged: float
    slack: float


@cache
def writing_rules(interval: float, *, retain: bool) -> WritingRules:
    """Return the rules for topics that are written once in so many seconds, with 0 each time.

    The same ones are always the same object.
    """
    unchanged = max(UNCHANGED, interval) if interval else 0.0
    return WritingRules(interval, retain, unchanged, min(interval / 10, 1.0))


class Written(msgspec.Struct, Generic[V], eq=False, gc=False):
    """What was written last on a topic, and what waits to be.

    `written_at` is the monotonic time at which that was. `octets` tell values apart.
    """

    topic: str
    rules: WritingRules
    octets: bytes = b""
    written_at: float = -math.inf
    is_queued: bool = False
    waiting: V | None = None
    waiting_octets: bytes = b""


class Coalescing(Generic[V]):
    """Decides which values of a topic are written: one in an interval, the newest wins.

    The first is written at once. Each that differs is written, at once or when the interval is
    over, unless a newer one has come by then; one that does not is written once in a minute.
    """

    def __init__(self) -> None:
        self._agenda: list[tuple[float, int, Written[V]]] = []
        self._order = itertools.count()

    def offer(self, written: Written[V], octets: bytes, value: V, now: float) -> bool:
        """Take a value; return whether to write it now. What waited is forgotten."""
        if octets == written.octets:
            written.waiting = None
            if now < written.written_at + written.rules.unchanged:
                return False
        elif now < (may_change := written.written_at + written.rules.interval):
            if not written.is_queued:
                written.is_queued = True
                heapq.heappush(self._agenda, (may_change, next(self._order), written))
            written.waiting, written.waiting_octets = value, octets
            return False
        self._note(written, octets, now)
        return True

    def due(self, now: float) -> Iterator[tuple[Written[V], V]]:
        """Yield the topics that may be written again, each with what waited."""
        agenda = self._agenda
        while agenda and agenda[0][0] <= now:
            written = heapq.heappop(agenda)[2]
            written.is_queued = False
            yield from self.waiting(written, now)

    def waiting(self, written: Written[V], now: float) -> Iterator[tuple[Written[V], V]]:
        """Yield what waits of one topic, if something does: it is written now."""
        value, written.waiting = written.waiting, None
        if value is not None:
            self._note(written, written.waiting_octets, now)
            yield written, value

    @property
    def wake_at(self) -> float | None:
        """When to look what is `due`, monotonic; None while nothing waits."""
        return self._agenda[0][0] + self._agenda[0][2].rules.slack if self._agenda else None

    def _note(self, written: Written[V], octets: bytes, now: float) -> None:
        written.octets, written.waiting, written.written_at = octets, None, now
