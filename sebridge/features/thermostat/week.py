"""A thermostat's week: from which minute of which day on it aims at what. Pure.

Days are numbered from Sunday, 0. Set points are hundredths of a degree C. Source: ZigBee Cluster
Library, Thermostat cluster, the commands of the weekly schedule.
"""

from collections.abc import Iterable, Mapping, Sequence
import itertools
from typing import Final

import msgspec

from sebridge.features.thermostat.records import (
    COOLS,
    HEATS,
    CoolingTransitionRecord,
    HeatingTransitionRecord,
    TransitionRecord,
    WeeklyScheduleRecord,
)

DAYS: Final = 7
MINUTES: Final = 24 * 60
MOST_AT_ONCE: Final = 10
"""Transitions that one command has."""
_MINUTE: Final = 60
_DAY: Final = MINUTES * _MINUTE
_THURSDAY: Final = 4  # the first of January 1970


class Step(msgspec.Struct, frozen=True):
    """What is aimed at from a minute of a day on; what is None stays as it is."""

    minute: int
    heating: int | None = None
    cooling: int | None = None


Week = Mapping[int, Sequence[Step]]
"""The steps of each day that has some, in the order of their minutes."""


def bits_of(days: Iterable[int]) -> int:
    """Return the bitmap of days."""
    return sum(1 << day for day in set(days))


def days_in(bits: int) -> list[int]:
    """Return the days of a bitmap; that of being away is none of the week."""
    return [day for day in range(DAYS) if bits >> day & 1]


def record_of(bits: int, steps: Sequence[Step]) -> WeeklyScheduleRecord:
    """Return the record of steps for days, all of which have the set points that the first has."""
    heats = bool(steps) and steps[0].heating is not None
    cools = bool(steps) and steps[0].cooling is not None
    rows = [(step.minute, step.heating or 0, step.cooling or 0) for step in steps]
    return WeeklyScheduleRecord(
        number_of_transitions=len(steps),
        day_of_week=bits,
        mode_for_sequence=HEATS * heats | COOLS * cools,
        heating=tuple(
            HeatingTransitionRecord(transition_time=minute, heat_set_point=heating)
            for minute, heating, _ in rows
        )
        if heats and not cools
        else None,
        cooling=tuple(
            CoolingTransitionRecord(transition_time=minute, cool_set_point=cooling)
            for minute, _, cooling in rows
        )
        if cools and not heats
        else None,
        both=tuple(
            TransitionRecord(transition_time=minute, heat_set_point=heat, cool_set_point=cool)
            for minute, heat, cool in rows
        )
        if heats and cools
        else None,
    )


def steps_of(record: WeeklyScheduleRecord) -> tuple[Step, ...]:
    """Return the steps of a record; those at no minute of a day fill it up, and are left out."""
    found = (
        *(Step(one.transition_time, one.heat_set_point) for one in record.heating or ()),
        *(Step(one.transition_time, None, one.cool_set_point) for one in record.cooling or ()),
        *(
            Step(one.transition_time, one.heat_set_point, one.cool_set_point)
            for one in record.both or ()
        ),
    )
    return tuple(step for step in found if step.minute < MINUTES)


def part_of(week: Week, bits: int, mode: int) -> WeeklyScheduleRecord:
    """Return the steps of days that are asked for, with these set points.

    They are those of the first of the days, and of the others that have the same.
    """
    asked = {
        day: tuple(
            Step(
                step.minute,
                step.heating if mode & HEATS else None,
                step.cooling if mode & COOLS else None,
            )
            for step in week.get(day, ())
            if (mode & HEATS and step.heating is not None)
            or (mode & COOLS and step.cooling is not None)
        )
        for day in days_in(bits)
    }
    first = next(iter(asked.values()), ())
    return record_of(bits_of(day for day, steps in asked.items() if steps == first), first)


def in_order(steps: Sequence[Step]) -> bool:
    """Say whether each step comes later than the one before."""
    return all(one.minute < other.minute for one, other in itertools.pairwise(steps))


def in_force(week: Week, local: float) -> tuple[float, Step] | None:
    """Return when the last step was, and what is aimed at since; None without any.

    `local` is what the clocks on the wall show, in seconds since 1970.
    """
    today = int(local // _DAY)
    begun = [
        (float(start), step)
        for day in range(today - DAYS, today + 1)
        for step in week.get((day + _THURSDAY) % DAYS, ())
        if (start := day * _DAY + step.minute * _MINUTE) <= local
    ]
    if not begun:
        return None
    last_first = [step for _, step in reversed(begun)]
    heating = next((step.heating for step in last_first if step.heating is not None), None)
    cooling = next((step.cooling for step in last_first if step.cooling is not None), None)
    return begun[-1][0], Step(last_first[0].minute, heating, cooling)
