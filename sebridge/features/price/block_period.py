"""How long a block period of the Price cluster lasts (PRC-16). Pure.

Source: ZigBee Smart Energy Profile 1.1 and 1.2, annex D.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Final

from sebridge.base.clock import unix_time

UNTIL_CHANGED: Final = 0xFFFFFF
REPEATING: Final = 0x02
"""Bit of block_period_control: the period starts again when it ends."""

_FIXED: Final = {
    0: timedelta(minutes=1),
    1: timedelta(days=1),
    2: timedelta(weeks=1),
}
_MONTHS: Final = 3
_UNIT_BITS: Final = 0x0F
_LATEST: Final = 0xFFFFFFFF  # the last moment that a UTC field can hold
_LAST_YEAR: Final = 2136  # that moment's


def end_of_period(start: int, duration: int, duration_type: int = 0) -> int | None:
    """Return when a period ends; None for "until changed", or for later than UTC can say.

    `start` is in seconds since 2000. The low four bits of `duration_type` say what is counted:
    minutes (the only unit of SE 1.1), days, weeks, or months of the calendar; reserved values
    count as minutes (GEN-12).
    """
    if duration == UNTIL_CHANGED:
        return None
    unit = duration_type & _UNIT_BITS
    if unit == _MONTHS:
        end = _months_after(start, duration)
    else:
        step = _FIXED.get(unit, _FIXED[0])
        end = start + duration * int(step.total_seconds())
    return None if end > _LATEST else end


def repetition(start: int, duration: int, duration_type: int, now: int) -> int:
    """Return when the repetition began that is in force now, of a period that repeats.

    `start` is the period's first start, which is past. A period that never ends stays as it is.
    """
    end = end_of_period(start, duration, duration_type)
    if end is None or end > now or end <= start:
        return start
    if duration_type & _UNIT_BITS != _MONTHS:
        return now - (now - start) % (end - start)
    while end is not None and end <= now:  # 1640 months at the most
        start, end = end, end_of_period(end, duration, duration_type)
    return start


def _months_after(start: int, months: int) -> int:
    begin = datetime.fromtimestamp(unix_time(start), UTC)
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    if year > _LAST_YEAR:
        return _LATEST + 1
    _, last_day = monthrange(year, month + 1)
    day = min(begin.day, last_day)
    end = begin.replace(year=year, month=month + 1, day=day)
    return start + round((end - begin).total_seconds())  # not cut off at the end of UTC
