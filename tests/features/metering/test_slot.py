"""What is known of a slot can be added, taken back and kept."""

from hypothesis import given, strategies as st
import pytest

from sebridge.features.metering.slot import Counted, Level, Money, Slot, page_of, page_text
from tests.examples import fewer_examples

NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 6))
LEVELS = st.builds(Level, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
SLOTS = st.builds(
    Slot,
    st.none() | st.builds(Counted, NUMBERS, NUMBERS, NUMBERS),
    st.none() | st.builds(Counted, NUMBERS, NUMBERS, NUMBERS),
    st.none() | LEVELS,
    st.none() | st.builds(Money, st.just("EUR"), NUMBERS, LEVELS),
)


@fewer_examples(4)  # each is a page full of numbers
@given(st.dictionaries(st.integers(0, 2**33), SLOTS, max_size=12))
def test_a_page_is_read_as_it_was_written(slots: dict[int, Slot]) -> None:
    assert page_of(page_text(slots)) == slots


def test_what_is_taken_back_is_gone() -> None:
    slot = Slot(
        Counted(0.1, 60.0),
        None,
        Level(0.5, 2.0, 90.0, 60.0),
        Money("EUR", 0.03, Level(0.3, 0.3, 18.0, 60.0)),
    )
    other = Slot(Counted(0.2, 0.0, 240.0), Counted(1.0, 300.0))

    back = slot + other + -slot

    assert back.delivered == other.delivered
    assert back.received == other.received
    assert back.demand is not None
    assert (back.demand.integral, back.demand.seconds) == (0.0, 0.0)
    assert back.money is not None
    assert (back.money.cost, back.money.price.seconds) == (0.0, 0.0)


def test_a_mean_is_that_of_the_time_in_which_something_was_known() -> None:
    level = Level(1.0, 1.0, 100.0, 100.0) + Level(4.0, 4.0, 800.0, 200.0)

    assert (level.low, level.mean, level.high) == (1.0, 3.0, 4.0)
    assert Level(2.0, 2.0, 0.0, 0.0).mean == 2.0  # heard once, a moment ago


@pytest.mark.parametrize(("other", "cost"), [("EUR", 0.5), ("SEK", 0.2)])
def test_of_two_currencies_only_the_later_counts(other: str, cost: float) -> None:
    level = Level(1.0, 1.0, 1.0, 1.0)

    both = Money("EUR", 0.3, level) + Money(other, 0.2, level)

    assert (both.currency, both.cost) == (other, cost)
