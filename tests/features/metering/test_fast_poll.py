"""The fast poll mode of a meter."""

from hypothesis import given, strategies as st

from sebridge.features.metering.fast_poll import FastPoll

NOW = 363_096_000
OCTET = st.integers(0, 255)


@given(OCTET, OCTET)
def test_no_mode_is_faster_or_longer_than_allowed(period: int, minutes: int) -> None:
    applied, end = FastPoll().request(period, minutes, NOW)

    assert applied >= 5
    assert NOW <= end <= NOW + 15 * 60


def test_the_mode_ends_by_itself() -> None:
    mode = FastPoll()

    assert mode.request(7, 2, NOW) == (7, NOW + 120)

    assert [mode.period(NOW + second) for second in (0, 119, 120)] == [7, 7, 30]


def test_a_request_meanwhile_changes_nothing_and_one_afterwards_begins_anew() -> None:
    mode = FastPoll()
    first = mode.request(7, 2, NOW)

    assert mode.request(5, 15, NOW + 119) == first
    assert mode.request(5, 15, NOW + 120) == (5, NOW + 120 + 900)
