"""What each circle has consumed and produced, hour by hour, and in all. Pure.

Each hour comes once, as who reads the logs keeps how far they are read together with this. Two with
the same start add up: the clock of the circle was set in between.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any, Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.model.row_codec import RowCodec
from sebridge.plugwise.energy import EnergyOfHour

KEPT: Final = 3 * 366 * 86_400
"""Seconds for which hours are kept: longer than a circle itself keeps them."""
_DAY: Final = 86_400
_DIGITS: Final = 9
_PAGE: Final = RowCodec[Any](list[Any])


class Energy(msgspec.Struct, frozen=True, gc=False):
    """Energy in kWh, neither of them negative."""

    consumed: float = 0.0
    produced: float = 0.0

    def __add__(self, other: "Energy") -> "Energy":
        """Return both together."""
        return Energy(
            round(self.consumed + other.consumed, _DIGITS),
            round(self.produced + other.produced, _DIGITS),
        )


class CircleHour(msgspec.Struct, frozen=True):
    """The energy of the hour that began at `start`, seconds since 1970."""

    start: int
    energy: Energy


def _energy_of(hour: EnergyOfHour) -> Energy:
    return Energy(max(hour.kwh, 0.0), max(-hour.kwh, 0.0))


class CircleHistory:
    """Keeps the hours of circles on pages of a day, and their sums; both may be collections.

    The key of a page is `<address>/<day>`, the day in seconds since 1970.
    """

    def __init__(
        self, pages: MutableMapping[str, str], totals: MutableMapping[Eui64, Energy]
    ) -> None:
        self._pages = pages
        self._totals = totals
        self._days: dict[Eui64, list[int]] = {}
        for key in pages:
            address, day = key.split("/")
            insort(self._days.setdefault(Eui64(int(address, 16)), []), int(day))

    def take(self, mac: Eui64, hours: Iterable[EnergyOfHour]) -> None:
        """Add hours that were not told before."""
        for hour in hours:
            energy = _energy_of(hour)
            self._totals[mac] = self.total(mac) + energy
            self._add(mac, hour.start, energy)
        self._forget_old(mac)

    def _add(self, mac: Eui64, start: int, energy: Energy) -> None:
        day = start // _DAY * _DAY
        key = _key(mac, day)
        if key not in self._pages:
            insort(self._days.setdefault(mac, []), day)
        page = dict(_read(self._pages.get(key)))
        page[start] = page.get(start, Energy()) + energy
        self._pages[key] = _written(page)

    def _forget_old(self, mac: Eui64) -> None:
        days = self._days.get(mac, [])
        while days and days[0] < days[-1] - KEPT:
            del self._pages[_key(mac, days.pop(0))]

    def total(self, mac: Eui64) -> Energy:
        """Return the sum of all hours that were ever logged."""
        return self._totals.get(mac, Energy())

    def hours(self, mac: Eui64, begin: float, end: float) -> Iterator[CircleHour]:
        """Yield the hours that begin in a span of time (since 1970), oldest first."""
        for day in self._days.get(mac, ()):
            if begin - _DAY < day < end:
                for start, energy in _read(self._pages[_key(mac, day)]):
                    if begin <= start < end:
                        yield CircleHour(start, energy)

    def forget(self, mac: Eui64) -> None:
        """Forget all of a circle."""
        self._totals.pop(mac, None)
        for day in self._days.pop(mac, ()):
            del self._pages[_key(mac, day)]


def _key(mac: Eui64, day: int) -> str:
    return f"{mac:016x}/{day}"


def _read(text: str | None) -> Iterator[tuple[int, Energy]]:
    for start, consumed, produced in _PAGE.read(text or "[]"):
        yield start, Energy(consumed, produced)


def _written(page: dict[int, Energy]) -> str:
    return _PAGE.write([[start, one.consumed, one.produced] for start, one in sorted(page.items())])
