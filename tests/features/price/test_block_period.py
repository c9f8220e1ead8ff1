"""How long a block period lasts."""

from datetime import UTC, datetime

from hypothesis import example, given, strategies as st
import pytest

from sebridge.base.clock import zigbee_time
from sebridge.features.price.block_period import end_of_period, repetition


def utc(year: int, month: int, day: int) -> int:
    return zigbee_time(datetime(year, month, day, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("duration", "unit", "end"),
    [
        (90, 0, utc(2024, 1, 31) + 5400),
        (2, 1, utc(2024, 2, 2)),
        (1, 2, utc(2024, 2, 7)),
        (1, 3, utc(2024, 2, 29)),
        (13, 3, utc(2025, 2, 28)),
        (60, 9, utc(2024, 1, 31) + 3600),
        (1, 0x13, utc(2024, 2, 29)),
    ],
)
def test_a_period_counts_minutes_days_weeks_or_months(duration: int, unit: int, end: int) -> None:
    assert end_of_period(utc(2024, 1, 31), duration, unit) == end


@pytest.mark.parametrize(("duration", "unit"), [(0xFFFFFF, 0), (0xFFFFFE, 3), (0xFFFFFE, 2)])
def test_a_period_may_last_until_changed_or_longer_than_time(duration: int, unit: int) -> None:
    assert end_of_period(utc(2024, 1, 1), duration, unit) is None


@given(
    st.integers(0, 0xFFFFFFFE),
    st.integers(1, 0xFFFFFF),
    st.integers(0, 255),
    st.integers(0, 0xFFFFFFFE),
)
@example(start=0, duration=1, unit=3, later=0xFFFFFFFE)  # the last month ends after UTC does
def test_the_repetition_in_force_is_the_one_that_holds_now(
    start: int, duration: int, unit: int, later: int
) -> None:
    now = max(start, later)

    begin = repetition(start, duration, unit, now)

    end = end_of_period(begin, duration, unit)
    assert start <= begin <= now
    assert end is None or end > now


@pytest.mark.parametrize(
    ("unit", "begin"),
    [(3, utc(2025, 3, 28)), (1, utc(2025, 4, 9)), (0, utc(2025, 4, 10) - 60 * 12)],
)
def test_a_period_repeats_by_the_calendar_or_by_the_clock(unit: int, begin: int) -> None:
    now = utc(2025, 4, 10)

    assert repetition(utc(2024, 1, 31), 1 if unit == 3 else 14, unit, now) == begin
