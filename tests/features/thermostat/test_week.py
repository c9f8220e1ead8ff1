"""What a week has a thermostat aim at, and when."""

from typing import Any

import pytest

from sebridge.features.thermostat.records import WeeklyScheduleRecord
from sebridge.features.thermostat.week import Step, in_force, record_of, steps_of

DAY = 86_400.0
HOUR = 3600.0
WEEK = {
    4: (Step(6 * 60, 2000), Step(22 * 60, 1600)),
    5: (Step(12 * 60, None, 2500),),
}
"""Of a Thursday, on which the time begins, and of the Friday after it."""


@pytest.mark.parametrize(
    ("local", "found"),
    [
        (5.9 * HOUR, (-6 * DAY + 12 * HOUR, (1600, 2500))),
        (6 * HOUR, (6 * HOUR, (2000, 2500))),
        (DAY, (22 * HOUR, (1600, 2500))),
        (3 * DAY, (DAY + 12 * HOUR, (1600, 2500))),
        (7 * DAY + 6 * HOUR, (7 * DAY + 6 * HOUR, (2000, 2500))),
    ],
)
def test_what_was_last_said_of_each_holds(local: float, found: Any) -> None:
    since, step = in_force(WEEK, local) or (None, Step(0))

    assert (since, (step.heating, step.cooling)) == found


def test_an_empty_week_says_nothing() -> None:
    assert in_force({}, DAY) is None


@pytest.mark.parametrize(
    ("steps", "octets"),
    [
        ((Step(390, 2050), Step(1320, 1600)), "02 3e 01 8601 0208 2805 4006"),
        ((Step(390, None, 2500),), "01 3e 02 8601 c409"),
        ((Step(390, 2050, 2500),), "01 3e 03 8601 0208 c409"),
        ((), "00 3e 00"),
    ],
)
def test_transitions_are_as_the_mode_says(steps: tuple[Step, ...], octets: str) -> None:
    record = record_of(0b0011_1110, steps)

    assert record.serialize() == bytes.fromhex(octets)
    assert WeeklyScheduleRecord.deserialize(bytes.fromhex(octets)) == record
    assert steps_of(record) == steps


def test_what_fills_up_a_day_is_no_step() -> None:
    octets = bytes.fromhex("02 02 01 0000 d007 ffff 0080")

    assert steps_of(WeeklyScheduleRecord.deserialize(octets)) == (Step(0, 2000),)
