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
_QUARTER: Final = 900
"""Seconds: so long are the rules of a zone taken to stand as they are."""
_DAY: Final = 86_400
_YEAR: Final = 366


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

    Daylight saving is the period that runs, or else the next one within a year, to the second:
    not every zone changes at a full hour of UTC. Where it has no beginning or no end, the clocks
    are said to be in a zone without it, in which they show the same.
    """
    return _rules(zone, (time + ZIGBEE_EPOCH) // _QUARTER)


@lru_cache(maxsize=8)  # a walk through the days of a year takes a millisecond
def _rules(zone: tzinfo, quarter: int) -> ZoneRules:
    now = quarter * _QUARTER
    whole, shift = _offsets(zone, now)
    begin = _change(zone, now, -_DAY if shift else _DAY)
    end = None if begin is None else _change(zone, max(begin, now), _DAY)
    if begin is None or end is None:
        return ZoneRules(whole)
    return ZoneRules(whole - shift, _zigbee(begin), _zigbee(end), _offsets(zone, begin)[1])


def _change(zone: tzinfo, utc: int, step: int) -> int | None:
    """Return the second at which daylight saving begins or ends next, or did last, None for never.

    `step` is a day, forward or back: no daylight saving is shorter.
    """
    is_saving = _offsets(zone, utc)[1] != 0
    for near in range(utc, utc + _YEAR * step, step):
        same, other = near, near + step
        if (_offsets(zone, other)[1] != 0) is is_saving:
            continue
        while abs(other - same) > 1:
            middle = (same + other) // 2
            if (_offsets(zone, middle)[1] != 0) is is_saving:
                same = middle
            else:
                other = middle
        return max(same, other)
    return None


def _zigbee(utc: int) -> int:
    return min(max(utc - ZIGBEE_EPOCH, 0), _LARGEST)


def _offsets(zone: tzinfo, utc: int) -> tuple[int, int]:
    """Return what the clocks are ahead of UTC, and how much of it is daylight saving."""
    there = datetime.fromtimestamp(utc, UTC).astimezone(zone)
    whole, shift = there.utcoffset() or timedelta(), there.dst() or timedelta()
    return int(whole.total_seconds()), int(shift.total_seconds())
