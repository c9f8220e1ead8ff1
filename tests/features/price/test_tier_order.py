"""Whether the tiers of a tariff are ordered by price."""

from hypothesis import given, strategies as st
import pytest

from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.tier_order import TierOrder


def price(tier: int, cents: int, **more: int) -> PublishPriceRecord:
    return PublishPriceRecord(
        issuer_event_id=1,
        duration_in_minutes=60,
        price=cents,
        price_trailing_digit_and_price_tier=0x20 | tier,
        **more,
    )


@pytest.fixture
def order() -> TierOrder:
    order = TierOrder()
    for event_id, (tier, cents) in enumerate(((1, 10), (2, 20), (2, 30), (4, 40)), 1):
        order.add(event_id, price(tier, cents))
    return order


@pytest.mark.parametrize(
    ("tier", "cents", "problem"),
    [
        (1, 20, ""),
        (1, 21, "price tier 1 is dearer than tier 2 (event 2)"),
        (2, 9, "price tier 1 (event 1) is dearer than tier 2"),
        (2, 40, ""),
        (3, 29, "price tier 2 (event 3) is dearer than tier 3"),
        (3, 35, ""),
        (3, 41, "price tier 3 is dearer than tier 4 (event 4)"),
        (5, 40, ""),
        (0, 1, ""),
    ],
)
def test_a_price_is_compared_with_those_of_other_tiers(
    order: TierOrder, tier: int, cents: int, problem: str
) -> None:
    assert order.problem_of(price(tier, cents)) == problem


@pytest.mark.parametrize("other", ["provider_id", "currency", "unit_of_measure"])
def test_prices_of_other_tariffs_are_not_compared(order: TierOrder, other: str) -> None:
    assert order.problem_of(price(1, 999, **{other: 3})) == ""


def test_what_was_removed_is_not_compared(order: TierOrder) -> None:
    for event_id in (2, 3, 4, 99):
        order.remove(event_id)

    assert order.problem_of(price(3, 5)) == "price tier 1 (event 1) is dearer than tier 3"
    order.remove(1)
    assert order.problem_of(price(3, 5)) == ""


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 50)), max_size=20))
def test_a_problem_is_told_exactly_where_two_prices_are_in_the_wrong_order(
    prices: list[tuple[int, int]],
) -> None:
    order = TierOrder()
    known: list[tuple[int, int]] = []

    for event_id, (tier, cents) in enumerate(prices):
        wrong = any(
            tier and other and (tier - other) * (cents - amount) < 0 for other, amount in known
        )
        assert bool(order.problem_of(price(tier, cents))) == wrong
        order.add(event_id, price(tier, cents))
        known.append((tier, cents))
