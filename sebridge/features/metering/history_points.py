"""Slots of history as points of a curve: one quantity, its unit, and how sure each is. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal

import msgspec

from sebridge.features.metering.history import HistorySlot, MeterHistory
from sebridge.features.metering.slot import Counted, Money, Slot

Quantity = Literal["energy", "energy_exported", "demand", "price", "cost"]

_DIGITS: Final = 9
"""Decimals of a value: as many as a reading has."""
_WHOLE: Final = 1.0
"""Seconds that a slot may lack to be complete: readings come at fractions of them."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A slot of a curve; times are seconds since 1970.

    `value` is a sum, or of a demand or price the mean, with `low` and `high`. It is `complete` if
    it speaks of the whole slot. It is `spread` if some of it is what an outage, which reaches
    beyond the slot, is taken to have brought evenly.
    """

    begin: int
    end: int
    value: float | None
    low: float | None = None
    high: float | None = None
    complete: bool = False
    spread: bool = False


def currency_of(slots: Iterable[HistorySlot]) -> str | None:
    """Return the currency of the newest slot that has one."""
    found = None
    for one in slots:
        if one.slot.money is not None:
            found = one.slot.money.currency
    return found


def unit_of_quantity(quantity: Quantity, about: MeterHistory, currency: str | None) -> str | None:
    """Return the unit of a quantity of a meter; None where it has none."""
    if quantity == "demand":
        return about.power_unit
    if quantity == "cost":
        return currency
    if quantity == "price":
        return None if currency is None else f"{currency}/{about.unit}"
    return about.unit


def points(quantity: Quantity, slots: Iterable[HistorySlot], currency: str | None) -> list[Point]:
    """Return the slots in which something is known of a quantity; money only in one currency."""
    made = (_POINTS[quantity](one, currency) for one in slots)
    return [point for point in made if point is not None]


def _energy(one: HistorySlot, counted: Counted | None) -> Point | None:
    if counted is None:
        return None
    return Point(
        begin=one.begin,
        end=one.end,
        value=round(counted.amount, _DIGITS),
        complete=_is_whole(one, counted.measured),
        spread=counted.spread > 0,
    )


def _demand(one: HistorySlot, _currency: str | None) -> Point | None:
    level = one.slot.demand
    if level is None:
        return None
    return Point(
        begin=one.begin,
        end=one.end,
        value=round(level.mean, _DIGITS),
        low=level.low,
        high=level.high,
        complete=_is_whole(one, level.seconds),
    )


def _price(one: HistorySlot, currency: str | None) -> Point | None:
    money = _money(one.slot, currency)
    if money is None:
        return None
    level = money.price
    return Point(
        begin=one.begin,
        end=one.end,
        value=round(level.mean, _DIGITS),
        low=level.low,
        high=level.high,
        complete=_is_whole(one, level.seconds),
    )


def _cost(one: HistorySlot, currency: str | None) -> Point | None:
    money, counted = _money(one.slot, currency), one.slot.delivered
    if money is None or counted is None:
        return None
    return Point(
        begin=one.begin,
        end=one.end,
        value=round(money.cost, _DIGITS),
        complete=_is_whole(one, min(counted.measured, money.price.seconds)),
        spread=counted.spread > 0,
    )


def _money(slot: Slot, currency: str | None) -> Money | None:
    return slot.money if slot.money is not None and slot.money.currency == currency else None


def _is_whole(one: HistorySlot, seconds: float) -> bool:
    return seconds >= one.end - one.begin - _WHOLE


_POINTS: Final[Mapping[Quantity, Callable[[HistorySlot, str | None], Point | None]]] = {
    "energy": lambda one, _currency: _energy(one, one.slot.delivered),
    "energy_exported": lambda one, _currency: _energy(one, one.slot.received),
    "demand": _demand,
    "price": _price,
    "cost": _cost,
}
