"""Load profiles: consumption by intervals, as Get Profile tells them (MET-9, MET-10). Pure.

Times are seconds since 2000 UTC.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final

import msgspec

from sebridge.features.metering.records import GetProfileRecord, GetProfileResponseRecord
from sebridge.features.metering.scale import Scale

INVALID_INTERVAL: Final = 0xFFFFFF
MOST_PERIODS: Final = 24
"""What a meter delivers at most in one answer (attribute 0x0500)."""

PERIOD_LENGTHS: Final = (86_400, 3600, 1800, 900, 600, 450, 300, 150)
"""Seconds of an interval, by the value of ProfileIntervalPeriod (attribute 0x000F)."""
QUARTER_OF_AN_HOUR: Final = 3
"""The value of ProfileIntervalPeriod for 15 minutes."""

_CHANNELS: Final = 4


class Channel(IntEnum):
    """What was counted. The reactive ones exist from SE 1.2 on."""

    DELIVERED = 0
    RECEIVED = 1
    REACTIVE_DELIVERED = 2
    REACTIVE_RECEIVED = 3


class ProfileStatus(IntEnum):
    """Why there are no intervals."""

    SUCCESS = 0
    UNDEFINED_CHANNEL = 1
    CHANNEL_NOT_SUPPORTED = 2
    INVALID_END_TIME = 3
    TOO_MANY_PERIODS = 4
    NO_INTERVALS = 5


class History(msgspec.Struct, frozen=True):
    """The finished intervals of one channel in raw units, oldest first; the last ends at `end`.

    None is an interval of which the meter has no valid value.
    """

    end: int
    intervals: Sequence[int | None]


def answer_profile(
    question: GetProfileRecord, histories: Mapping[int, History], period: int, now: int
) -> GetProfileResponseRecord:
    """Return the answer to Get Profile; `period` is a value of ProfileIntervalPeriod."""
    status, end, intervals = _select(question, histories, PERIOD_LENGTHS[period], now)
    return GetProfileResponseRecord(
        end_time=end,
        status=status,
        profile_interval_period=period,
        number_of_periods_delivered=len(intervals),
        intervals=tuple(INVALID_INTERVAL if value is None else value for value in intervals),
    )


def _select(
    question: GetProfileRecord, histories: Mapping[int, History], length: int, now: int
) -> tuple[ProfileStatus, int, Sequence[int | None]]:
    """Return status, end of the newest interval, and the intervals, newest first."""
    channel, end_time = question.interval_channel, question.end_time
    refusal = _refusal(question, histories, now)
    if refusal is not None:
        return refusal, end_time, ()
    history = histories[channel]
    later = 0  # how many of the newest intervals end after what was asked for
    if end_time and end_time < history.end:
        later = -((end_time - history.end) // length)
    newest_first = list(reversed(history.intervals))[later:][: question.number_of_periods]
    if not newest_first:
        return ProfileStatus.NO_INTERVALS, end_time, ()
    return ProfileStatus.SUCCESS, history.end - later * length, newest_first


def _refusal(
    question: GetProfileRecord, histories: Mapping[int, History], now: int
) -> ProfileStatus | None:
    if question.interval_channel >= _CHANNELS:
        return ProfileStatus.UNDEFINED_CHANNEL
    if question.interval_channel not in histories:
        return ProfileStatus.CHANNEL_NOT_SUPPORTED
    if question.end_time > now:
        return ProfileStatus.INVALID_END_TIME
    if question.number_of_periods > MOST_PERIODS:
        return ProfileStatus.TOO_MANY_PERIODS
    return None


class Interval(msgspec.Struct, frozen=True):
    """What was used from `start` to `end`, in the meter's unit; None where it is not known."""

    start: int
    end: int
    value: float | None


def read_profile(response: GetProfileResponseRecord, scale: Scale) -> list[Interval]:
    """Return the intervals of an answer, newest first; none where it tells of an error.

    A period length that does not exist, or more intervals than came, ends the list.
    """
    period = response.profile_interval_period
    if response.status or period >= len(PERIOD_LENGTHS):
        return []
    length, end = PERIOD_LENGTHS[period], response.end_time
    values = response.intervals[: response.number_of_periods_delivered]
    return [
        Interval(end - (n + 1) * length, end - n * length, scale.interval(raw))
        for n, raw in enumerate(values)
    ]
