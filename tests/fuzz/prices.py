"""Curves of prices that somebody publishes: an input is the payload of a message."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
import json
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sebridge.base.clock import iso_time, unix_time
from sebridge.base.errors import SebridgeError
from sebridge.features.price.curve import Days
from sebridge.features.price.curve_shapes import read_curve
from sebridge.features.price.origin import Heard, ToldOrigin
from sebridge.features.price.plan import Tariff, events_of
from sebridge.model.octets import write_record
from sebridge.settings.price_source import PriceSourceOptions, PriceUnit
from tests.fuzz.mutation import changed, changed_document
from tests.fuzz.target import Target, must

_NOW = 849_225_600  # 2026-11-29 00:00:00 UTC
_HOUR = 3_600
_LONGEST = 1_000  # characters of a problem
_OPTIONS = PriceSourceOptions(price_unit=PriceUnit("EUR", "kWh"), topic="energy/prices")


class PricesSubject:
    """A topic's curve, and the events that are made of it."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self._days = Days(ZoneInfo("Europe/Berlin"))
        self._tariff = Tariff(978, 0, _OPTIONS.decimals, _OPTIONS.tiers)
        store: dict[str, Heard] = {}
        self._origin = ToldOrigin("topic", "the topic", _OPTIONS, self._tariff, self._days, store)

    async def take(self, octets: bytes) -> None:
        """Take a message: a good curve, or refused with words; then one that is good."""
        try:
            self._origin.take(read_curve(octets), _NOW)
        except SebridgeError as error:
            must(str(error), "nothing is said")
            must(str(error).isprintable(), "what cannot be printed is said")
            must(len(str(error)) < _LONGEST, "too much is said")
        self._check_events()
        self._origin.take(read_curve(_good()), _NOW)
        must(self._origin.slots(_NOW, _NOW + _HOUR)[0].value == 1, "a good curve does not count")
        self._check_events()

    def _check_events(self) -> None:
        start, end = self._days.after(_NOW, 0), self._days.after(_NOW, _OPTIONS.days_ahead + 1)
        slots, ranked = self._origin.slots(start, end), self._origin.ranked(start, end)
        last = start
        for event in events_of(slots, self._tariff, self._days, ranked):
            must(event.record.start_time >= last, "events overlap")
            must(event.record.duration_in_minutes > 0, "an event has no time")
            last = event.record.start_time + 60 * event.record.duration_in_minutes
            write_record(event.record)
        must(last <= end, "an event is of a day that nobody is told of yet")


def _good() -> bytes:
    start, end = iso_time(unix_time(_NOW)), iso_time(unix_time(_NOW + _HOUR))
    return json.dumps([{"start": start, "end": end, "value": 1}]).encode()


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a curve with changes in values or in octets."""
    octets = random.choice(seeds)
    if random.random() < 0.3:
        return changed(random, octets, seeds)
    return changed_document(random, octets)


@asynccontextmanager
async def _subject(_directory: Path) -> AsyncIterator[PricesSubject]:
    yield PricesSubject()


TARGET = Target(
    name="prices",
    told="curves of prices, as programs publish them",
    subject=_subject,
    grow=grow,
    lasts=200,
    in_suite=300,
)
