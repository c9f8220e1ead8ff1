"""From a curve to price events, and from those there are to those that are wanted. Pure.

Times are whole seconds since 2000 UTC. Amounts are whole numbers without their decimal point, as a
price event holds them; but an event holds none below zero: what costs less than nothing is sent as
zero, with its true price as the label.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from sebridge.base.errors import InvalidFieldError
from sebridge.features.price.curve import Days
from sebridge.features.price.records import PublishPriceRecord
from sebridge.gateway.events.event_cluster import end_of
from sebridge.schedule.slot import Slot
from sebridge.settings.price_source import HIGHEST
from sebridge.zcl.metering import unit_of

_MINUTE: Final = 60


class Tariff(msgspec.Struct, frozen=True):
    """What all prices of a source share.

    `currency` is a number of ISO 4217, `unit` a unit of measure of the Metering cluster, `tiers`
    how many tiers there are (0..15), `decimals` the digits behind the decimal point (0..15).
    """

    currency: int
    unit: int
    decimals: int
    tiers: int

    @property
    def commodity(self) -> str:
        """What has these prices."""
        return unit_of(self.unit).commodity

    def amount(self, value: float) -> int:
        """Return a price without its decimal point; InvalidFieldError where 32 bits are too few."""
        scaled = value * 10.0**self.decimals
        if not abs(scaled) <= HIGHEST:  # also where it is infinite
            problem = f"a price of {value:g} does not fit 32 bits with {self.decimals} decimals"
            raise InvalidFieldError(problem)
        return round(scaled)

    def price(self, amount: int) -> float:
        """Return a price in the main unit of its currency."""
        return round(amount / 10.0**self.decimals, self.decimals)


class Wanted(msgspec.Struct, frozen=True):
    """An event that there should be, without an identifier, and the true price."""

    record: PublishPriceRecord
    price: float


class Plan(msgspec.Struct, frozen=True):
    """What is to be done: these events are new, those identifiers are withdrawn.

    `below_zero` are the true prices of what costs less than nothing, by the start of its event.
    """

    new: tuple[Wanted, ...]
    withdrawn: tuple[int, ...]
    below_zero: Mapping[int, float]


def events_of(
    slots: Iterable[Slot], tariff: Tariff, days: Days, ranked: Iterable[float]
) -> tuple[Wanted, ...]:
    """Return the events that tell a curve: each of one day, alike neighbours as one.

    The slots are in order and do not overlap. Tiers are ranks among all the prices that are
    `ranked`: the same price has the same tier, and a dearer one none that is lower (PRC-15).
    """
    tiers = _tiers({tariff.amount(value) for value in ranked}, tariff.tiers)
    return tuple(_event(slot, tariff, tiers) for slot in days.cut(_merged(slots, tariff)))


def _merged(slots: Iterable[Slot], tariff: Tariff) -> Iterator[Slot]:
    """Yield the slots, those that follow each other at the same price as one."""
    last: Slot | None = None
    for slot in slots:
        if last is not None and last.end == slot.start and _alike(last, slot, tariff):
            last = msgspec.structs.replace(last, end=slot.end)
            continue
        if last is not None:
            yield last
        last = slot
    if last is not None:
        yield last


def _alike(one: Slot, other: Slot, tariff: Tariff) -> bool:
    return (tariff.amount(one.value), one.label) == (tariff.amount(other.value), other.label)


def _tiers(amounts: Iterable[int], most: int) -> Mapping[int, int]:
    """Return the tier of each amount: 1 is the cheapest, 0 stands for none."""
    ordered = sorted(set(amounts))
    if not most:
        return dict.fromkeys(ordered, 0)
    if len(ordered) <= most:
        return {amount: rank for rank, amount in enumerate(ordered, 1)}
    return {amount: place * most // len(ordered) + 1 for place, amount in enumerate(ordered)}


def _event(slot: Slot, tariff: Tariff, tiers: Mapping[int, int]) -> Wanted:
    amount = tariff.amount(slot.value)
    price = tariff.price(amount)
    record = PublishPriceRecord(
        rate_label=slot.label if amount >= 0 else f"{price:.5g}",
        unit_of_measure=tariff.unit,
        currency=tariff.currency,
        price_trailing_digit_and_price_tier=tariff.decimals << 4 | tiers[amount],
        number_of_price_tiers_and_register_tier=tariff.tiers << 4,
        start_time=slot.start,
        duration_in_minutes=(slot.end - slot.start) // _MINUTE,
        price=max(amount, 0),
    )
    return Wanted(record, price)


def plan(
    stored: Sequence[PublishPriceRecord], wanted: Sequence[Wanted], now: int, commodity: str
) -> Plan:
    """Return what makes the stored events of a commodity the wanted ones, from now on.

    What is past of an event in force does not count: an event is kept where all that is to come of
    it is as it is wanted.
    """
    ours = {
        _meaning(record, now): record
        for record in stored
        if unit_of(record.unit_of_measure).commodity == commodity
    }
    new: list[Wanted] = []
    below_zero: dict[int, float] = {}
    for event in wanted:
        end = end_of(event.record.start_time, event.record.duration_in_minutes)
        if end is not None and end <= now:
            continue
        kept = ours.pop(_meaning(event.record, now), None)
        if kept is None:
            new.append(event)
        if event.price < 0:
            below_zero[(kept or event.record).start_time] = event.price
    withdrawn = tuple(record.issuer_event_id for record in ours.values())
    return Plan(tuple(new), withdrawn, below_zero)


def _meaning(record: PublishPriceRecord, now: int) -> tuple[object, ...]:
    """Return what an event says of the time to come."""
    return (
        max(record.start_time, now),
        end_of(record.start_time, record.duration_in_minutes),
        record.price,
        record.price_trailing_digit_and_price_tier,
        record.number_of_price_tiers_and_register_tier,
        record.currency,
        record.unit_of_measure,
        record.rate_label,
    )
