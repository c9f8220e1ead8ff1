"""What was counted in an outage is laid where the load profile says that it was."""

import pytest

from sebridge.features.metering.history_gaps import Grown, laid

GAP = Grown(1000.0, 5000.0, 10.0)


def total(parts: list[Grown]) -> float:
    return sum(part.amount for part in parts)


def test_what_the_profile_does_not_tell_is_laid_over_the_rest() -> None:
    profile = [Grown(3000.0, 4000.0, 6.0), Grown(2000.0, 3000.0, 1.0), Grown(0.0, 1500.0, 99.0)]

    parts = laid(GAP, profile)

    assert parts == [
        Grown(1000.0, 2000.0, 1.5),
        Grown(2000.0, 3000.0, 1.0),
        Grown(3000.0, 4000.0, 6.0),
        Grown(4000.0, 5000.0, 1.5),
    ]


def test_an_interval_that_is_told_twice_counts_once() -> None:
    profile = [Grown(2000.0, 3000.0, 1.0)] * 2

    parts = laid(GAP, profile)

    assert parts is not None
    assert total(parts) == pytest.approx(10.0)
    assert sum(part.end - part.begin for part in parts) == 4000.0


@pytest.mark.parametrize("amount", [9.8, 10.2])
def test_a_profile_of_the_whole_time_is_made_to_fit_the_register(amount: float) -> None:
    profile = [Grown(1000.0, 3000.0, 1.0), Grown(3000.0, 5000.0, amount - 1.0)]

    parts = laid(GAP, profile)

    assert parts is not None
    assert [(part.begin, part.end) for part in parts] == [(1000.0, 3000.0), (3000.0, 5000.0)]
    assert total(parts) == pytest.approx(10.0)


def test_a_profile_that_says_a_little_more_is_cut_down() -> None:
    parts = laid(GAP, [Grown(2000.0, 3000.0, 10.3)])

    assert parts is not None
    assert parts[1] == Grown(2000.0, 3000.0, 10.0)
    assert total(parts) == pytest.approx(10.0)


def test_a_profile_of_nothing_over_the_whole_time_is_not_believed() -> None:
    assert laid(GAP, [Grown(1000.0, 5000.0, 0.0)]) is None


@pytest.mark.parametrize("profile", [[], [Grown(0.0, 900.0, 1.0)], [Grown(2000.0, 3000.0, 12.0)]])
def test_a_profile_that_tells_nothing_or_too_much_changes_nothing(profile: list[Grown]) -> None:
    assert laid(GAP, profile) is None
