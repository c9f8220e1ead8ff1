"""The hours of circles: each once, on pages of a day, for three years."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.features.plugwise.history import KEPT, CircleHistory, Energy
from sebridge.plugwise.energy import EnergyOfHour

LAMP, FRIDGE = Eui64(0x000D6F0001A400E2), Eui64(0x000D6F0001A40223)
HOUR, DAY = 3600, 86_400
START = 1_509_926_400  # 2017-11-06 00:00:00 UTC


def hour(number: int, kwh: float = 0.5) -> EnergyOfHour:
    return EnergyOfHour(START + number * HOUR, kwh, is_production=False)


def test_hours_come_back_in_their_order_and_add_up() -> None:
    history = CircleHistory({}, {})

    history.take(LAMP, [hour(n, n / 10) for n in range(30)])
    history.take(FRIDGE, [hour(3, 9.0)])

    found = list(history.hours(LAMP, START + 22 * HOUR, START + 26 * HOUR))
    assert [one.start for one in found] == [START + n * HOUR for n in range(22, 26)]
    assert [one.energy.consumed for one in found] == [2.2, 2.3, 2.4, 2.5]
    assert history.total(LAMP) == Energy(43.5, 0.0)


def test_consumption_and_production_of_an_hour_stand_beside_each_other() -> None:
    history = CircleHistory({}, {})

    history.take(LAMP, [hour(0, 0.5), EnergyOfHour(START, -0.2, is_production=True)])

    (only,) = history.hours(LAMP, START, START + DAY)
    assert only.energy == Energy(0.5, 0.2)
    assert history.total(LAMP) == Energy(0.5, 0.2)


def test_two_with_the_same_start_add_up() -> None:
    history = CircleHistory({}, {})

    history.take(LAMP, [hour(5, 0.25), hour(5, 0.5)])

    (only,) = history.hours(LAMP, START, START + DAY)
    assert only.energy == Energy(0.75, 0.0)


@given(st.lists(st.integers(0, 2000), unique=True).map(sorted))
def test_what_is_kept_is_read_again_by_the_next_run(numbers: list[int]) -> None:
    pages: dict[str, str] = {}
    totals: dict[Eui64, Energy] = {}
    CircleHistory(pages, totals).take(LAMP, [hour(n) for n in numbers])

    again = CircleHistory(pages, totals)

    found = list(again.hours(LAMP, START, START + 2001 * HOUR))
    assert [one.start for one in found] == [START + n * HOUR for n in numbers]
    assert all(a.start < b.start for a, b in pairwise(found))
    assert again.total(LAMP).consumed == pytest.approx(0.5 * len(numbers))


def test_hours_are_forgotten_after_three_years_and_the_sum_is_not() -> None:
    pages: dict[str, str] = {}
    history = CircleHistory(pages, {})
    history.take(LAMP, [hour(0), hour(24)])

    history.take(LAMP, [EnergyOfHour(START + KEPT + DAY, 0.5, is_production=False)])

    assert [one.start for one in history.hours(LAMP, 0, 2**32)] == [
        START + DAY,
        START + KEPT + DAY,
    ]
    assert len(pages) == 2
    assert history.total(LAMP) == Energy(1.5, 0.0)


def test_one_circle_is_forgotten_and_the_others_are_not() -> None:
    pages: dict[str, str] = {}
    totals: dict[Eui64, Energy] = {}
    history = CircleHistory(pages, totals)
    history.take(LAMP, [hour(0), hour(30)])
    history.take(FRIDGE, [hour(0)])

    history.forget(LAMP)
    history.forget(LAMP)

    assert list(history.hours(LAMP, 0, 2**32)) == []
    assert len(list(history.hours(FRIDGE, 0, 2**32))) == 1
    assert (len(pages), list(totals)) == (1, [FRIDGE])
