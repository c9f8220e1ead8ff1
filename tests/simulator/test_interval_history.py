"""The history of a simulated meter."""

from itertools import pairwise

import pytest

from sebridge.simulator.interval_history import IntervalHistory
from sebridge.simulator.load_curve import LoadCurve, RegisterState, count

BOUNDARY = 1_300_000_500.0 - 1_300_000_500.0 % 900
CURVE = LoadCurve(mean=400.0)
START = RegisterState(5000.0, 100.0, BOUNDARY + 300)


def test_what_was_before_the_switch_on_follows_the_curve() -> None:
    history = IntervalHistory(CURVE, START)

    delivered, received = history.registers()

    assert history.end == BOUNDARY
    assert len(delivered) == 25
    used = count(RegisterState(0, 0, BOUNDARY - 900), CURVE, 0.0, BOUNDARY).delivered
    assert delivered[-1] - delivered[-2] == pytest.approx(used)
    assert set(received) == {100.0}


def test_a_young_meter_has_used_nothing_before() -> None:
    delivered, _ = IntervalHistory(CURVE, RegisterState(10.0, 0.0, BOUNDARY + 300)).registers()

    assert delivered[0] == 0.0
    assert delivered == sorted(delivered)


def test_counting_is_the_same_as_without_history_and_notes_the_boundaries() -> None:
    history, plain = IntervalHistory(CURVE, START), START
    state = START

    for after in (400.0, 900.0, 5000.0):
        now = BOUNDARY + after
        state = history.count(state, 1000.0, now)
        plain = count(plain, CURVE, 1000.0, now)

    assert state.until == BOUNDARY + 5000
    assert state.delivered == pytest.approx(plain.delivered, rel=1e-3)
    assert history.end == BOUNDARY + 4500
    delivered, _ = history.registers()
    assert all(after - before >= 250.0 for before, after in list(pairwise(delivered))[-4:])


def test_after_years_only_the_last_day_is_walked_through() -> None:
    history = IntervalHistory(CURVE, START)
    now = BOUNDARY + 40 * 365 * 86_400.0

    state = history.count(START, 0.0, now)

    assert state.until == now
    assert history.end == now
    assert len(history.registers()[0]) == 25
