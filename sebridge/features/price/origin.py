"""Where the curve of prices comes from: a table of the configuration, or what was told. Pure.

Times are whole seconds since 2000 UTC.
"""

from collections.abc import MutableMapping, Sequence
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from sebridge.base.errors import LimitError
from sebridge.features.price.curve import Days, Told, continued, known_until
from sebridge.features.price.curve_shapes import MOST_PRICES
from sebridge.features.price.plan import Tariff
from sebridge.features.price.rate_table import RateTable
from sebridge.schedule.slot import Slot
from sebridge.settings.price_source import PriceSourceOptions, TableOptions

_CURVE: Final = "curve"  # the one key of the collection


class Heard(msgspec.Struct, frozen=True):
    """What was told: the curve as it was written, and when that was."""

    slots: tuple[Slot, ...]
    at: int


class Origin(Protocol):
    """A curve of prices, and how much of it is known."""

    @property
    def kind(self) -> str:
        """The word of the configuration for it, or `table`."""

    @property
    def words(self) -> str:
        """What it is called in the log, and to people."""

    @property
    def has_spoken(self) -> bool:
        """Whether it ever said anything of prices."""

    @property
    def heard_at(self) -> int | None:
        """When it last spoke; None for never, and for what need not speak."""

    def slots(self, start: int, end: int) -> Sequence[Slot]:
        """Return what is known of the time between two midnights."""

    def ranked(self, start: int, end: int) -> Sequence[float]:
        """Return the prices among which those of that time are ranked."""

    def known_until(self, now: int) -> int | None:
        """Return until when prices are known without a gap; None where there is none now."""

    def take(self, told: Told, now: int) -> None:
        """Take what was told. Raises RequestError, and stays as it was."""


class TableOrigin:
    """The rates of a table: known as far ahead as devices are told."""

    kind = "table"
    words = "the table of price_source"
    has_spoken = True
    heard_at = None

    def __init__(self, table: TableOptions, days: Days, days_ahead: int) -> None:
        self._rates = RateTable(table, days)
        self._days = days
        self._days_ahead = days_ahead

    def slots(self, start: int, end: int) -> Sequence[Slot]:
        """Return the rates of these days."""
        return self._rates.curve(start, end)

    def ranked(self, start: int, end: int) -> Sequence[float]:
        """Return all prices of the table, so that a rate keeps its tier the whole year."""
        del start, end
        return self._rates.prices

    def known_until(self, now: int) -> int | None:
        """Return until when there is a rate without a gap, in the days that devices are told."""
        start, end = self._days.after(now, 0), self._days.after(now, self._days_ahead + 1)
        return known_until(self._rates.curve(start, end), now)

    def take(self, told: Told, now: int) -> None:
        """Take nothing: nobody tells a table anything."""


class ToldOrigin:
    """What a topic, an entity or OpenADR told; `store` keeps it over restarts."""

    def __init__(
        self,
        kind: str,
        words: str,
        options: PriceSourceOptions,
        tariff: Tariff,
        days: Days,
        store: MutableMapping[str, Heard],
    ) -> None:
        self.kind = kind
        self.words = words
        self._options = options
        self._tariff = tariff
        self._days = days
        self._store = store

    @property
    def has_spoken(self) -> bool:
        """Whether a good message ever came."""
        return self.heard_at is not None

    @property
    def heard_at(self) -> int | None:
        """When the last good message came."""
        heard = self._store.get(_CURVE)
        return None if heard is None else heard.at

    def slots(self, start: int, end: int) -> Sequence[Slot]:
        """Return what was told of this time, in the unit of the configuration."""
        found = [replace(s, start=max(s.start, start), end=min(s.end, end)) for s in self._known]
        return [self._priced(slot) for slot in found if slot.start < slot.end]

    def ranked(self, start: int, end: int) -> Sequence[float]:
        """Return the prices of this time."""
        return [slot.value for slot in self.slots(start, end)]

    def known_until(self, now: int) -> int | None:
        """Return until when prices were told without a gap."""
        return known_until(self._known, now)

    def take(self, told: Told, now: int) -> None:
        """Take a curve; one that is too large, by itself or with what is known, is refused."""
        for slot in told.slots:
            self._tariff.amount(self._priced(slot).value)
        known = continued(self._known, told, self._days.after(now, 0))
        if len(known) > MOST_PRICES:
            raise LimitError(f"{len(known)} prices to come are more than the {MOST_PRICES} allowed")
        self._store[_CURVE] = Heard(known, now)

    @property
    def _known(self) -> tuple[Slot, ...]:
        heard = self._store.get(_CURVE)
        return () if heard is None else heard.slots

    def _priced(self, slot: Slot) -> Slot:
        options = self._options
        return replace(slot, value=slot.value * options.multiplier + options.addition)
