"""Which price was in force when, as far back as money has to be counted. Pure.

All times are seconds since 1970 UTC.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.gateway.events.signals import PriceInForce

MOST: Final = 1000
"""Prices that are remembered of a commodity: ten days of quarters of an hour."""


class Priced(msgspec.Struct, frozen=True, gc=False):
    """A span of time with one price, or with none that is known."""

    begin: float
    end: float
    price: PriceInForce | None


class PriceLog:
    """Remembers the prices of each commodity and unit, in the order of time."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], deque[PriceInForce]] = {}

    def hear(self, prices: Sequence[PriceInForce], now: float) -> None:
        """Know what is in force from now on; of what was first heard, from its beginning on."""
        for known in self._known.values():
            last = known[-1]
            if last.end is None or last.end > now:
                known[-1] = replace(last, end=max(now, last.begin))
        for price in prices:
            self._add(price)

    def _add(self, price: PriceInForce) -> None:
        known = self._known.setdefault((price.commodity, price.unit), deque(maxlen=MOST))
        if known and known[-1].begin >= price.begin:  # told again, or in another's place
            last = known.pop()
            price = replace(price, begin=last.begin if _is_same(last, price) else last.end)
            if price.begin != last.begin:
                known.append(last)
        known.append(price)

    def spans(self, commodity: str, unit: str, begin: float, end: float) -> Iterator[Priced]:
        """Cut a span of time where the price changes."""
        for price in self._known.get((commodity, unit), ()):
            if price.begin >= end:
                break
            until = end if price.end is None else min(price.end, end)
            if until <= begin:
                continue
            if price.begin > begin:
                yield Priced(begin, price.begin, None)
                begin = price.begin
            yield Priced(begin, until, price)
            begin = until
        if begin < end:
            yield Priced(begin, end, None)


def _is_same(one: PriceInForce, other: PriceInForce) -> bool:
    return (one.price, one.currency) == (other.price, other.currency)
