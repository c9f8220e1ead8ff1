"""How often somebody may do something."""

from hypothesis import given, strategies as st
import pytest

from sebridge.transports.web.auth import RateLimit


def test_all_permits_may_be_taken_at_once() -> None:
    rate = RateLimit(3)

    assert [rate.take("a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 20.0]


def test_permits_come_back_steadily() -> None:
    rate = RateLimit(6)
    for _ in range(6):
        rate.take("a", 100.0)

    assert rate.take("a", 104.0) == pytest.approx(6.0)
    assert rate.take("a", 110.0) == 0.0
    assert rate.take("a", 110.0) == pytest.approx(10.0)


def test_there_are_never_more_permits_than_those_of_a_minute() -> None:
    rate = RateLimit(2)
    rate.take("a", 0.0)

    assert [rate.take("a", 1e6) for _ in range(3)] == [0.0, 0.0, 30.0]


def test_one_does_not_pay_for_another() -> None:
    rate = RateLimit(1)
    rate.take("a", 0.0)

    assert rate.take("b", 0.0) == 0.0
    assert rate.take("a", 0.0) == 60.0


def test_keys_do_not_pile_up() -> None:
    rate = RateLimit(1, most_keys=2)
    for key in ("a", "b", "a", "c"):
        rate.take(key, 0.0)

    # b was not heard of for longest, so it is new again
    assert rate.take("a", 0.0) == 60.0
    assert rate.take("b", 0.0) == 0.0


@given(
    per_minute=st.integers(1, 1000),
    pauses=st.lists(st.floats(0, 30), max_size=200),
)
def test_no_span_of_time_holds_more_than_its_share(per_minute: int, pauses: list[float]) -> None:
    rate, now, granted = RateLimit(per_minute), 0.0, 0

    for pause in pauses:
        now += pause
        granted += rate.take("a", now) == 0.0

    assert granted <= per_minute + now * per_minute / 60 + 1e-6


@given(per_minute=st.integers(1, 1000), waited=st.floats(0, 100))
def test_whoever_waits_as_long_as_told_is_let_in(per_minute: int, waited: float) -> None:
    rate = RateLimit(per_minute)
    for _ in range(per_minute):
        rate.take("a", 0.0)

    wait = rate.take("a", waited)

    assert wait == 0.0 or rate.take("a", waited + wait + 1e-6) == 0.0
