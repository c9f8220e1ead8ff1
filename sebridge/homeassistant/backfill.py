"""What a meter has counted while nobody listened -> hours of long-term statistics. Pure.

Home Assistant keeps for each full hour the state of a meter's sum at its end, and how much it has
grown since it was first seen. While the bridge is down there are no such hours, and all that was
used meanwhile falls into the hour of its return. The load profile says in which hours it was, and
what was told before and after says where it begins and ends: the growth over all stays the meter's.

Hours are named by their start, in seconds since 1970 UTC: Home Assistant keeps them so, whatever
the zone, and no day of 23 or 25 hours is special.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from sebridge.base.errors import RequestError

HOUR: Final = 3600
SETTLED_AFTER: Final = 600
"""Seconds after an hour by which Home Assistant has written it."""

_DIGITS: Final = 9
_SAME: Final = 1e-6
"""Difference of two sums below which they are the same, in the unit of the meter."""


class Row(msgspec.Struct, frozen=True):
    """An hour of statistics: what the meter showed at its end, and the sum since the beginning."""

    state: float
    sum: float

    def grown(self, by: float) -> "Row":
        """Return what there is after so much was used, or before it, where that is negative."""
        return Row(round(self.state + by, _DIGITS), round(self.sum + by, _DIGITS))

    def is_same(self, other: "Row") -> bool:
        """Say whether there is nothing to write."""
        return abs(self.state - other.state) < _SAME and abs(self.sum - other.sum) < _SAME


class Used(msgspec.Struct, frozen=True):
    """What was used from `start` to `end`, seconds since 1970; None where the meter cannot say."""

    start: int
    end: int
    value: float | None


class Gap(msgspec.Struct, frozen=True):
    """Hours of which there are no statistics, from `first` to `last`, both included."""

    first: int
    last: int


class Filling(msgspec.Struct, frozen=True):
    """What is to be written: `rows` that are not there yet or differ; and the hours without."""

    rows: Mapping[int, Row]
    unknown: Sequence[int]


def gaps(rows: Mapping[int, Row], now: float) -> list[Gap]:
    """Return the gaps behind the first row: between others, and until now."""
    found: list[Gap] = []
    starts = [*sorted(rows), int(now - SETTLED_AFTER) // HOUR * HOUR]
    for before, after in pairwise(starts):
        if after - before > HOUR:
            found.append(Gap(before + HOUR, after - HOUR))
    return found


def usage_by_hour(intervals: Iterable[Used]) -> dict[int, float]:
    """Return what was used in each hour that intervals fill without a gap, and without overlap.

    RequestError where they are longer than an hour, or do not begin with the hours.
    """
    filled: dict[int, dict[int, Used]] = {}
    for one in intervals:
        hour = one.start // HOUR * HOUR
        if one.end > hour + HOUR:
            raise RequestError(
                "the intervals of the meter do not fit into hours:"
                f" one lasts {(one.end - one.start) // 60} minutes and crosses a full hour"
            )
        filled.setdefault(hour, {})[one.start] = one
    found: dict[int, float] = {}
    for hour, parts in filled.items():
        values = [part.value for part in parts.values() if part.value is not None]
        covered = sum(part.end - part.start for part in parts.values())
        if len(values) == len(parts) and covered == HOUR:
            found[hour] = round(sum(values), _DIGITS)
    return found


def filling(
    rows: Mapping[int, Row], usage: Mapping[int, float], gap: Gap, register: float
) -> Filling:
    """Return what fills a gap, of which `register` is what the meter shows now.

    The hour before the gap is part of it: it ended before the bridge did, or in the middle. From
    there it goes forward as far as the meter knows every hour, and from the hour behind the gap
    backward. RequestError where the meter tells of more than its register grew.
    """
    begin = gap.first - HOUR
    if begin - HOUR not in rows or begin not in usage:
        begin = gap.first
    hours = range(begin, gap.last + HOUR, HOUR)
    made = _forward(rows.get(begin - HOUR), usage, hours)
    after = rows.get(gap.last + HOUR)
    growth = usage.get(gap.last + HOUR)
    if after is not None and growth is not None:
        made |= _backward(after.grown(-growth), usage, [h for h in hours if h not in made])
    _check({**rows, **made}, begin, gap.last, register)
    return Filling(
        rows={
            hour: row
            for hour, row in sorted(made.items())
            if hour not in rows or not row.is_same(rows[hour])
        },
        unknown=[hour for hour in hours if hour not in made and hour not in rows],
    )


def _forward(row: Row | None, usage: Mapping[int, float], hours: Iterable[int]) -> dict[int, Row]:
    made: dict[int, Row] = {}
    for hour in hours:
        if row is None or hour not in usage:
            break
        row = made[hour] = row.grown(usage[hour])
    return made


def _backward(row: Row, usage: Mapping[int, float], hours: Sequence[int]) -> dict[int, Row]:
    made: dict[int, Row] = {}
    for hour in reversed(hours):
        if hour not in usage:
            break
        made[hour] = row
        row = row.grown(-usage[hour])
    return made


def _check(rows: Mapping[int, Row], begin: int, last: int, register: float) -> None:
    """Refuse hours that together are more than the register grew, as those of another meter are."""
    near = [rows[h] for h in range(begin - HOUR, last + 2 * HOUR, HOUR) if h in rows]
    falls = any(b.sum < a.sum - _SAME for a, b in pairwise(near))
    if falls or any(row.state > register + _SAME for row in near):
        raise RequestError(
            "the intervals of the meter come to more than its register grew: nothing is written"
        )
