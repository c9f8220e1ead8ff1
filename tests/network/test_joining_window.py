"""For how long the network is open."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import ParameterError
from sebridge.network.joining_window import LONGEST_OPENING, MAX_JOIN_TIME, JoiningWindow


def test_a_short_window_is_one_opening() -> None:
    window = JoiningWindow()

    window.open(60, 1000.0)

    assert window.opening(1000.0) == 60
    assert window.next_step(1000.0) == 60.0
    assert window.remaining(1030.0) == 30.0
    assert window.opening(1060.0) == 0


def test_closing_ends_it_at_once() -> None:
    window = JoiningWindow()
    window.open(60, 0.0)

    window.open(0, 10.0)

    assert window.opening(10.0) == 0
    window.open(60, 20.0)
    window.close()
    assert window.remaining(20.0) == 0.0
    assert window.is_for_all


@pytest.mark.parametrize("seconds", [-1, MAX_JOIN_TIME + 1])
def test_an_impossible_time_is_refused_and_changes_nothing(seconds: int) -> None:
    window = JoiningWindow()
    window.open(60, 0.0)

    with pytest.raises(ParameterError, match="join_time"):
        window.open(seconds, 0.0)

    assert window.remaining(0.0) == 60.0


@given(seconds=st.integers(1, MAX_JOIN_TIME), start=st.floats(0, 1e7))
def test_the_network_is_open_all_the_time_and_never_for_255(seconds: int, start: float) -> None:
    window = JoiningWindow()
    window.open(seconds, start)
    now, open_until = start, start

    while opening := window.opening(now):
        assert 1 <= opening <= LONGEST_OPENING
        assert now <= open_until + 0.001
        open_until = now + opening
        now += window.next_step(now)

    assert now == pytest.approx(start + seconds, abs=0.6)
    assert open_until == pytest.approx(start + seconds, abs=0.6)
