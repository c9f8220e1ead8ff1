"""The slots of time by which history is kept: 5 minutes, hours, days and months. Pure.

All times are seconds since 1970 UTC. Hours are those of UTC, days and months those of a zone: a day
has 23, 24 or 25 hours.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import Final

import msgspec

_SHORT: Final = 300
_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_LONGEST_MONTH: Final = timedelta(days=31)


class Resolution(Enum):
    """How long a slot is."""

    FIVE_MINUTES = "5min"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


KEPT: Final = {
    Resolution.FIVE_MINUTES: 2 * _DAY,
    Resolution.HOUR: 60 * _DAY,
    Resolution.DAY: 3 * 366 * _DAY,
    Resolution.MONTH: 1000 * 366 * _DAY,
}
"""Seconds for which slots are kept; months for as long as anybody counts."""


class Piece(msgspec.Struct, frozen=True, gc=False):
    """What of a span of time lies in the slot from `slot` on."""

    slot: int
    begin: float
    end: float


class Calendar:
    """Knows where slots begin and end in a zone."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def begin(self, resolution: Resolution, time: float) -> int:
        """Return where the slot begins in which a time lies."""
        if resolution is Resolution.FIVE_MINUTES:
            return int(time // _SHORT) * _SHORT
        if resolution is Resolution.HOUR:
            return int(time // _HOUR) * _HOUR
        local = self._local(time)
        return self._at(local.year, local.month, 1 if resolution is Resolution.MONTH else local.day)

    def end(self, resolution: Resolution, begin: int) -> int:
        """Return where the slot ends that begins there."""
        if resolution is Resolution.FIVE_MINUTES:
            return begin + _SHORT
        if resolution is Resolution.HOUR:
            return begin + _HOUR
        day = self._local(begin).date()
        if resolution is Resolution.DAY:
            after = day + timedelta(days=1)
            return self._at(after.year, after.month, after.day)
        after = day.replace(day=1) + _LONGEST_MONTH
        return self._at(after.year, after.month, 1)

    def page(self, resolution: Resolution, begin: int) -> int:
        """Return where the page begins on which a slot is kept: an hour, a day, a month, a year."""
        if resolution is Resolution.FIVE_MINUTES:
            return self.begin(Resolution.HOUR, begin)
        if resolution is Resolution.HOUR:
            return begin // _DAY * _DAY
        if resolution is Resolution.DAY:
            return self.begin(Resolution.MONTH, begin)
        return self._at(self._local(begin).year, 1, 1)

    def pieces(self, resolution: Resolution, begin: float, end: float) -> Iterator[Piece]:
        """Cut a span of time where slots begin."""
        slot = self.begin(resolution, begin)
        while True:
            after = self.end(resolution, slot)
            yield Piece(slot, begin, min(end, after))
            if end <= after:
                return
            slot, begin = after, after

    def _local(self, time: float) -> datetime:
        return datetime.fromtimestamp(time, self._zone)

    def _at(self, year: int, month: int, day: int) -> int:
        """Return the first moment of a day, also where its midnight is left out."""
        return int(datetime(year, month, day, tzinfo=self._zone).timestamp())
