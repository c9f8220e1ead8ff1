"""The curve of a home's prices: slots of time, each with a price. Pure.

Times are whole seconds since 2000 UTC.
"""

from collections.abc import Iterable, Iterator, Sequence
import datetime as dt
from typing import Final

import msgspec

from sebridge.base.clock import unix_time, zigbee_time
from sebridge.schedule.slot import Slot

_ONE_DAY: Final = dt.timedelta(days=1)


class Told(msgspec.Struct, frozen=True):
    """What a source said, of all the time from `start` until before `end`.

    The slots are in order and do not overlap. Where between them there is none, the source says
    that it knows no price.
    """

    start: int
    end: int
    slots: tuple[Slot, ...]


def continued(known: Iterable[Slot], told: Told, since: int) -> tuple[Slot, ...]:
    """Return all that is known after a source spoke, without what ended until `since`.

    What it said before still holds for the time of which it does not speak now.
    """
    before = (_within(slot, None, told.start) for slot in known)
    after = (_within(slot, told.end, None) for slot in known)
    slots = (slot for slot in (*before, *told.slots, *after) if slot is not None)
    return tuple(slot for slot in slots if slot.end > since)


def _within(slot: Slot, begin: int | None, end: int | None) -> Slot | None:
    """Return what of a slot lies in a period that is open on one side; None for nothing."""
    start = slot.start if begin is None else max(slot.start, begin)
    stop = slot.end if end is None else min(slot.end, end)
    return msgspec.structs.replace(slot, start=start, end=stop) if start < stop else None


class Days:
    """The days of a time zone, of 23, 24 or 25 hours."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self.zone = zone

    def date_of(self, moment: int) -> dt.date:
        """Return the day on which a moment lies."""
        return self.local(moment).date()

    def local(self, moment: int) -> dt.datetime:
        """Return what the clocks on the wall show at a moment."""
        utc = dt.datetime.fromtimestamp(unix_time(moment), dt.UTC)
        return utc.astimezone(self.zone)

    def midnight(self, day: dt.date) -> int:
        """Return when a day begins."""
        return self.moment(day, 0)

    def moment(self, day: dt.date, minute: int, *, again: bool = False) -> int:
        """Return when the clocks show a minute of a day (0..1440), or show it `again`.

        A minute that is left out in spring is where the clocks would be without that.
        """
        plain = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
        return zigbee_time(plain.replace(tzinfo=self.zone, fold=int(again)).timestamp())

    def after(self, moment: int, days: int) -> int:
        """Return the midnight so many days after the day of a moment; 0 is that of the day."""
        return self.midnight(self.date_of(moment) + days * _ONE_DAY)

    def cut(self, slots: Iterable[Slot]) -> Iterator[Slot]:
        """Yield the slots cut at each midnight, so that none is of two days."""
        for slot in slots:
            start = slot.start
            while start < slot.end:
                end = min(slot.end, self.after(start, 1))
                yield msgspec.structs.replace(slot, start=start, end=end)
                start = end


def known_until(slots: Sequence[Slot], now: int) -> int | None:
    """Return until when prices are known without a gap; None where there is none now."""
    end = None
    for slot in slots:
        if slot.start <= (now if end is None else end) < slot.end:
            end = slot.end
    return end
