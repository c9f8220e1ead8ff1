"""Moments as Plugwise devices tell them, each kind in its own form. Pure.

They are by the clock of the circle, which may be off. Source: command reference of the RESTwise
project; the forms of the clock commands were worked out from its frames.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, Self

import msgspec

from sebridge.base.errors import DecodeError
from sebridge.plugwise.fields import U8, U16, Bcd

_CENTURY: Final = 2000
_LAST_YEAR: Final = 99
_DAY: Final = 86_400
_MOST_MINUTES: Final = 31 * 24 * 60
_UNSET: Final = 0xFF
_UNSET_MINUTES: Final = 0xFFFF


class MonthMinutes(msgspec.Struct, frozen=True, gc=False):
    """A moment to the minute: year since 2000 (0 to 99), month (1 to 12), minutes in the month."""

    year: U8
    month: U8
    minutes: U16

    @classmethod
    def of(cls, utc: float) -> Self:
        """Return the minute of a moment in seconds since 1970, from 2000 on."""
        moment = datetime.fromtimestamp(utc, UTC)
        minutes = ((moment.day - 1) * 24 + moment.hour) * 60 + moment.minute
        return cls(moment.year - _CENTURY, moment.month, minutes)

    @property
    def is_set(self) -> bool:
        """Whether it is a moment at all: nothing was written where all is ones."""
        return self != UNSET

    def seconds(self) -> int:
        """Return seconds since 1970; DecodeError where there is no such moment.

        A month is taken to have up to 31 days: a clock may reach its end before it turns over.
        """
        is_month = self.year <= _LAST_YEAR and 1 <= self.month <= 12  # noqa: PLR2004  # months
        if not is_month or self.minutes > _MOST_MINUTES:
            raise DecodeError(
                f"there is no minute {self.minutes} of month {self.month} of year {self.year}"
            )
        month = datetime(_CENTURY + self.year, self.month, 1, tzinfo=UTC)
        return int((month + timedelta(minutes=self.minutes)).timestamp())


UNSET: Final = MonthMinutes(_UNSET, _UNSET, _UNSET_MINUTES)
"""What stands where nothing was logged yet."""


class TimeOfDay(msgspec.Struct, frozen=True, gc=False):
    """A second of a day of the week: Monday is 1, Sunday 7."""

    hour: U8
    minute: U8
    second: U8
    weekday: U8

    @classmethod
    def of(cls, utc: float) -> Self:
        """Return the second of a moment in seconds since 1970."""
        moment = datetime.fromtimestamp(utc, UTC)
        return cls(moment.hour, moment.minute, moment.second, moment.isoweekday())

    @property
    def second_of_day(self) -> int:
        """Seconds since midnight."""
        return (self.hour * 60 + self.minute) * 60 + self.second


class RealTime(msgspec.Struct, frozen=True, gc=False):
    """A second as the battery-backed clock of a Circle+ has it, in decimal digits."""

    second: Bcd
    minute: Bcd
    hour: Bcd
    weekday: Bcd
    day: Bcd
    month: Bcd
    year: Bcd

    @classmethod
    def of(cls, utc: float) -> Self:
        """Return the second of a moment in seconds since 1970, from 2000 on."""
        moment = datetime.fromtimestamp(utc, UTC)
        return cls(
            moment.second,
            moment.minute,
            moment.hour,
            moment.isoweekday(),
            moment.day,
            moment.month,
            moment.year % 100,
        )

    def seconds(self) -> int:
        """Return seconds since 1970; DecodeError where there is no such moment."""
        try:
            moment = datetime(
                _CENTURY + self.year,
                self.month,
                self.day,
                self.hour,
                self.minute,
                self.second,
                tzinfo=UTC,
            )
        except ValueError as error:
            raise DecodeError(f"there is no such moment: {error}") from error
        return int(moment.timestamp())


def seconds_of(date: MonthMinutes, time: TimeOfDay) -> int:
    """Return seconds since 1970 of a time of day that was told less than a day after a date.

    DecodeError where there is no such date.
    """
    minute = date.seconds()
    return minute + (time.second_of_day - minute) % _DAY
