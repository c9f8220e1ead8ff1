"""Moments in the forms of Plugwise devices."""

from datetime import UTC, datetime

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.plugwise.moments import UNSET, MonthMinutes, RealTime, TimeOfDay, seconds_of


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


THURSDAY = utc("2017-11-02T14:55:59")
moments = st.integers(utc("2000-01-01"), utc("2099-12-31T23:59:59"))


def test_a_moment_of_the_reference_in_each_form() -> None:
    assert MonthMinutes.of(THURSDAY) == MonthMinutes(17, 11, 2335)
    assert TimeOfDay.of(THURSDAY) == TimeOfDay(14, 55, 59, 4)
    assert RealTime.of(THURSDAY) == RealTime(59, 55, 14, 4, 2, 11, 17)


@given(moments)
def test_moments_are_what_they_were(moment: int) -> None:
    assert MonthMinutes.of(moment).seconds() == moment - moment % 60
    assert RealTime.of(moment).seconds() == moment


def test_a_date_of_the_log_stands_for_its_minute() -> None:
    assert MonthMinutes(17, 11, 7260).seconds() == utc("2017-11-06T01:00")
    assert MonthMinutes(17, 2, 31 * 24 * 60).seconds() == utc("2017-03-04")


@pytest.mark.parametrize(
    "date", [(17, 0, 0), (17, 13, 0), (17, 1, 44641), (100, 1, 0), (255, 255, 65535)]
)
def test_there_is_no_such_minute(date: tuple[int, int, int]) -> None:
    with pytest.raises(DecodeError, match="there is no minute"):
        MonthMinutes(*date).seconds()


def test_there_is_no_such_second() -> None:
    with pytest.raises(DecodeError, match="there is no such moment"):
        RealTime(0, 0, 0, 1, 31, 2, 17).seconds()


def test_where_nothing_was_logged_there_is_no_date() -> None:
    assert not UNSET.is_set
    assert MonthMinutes(17, 11, 7260).is_set


@pytest.mark.parametrize("later", [0, 59, 86_399])
def test_a_time_of_day_that_was_told_after_a_date_is_of_that_day_or_the_next(later: int) -> None:
    date, time = MonthMinutes.of(THURSDAY), TimeOfDay.of(THURSDAY - 59 + later)

    assert seconds_of(date, time) == THURSDAY - 59 + later
