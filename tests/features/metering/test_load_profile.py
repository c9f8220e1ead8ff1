"""Load profiles by intervals."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.features.metering.load_profile import (
    INVALID_INTERVAL,
    History,
    Interval,
    ProfileStatus,
    answer_profile,
    read_profile,
)
from sebridge.features.metering.records import GetProfileRecord, GetProfileResponseRecord
from sebridge.features.metering.scale import Scale

END = 363_096_000
NOW = END + 100
KEPT = History(END, (1, 2, None, 4))
QUARTER = 3


def asked(channel: int = 0, end_time: int = 0, periods: int = 24) -> Any:
    return answer_profile(
        GetProfileRecord(interval_channel=channel, end_time=end_time, number_of_periods=periods),
        {0: KEPT},
        QUARTER,
        NOW,
    )


def test_the_newest_interval_comes_first_and_ends_at_the_end_that_is_told() -> None:
    answer = asked()

    assert answer.intervals == (4, INVALID_INTERVAL, 2, 1)
    assert (answer.status, answer.end_time, answer.profile_interval_period) == (0, END, QUARTER)
    assert answer.number_of_periods_delivered == 4


@pytest.mark.parametrize(
    ("end_time", "periods", "intervals", "end"),
    [
        (END, 1, [4], END),
        (END + 50, 1, [4], END),
        (END - 1, 1, [INVALID_INTERVAL], END - 900),
        (END - 900, 2, [INVALID_INTERVAL, 2], END - 900),
        (END - 901, 24, [2, 1], END - 1800),
        (0, 0, [], 0),
    ],
)
def test_intervals_end_no_later_than_asked(
    end_time: int, periods: int, intervals: list[int], end: int
) -> None:
    answer = asked(end_time=end_time, periods=periods)

    assert (list(answer.intervals), answer.end_time) == (intervals, end)


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ((4, 0, 1), ProfileStatus.UNDEFINED_CHANNEL),
        ((1, 0, 1), ProfileStatus.CHANNEL_NOT_SUPPORTED),
        ((3, 0, 1), ProfileStatus.CHANNEL_NOT_SUPPORTED),
        ((0, NOW + 1, 1), ProfileStatus.INVALID_END_TIME),
        ((0, 0, 25), ProfileStatus.TOO_MANY_PERIODS),
        ((0, END - 10_000, 1), ProfileStatus.NO_INTERVALS),
    ],
)
def test_what_cannot_be_answered_is_a_status_and_no_interval(
    question: tuple[int, int, int], status: ProfileStatus
) -> None:
    answer = asked(*question)

    assert (answer.status, answer.number_of_periods_delivered) == (status, 0)
    assert read_profile(answer, Scale()) == []


@given(st.integers(0, 255), st.integers(0, 0xFFFFFFFE), st.integers(0, 255))
def test_every_question_has_an_answer_that_can_be_sent(
    channel: int, end_time: int, periods: int
) -> None:
    answer = asked(channel, end_time, periods)

    assert GetProfileResponseRecord.deserialize(answer.serialize()) == answer


def test_a_profile_is_read_in_the_unit_of_the_meter() -> None:
    assert read_profile(asked(periods=2), Scale(divisor=1000)) == [
        Interval(END - 900, END, 0.004),
        Interval(END - 1800, END - 900, None),
    ]


def test_a_period_that_does_not_exist_makes_no_intervals() -> None:
    answer = GetProfileResponseRecord(
        end_time=END,
        status=0,
        profile_interval_period=8,
        number_of_periods_delivered=1,
        intervals=(5,),
    )

    assert read_profile(answer, Scale()) == []


def test_intervals_beyond_the_count_are_not_believed() -> None:
    answer = GetProfileResponseRecord(
        end_time=END,
        status=0,
        profile_interval_period=0,
        number_of_periods_delivered=1,
        intervals=(5, 6),
    )

    assert read_profile(answer, Scale()) == [Interval(END - 86_400, END, 5.0)]
