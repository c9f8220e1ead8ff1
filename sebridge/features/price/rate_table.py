"""A fixed table of rates by the time of use, as the curve of its prices. Pure.

A rate holds by what the clocks on the wall show: an hour that comes twice in autumn has the same
rate both times, and one that is left out in spring has none.
"""

from collections.abc import Iterable, Iterator
import datetime as dt
from typing import Final

from sebridge.features.price.curve import Days
from sebridge.schedule.slot import Slot
from sebridge.settings.price_source import HOLIDAY, WEEKDAYS, RateOptions, TableOptions

_QUARTER: Final = 900  # seconds; no zone puts its clocks forward or back at another moment


class RateTable:
    """The rates of a table, in the days of a time zone."""

    def __init__(self, table: TableOptions, days: Days) -> None:
        self._table = table
        self._days = days
        hours = [hours for rate in table.rates for hours in rate.hours]
        self._bounds = sorted({0, *(h.begin for h in hours), *(h.end for h in hours)})

    @property
    def prices(self) -> list[float]:
        """All prices that the table has, also those of other seasons."""
        return [rate.price for rate in self._table.rates]

    def curve(self, start: int, end: int) -> tuple[Slot, ...]:
        """Return the slots from one midnight to another, each of one day."""
        found: list[Slot] = []
        while start < end:
            tomorrow = self._days.after(start, 1)
            found += self._of_day(self._days.date_of(start), start, tomorrow)
            start = tomorrow
        return tuple(found)

    def _of_day(self, day: dt.date, midnight: int, tomorrow: int) -> Iterator[Slot]:
        rates = [rate for rate in self._table.rates if self._is_of(rate, day)]
        changes = sorted({midnight, *self._changes(day, midnight, tomorrow)})
        held = [(moment, self._rate_at(rates, moment)) for moment in changes]
        begins = [
            (moment, rate)
            for place, (moment, rate) in enumerate(held)
            if place == 0 or rate is not held[place - 1][1]
        ]
        ends = [*(moment for moment, _ in begins[1:]), tomorrow]
        for (begin, rate), end in zip(begins, ends, strict=True):
            if rate is not None:
                yield Slot(begin, end, rate.price, rate.name)

    def _changes(self, day: dt.date, midnight: int, tomorrow: int) -> Iterator[int]:
        """Yield the moments of a day at which another rate may begin to hold."""
        moments = [self._days.moment(day, m, again=a) for m in self._bounds for a in (False, True)]
        jumps = (m for m in range(midnight, tomorrow, _QUARTER) if self._jumps(m))
        yield from (moment for moment in (*moments, *jumps) if midnight < moment < tomorrow)

    def _jumps(self, moment: int) -> bool:
        """Say whether the clocks are put forward or back at a moment."""
        before, here = self._days.local(moment - 1), self._days.local(moment)
        return before.utcoffset() != here.utcoffset()

    def _rate_at(self, rates: Iterable[RateOptions], moment: int) -> RateOptions | None:
        clock = self._days.local(moment)
        minute = clock.hour * 60 + clock.minute
        return next((rate for rate in rates if _holds(rate, minute)), None)

    def _is_of(self, rate: RateOptions, day: dt.date) -> bool:
        is_holiday = any(holiday.falls_on(day) for holiday in self._table.holidays)
        kind = HOLIDAY if is_holiday else WEEKDAYS[day.weekday()]
        in_season = not rate.seasons or any(season.holds(day) for season in rate.seasons)
        return in_season and (not rate.days or kind in rate.days)


def _holds(rate: RateOptions, minute: int) -> bool:
    return not rate.hours or any(hours.hold(minute) for hours in rate.hours)
