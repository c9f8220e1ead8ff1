"""Random delays: DRLC-15, DRLC-18, DRLC-19."""

from random import Random

from hypothesis import given, strategies as st
import pytest

from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.randomization import Offsets, draw

NEIGHBOUR = ScheduledEvent(
    event_id=1, start=100, end=200, record="r", received=0, start_delay=11, end_delay=22
)


@given(
    control=st.integers(0, 3),
    minutes=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    seed=st.integers(),
)
def test_delays_stay_in_their_ranges_by_drlc_15(
    control: int, minutes: tuple[int, int], seed: int
) -> None:
    offsets = draw(control, *minutes, Random(seed))

    assert 0 <= offsets.start <= 60 * minutes[0] * (control & 1)
    assert 0 <= offsets.end <= 60 * minutes[1] * (control >> 1)


def test_delays_come_in_seconds_and_use_the_whole_range() -> None:
    random = Random(1)

    drawn = {draw(1, 1, 0, random).start for _ in range(2000)}

    assert drawn == set(range(61))


def test_the_generator_decides() -> None:
    assert draw(3, 30, 30, Random(5)) == draw(3, 30, 30, Random(5))
    assert draw(3, 30, 30, Random(5)) != draw(3, 30, 30, Random(6))


@pytest.mark.parametrize(("minutes", "longest"), [(200, 3600), (-4, 0)])
def test_minutes_out_of_range_are_taken_to_its_border(minutes: int, longest: int) -> None:
    random = Random(2)

    assert all(0 <= draw(1, minutes, 0, random).start <= longest for _ in range(100))


@pytest.mark.parametrize(
    ("control", "offsets"),
    [(0, Offsets(0, 0)), (1, Offsets(11, 0)), (2, Offsets(0, 22)), (3, Offsets(11, 22))],
)
def test_a_successor_uses_the_same_values_by_drlc_18(control: int, offsets: Offsets) -> None:
    assert draw(control, 30, 30, Random(3), neighbour=NEIGHBOUR) == offsets
