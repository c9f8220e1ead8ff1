"""A believable load, registers that only grow, and what they were at each quarter of an hour."""

from itertools import pairwise
import math

from hypothesis import given, strategies as st
import pytest

from sebridge.features.metering.simulated_load import (
    IntervalHistory,
    LoadCurve,
    RegisterState,
    SetLoad,
    count,
)

MIDNIGHT = 1_300_060_800.0  # 2011-03-14 00:00:00 UTC
DAY = 86_400
moments = st.floats(0, 4e9, allow_nan=False)


def test_a_day_has_about_the_mean_load_and_its_peak_in_the_evening() -> None:
    curve = LoadCurve(mean=450.0)

    hours = [curve.power(MIDNIGHT + 600 * step) for step in range(144)]

    assert sum(hours) / 144 == pytest.approx(450, rel=0.05)
    assert 18 <= hours.index(max(hours)) / 6 <= 21
    assert min(hours) > 0


@given(moments, st.floats(0, 5000), st.floats(0, 10))
def test_without_the_sun_power_is_only_drawn(utc: float, mean: float, phase: float) -> None:
    assert LoadCurve(mean, 0.0, phase).power(utc) >= 0.0


def test_the_sun_gives_most_at_noon_and_nothing_at_night() -> None:
    dark, sunny = LoadCurve(), LoadCurve(solar_peak=3000.0)

    given_back = {
        hour: dark.power(MIDNIGHT + 3600 * hour) - sunny.power(MIDNIGHT + 3600 * hour)
        for hour in (0, 6, 9, 12, 15, 18, 23)
    }

    assert given_back[12] == pytest.approx(3000)
    assert given_back[9] == pytest.approx(3000 * math.sin(math.pi / 4))
    assert given_back[0] == given_back[6] == given_back[18] == given_back[23] == 0
    assert sunny.power(MIDNIGHT + 12 * 3600) < 0


@given(
    st.floats(0, 5000),
    st.floats(0, 8000),
    st.lists(st.tuples(st.floats(-5000, 20_000), st.floats(0, 4000)), max_size=8),
)
def test_registers_never_decrease_also_when_the_clock_goes_back_met_6(
    mean: float, solar: float, steps: list[tuple[float, float]]
) -> None:
    curve = LoadCurve(mean, solar)
    state, now = RegisterState(1000.0, 50.0, MIDNIGHT), MIDNIGHT

    for passed, extra in steps:
        now += passed
        before, state = state, count(state, curve, extra, now)
        assert state.delivered >= before.delivered
        assert state.received >= before.received
        assert state.until >= before.until


def test_energy_is_power_times_time() -> None:
    state = count(RegisterState(0, 0, MIDNIGHT), LoadCurve(mean=0.0), 2000.0, MIDNIGHT + 1800)

    assert state.delivered == pytest.approx(1000.0)
    assert state.received == 0
    assert state.until == MIDNIGHT + 1800


def test_what_is_given_back_is_counted_apart() -> None:
    noon = MIDNIGHT + 12 * 3600
    curve = LoadCurve(mean=0.0, solar_peak=3000.0)

    state = count(RegisterState(0, 0, noon), curve, 0.0, noon + 60)

    assert state.received == pytest.approx(50.0, rel=0.01)
    assert state.delivered == 0


def test_counting_often_or_seldom_comes_to_about_the_same() -> None:
    curve, start = LoadCurve(solar_peak=1000.0), RegisterState(0, 0, MIDNIGHT)
    often = start
    for second in range(7, 7201, 7):
        often = count(often, curve, 0.0, MIDNIGHT + second)

    seldom = count(start, curve, 0.0, often.until)

    assert often.delivered == pytest.approx(seldom.delivered, rel=0.001)


def test_a_meter_that_was_away_for_years_goes_on_from_a_month_ago() -> None:
    state = count(RegisterState(0, 0, MIDNIGHT), LoadCurve(mean=0.0), 1000.0, MIDNIGHT + 3650 * DAY)

    assert state.delivered == pytest.approx(31 * 24 * 1000.0)


# ------------------------------------------------------------------ history

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


def test_a_load_that_was_set_rises_as_far_as_anything_can() -> None:
    load = SetLoad(100.0, 60.0, MIDNIGHT)

    assert load.power(MIDNIGHT) == 100
    assert load.power(MIDNIGHT + 1800) == 130
    assert load.power(MIDNIGHT + 3600 * 1e9) == SetLoad.MOST
    state = count(RegisterState(0.0, 0.0, MIDNIGHT), load, 0.0, MIDNIGHT + 3600)
    assert state.delivered == pytest.approx(130)
