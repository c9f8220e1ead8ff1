"""Standard and local time from UTC, as the Time cluster has them (rule TIME-7). Pure.

All times are seconds since 2000 UTC, as in the cluster; 0xFFFFFFFF is no time at all (TIME-3).
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

import msgspec

from sebridge.base.clock import ZIGBEE_EPOCH
from sebridge.model.data_types import Int32, Uint32

INVALID_TIME: Final = 0xFFFFFFFF
_LARGEST: Final = 0xFFFFFFFE
FARTHEST: Final = 86_400
"""Seconds: no zone is farther from UTC, and no clock is put forward by more."""
_HOUR: Final = 3600
_YEAR_IN_HOURS: Final = 366 * 24


class ZoneRules(msgspec.Struct, frozen=True):
    """A time zone and its daylight saving, both in seconds -86400..86400.

    Between `dst_start` and `dst_end` the clocks are `dst_shift` ahead of standard time; with
    either of them 0xFFFFFFFF they never are.
    """

    time_zone: Int32 = 0
    dst_start: Uint32 = INVALID_TIME
    dst_end: Uint32 = INVALID_TIME
    dst_shift: Int32 = 0

    @property
    def sound(self) -> bool:
        """Say whether the values are ones that a server may give."""
        return abs(self.time_zone) <= FARTHEST and abs(self.dst_shift) <= FARTHEST

    def standard(self, time: int) -> int:
        """Return the time without daylight saving; 0xFFFFFFFF for no time."""
        return _bounded(time, self.time_zone)

    def local(self, time: int) -> int:
        """Return what the clocks on the wall show; 0xFFFFFFFF for no time."""
        shift = self.dst_shift if self.in_daylight_saving(time) else 0
        return _bounded(time, self.time_zone + shift)

    def in_daylight_saving(self, time: int) -> bool:
        """Say whether daylight saving is on; `dst_end` itself is standard time again."""
        return INVALID_TIME not in {self.dst_start, self.dst_end} and (
            self.dst_start <= time < self.dst_end
        )


def _bounded(time: int, seconds: int) -> int:
    return INVALID_TIME if time == INVALID_TIME else min(max(time + seconds, 0), _LARGEST)


def rules_of(zone: tzinfo, time: int) -> ZoneRules:
    """Return the rules of a zone of the time zone database, as they stand at a time.

    Daylight saving is the period that runs, or else the next one within a year, to the hour.
    """
    return _rules(zone, (time + ZIGBEE_EPOCH) // _HOUR)


@lru_cache(maxsize=8)  # a walk through the hours of a year takes some milliseconds
def _rules(zone: tzinfo, hour: int) -> ZoneRules:
    standard, _ = _offsets(zone, hour)
    if _saving(zone, hour):
        before = range(hour, hour - _YEAR_IN_HOURS, -1)
        begin = next((h + 1 for h in before if not _saving(zone, h)), None)
    else:
        begin = next((h for h in range(hour, hour + _YEAR_IN_HOURS) if _saving(zone, h)), None)
    if begin is None:
        return ZoneRules(standard)
    after = range(max(begin, hour), max(begin, hour) + _YEAR_IN_HOURS)
    end = next((h for h in after if not _saving(zone, h)), None)
    if end is None:
        return ZoneRules(standard)
    return ZoneRules(standard, _zigbee(begin), _zigbee(end), _offsets(zone, begin)[1])


def _zigbee(hour: int) -> int:
    return min(max(hour * _HOUR - ZIGBEE_EPOCH, 0), _LARGEST)


def _saving(zone: tzinfo, hour: int) -> bool:
    return _offsets(zone, hour)[1] != 0


def _offsets(zone: tzinfo, hour: int) -> tuple[int, int]:
    """Return the offset of standard time from UTC, and of daylight saving from that."""
    there = datetime.fromtimestamp(hour * _HOUR, UTC).astimezone(zone)
    shift = there.dst() or timedelta()
    whole = there.utcoffset() or timedelta()
    return int((whole - shift).total_seconds()), int(shift.total_seconds())
