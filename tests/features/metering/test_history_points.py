"""Slots of history as points of a curve."""

from typing import get_args

import pytest

from sebridge.features.metering.history import HistorySlot, MeterHistory
from sebridge.features.metering.history_points import (
    Point,
    Quantity,
    currency_of,
    points,
    unit_of_quantity,
)
from sebridge.features.metering.slot import Counted, Level, Money, Slot

ABOUT = MeterHistory(
    number=1, commodity="electricity", unit="kWh", power_unit="kW", scale="1/1000 kWh"
)
FULL = Slot(
    Counted(1.5, 3599.5),
    Counted(0.5, 1800.0, 1800.0),
    Level(0.2, 4.0, 5400.0, 3600.0),
    Money("EUR", 0.45, Level(0.2, 0.4, 1080.0, 3600.0)),
)


def hour(slot: Slot) -> HistorySlot:
    return HistorySlot(7200, 10800, slot)


@pytest.mark.parametrize(
    ("quantity", "unit", "point"),
    [
        ("energy", "kWh", Point(begin=7200, end=10800, value=1.5, complete=True)),
        ("energy_exported", "kWh", Point(begin=7200, end=10800, value=0.5, spread=True)),
        (
            "demand",
            "kW",
            Point(begin=7200, end=10800, value=1.5, low=0.2, high=4.0, complete=True),
        ),
        (
            "price",
            "EUR/kWh",
            Point(begin=7200, end=10800, value=0.3, low=0.2, high=0.4, complete=True),
        ),
        ("cost", "EUR", Point(begin=7200, end=10800, value=0.45, complete=True)),
    ],
)
def test_a_slot_is_a_point_of_each_quantity(quantity: Quantity, unit: str, point: Point) -> None:
    assert points(quantity, [hour(FULL)], "EUR") == [point]
    assert unit_of_quantity(quantity, ABOUT, "EUR") == unit


@pytest.mark.parametrize("quantity", get_args(Quantity))
def test_of_what_nothing_is_known_there_is_no_point(quantity: Quantity) -> None:
    assert points(quantity, [hour(Slot())], None) == []


def test_a_cost_is_complete_when_energy_and_price_are() -> None:
    price = Level(0.3, 0.3, 300.0, 1000.0)
    for_a_while = Slot(Counted(1.0, 3600.0), money=Money("EUR", 0.1, price))

    (point,) = points("cost", [hour(for_a_while)], "EUR")

    assert not point.complete


def test_money_of_another_currency_than_the_newest_is_no_point() -> None:
    older = hour(FULL)
    newer = hour(Slot(FULL.delivered, money=Money("SEK", 3.0, Level(2.0, 2.0, 7200.0, 3600.0))))

    currency = currency_of([older, newer, hour(Slot())])

    assert currency == "SEK"
    assert [point.value for point in points("cost", [older, newer], currency)] == [3.0]


def test_without_a_price_money_has_no_unit() -> None:
    assert currency_of([hour(Slot())]) is None
    assert unit_of_quantity("cost", ABOUT, None) is None
    assert unit_of_quantity("price", ABOUT, None) is None
