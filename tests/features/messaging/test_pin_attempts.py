"""Wrong PINs: how many may be given, and how long the pause is then."""

import itertools

import pytest

from sebridge.base.errors import LimitError
from sebridge.features.messaging.pin_attempts import PinAttempts, WrongPins

NOW = 1_300_000_000.0
HOUR = 3_600.0


@pytest.fixture
def attempts() -> PinAttempts:
    return PinAttempts({})


def give_wrong(attempts: PinAttempts, caller: str, times: int, now: float = NOW) -> int:
    """Give wrong PINs, each after the pause; return the seconds of the last pause."""
    left = 0
    for _ in range(times):
        now += left
        attempts.check(caller, now)
        left = attempts.wrong(caller, now).retry_after or 0
    return left


def test_some_wrong_pins_may_be_given_at_once(attempts: PinAttempts) -> None:
    assert give_wrong(attempts, "one", 2) == 0
    attempts.check("one", NOW)


def test_then_there_is_a_pause_that_grows_up_to_an_hour(attempts: PinAttempts) -> None:
    pauses = [give_wrong(attempts, "one", 1, NOW + number * 2 * HOUR) for number in range(11)]

    assert pauses == [0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_within_the_pause_nothing_is_looked_at_nor_counted(attempts: PinAttempts) -> None:
    give_wrong(attempts, "one", 3)

    with pytest.raises(LimitError, match="the next is looked at in 20 s") as refused:
        attempts.check("one", NOW + 10.5)

    assert refused.value.details() == {"retry_after": 20}
    attempts.check("one", NOW + 30)


def test_another_caller_has_tries_of_its_own(attempts: PinAttempts) -> None:
    give_wrong(attempts, "one", 3)

    attempts.check("other", NOW)


def test_callers_without_end_have_a_limit_together(attempts: PinAttempts) -> None:
    for number in range(10):
        give_wrong(attempts, f"caller {number}", 1)

    with pytest.raises(LimitError, match="in 30 s"):
        attempts.check("another", NOW)


def test_ten_thousand_pins_take_more_than_a_year() -> None:
    attempts = PinAttempts({})
    now = NOW
    for number in itertools.count():
        now += attempts.pause_left(f"caller {number}", now)
        if number == 10_000:
            break
        attempts.wrong(f"caller {number}", now)

    assert now - NOW > 365 * 24 * HOUR


def test_the_right_pin_forgets_what_its_caller_did_wrong_and_no_other(
    attempts: PinAttempts,
) -> None:
    give_wrong(attempts, "one", 2)
    give_wrong(attempts, "other", 2)

    attempts.right("one", NOW)

    assert give_wrong(attempts, "one", 2) == 0
    assert give_wrong(attempts, "other", 1) == 30
    assert attempts.notes(NOW) == ["a wrong PIN for messages was given 5 times"]


def test_a_restart_forgets_nothing() -> None:
    store: dict[str, WrongPins] = {}
    give_wrong(PinAttempts(store), "one", 3)

    with pytest.raises(LimitError):
        PinAttempts(store).check("one", NOW + 29)


def test_a_clock_that_was_set_back_makes_no_pause_longer(attempts: PinAttempts) -> None:
    give_wrong(attempts, "one", 3)

    assert attempts.pause_left("one", NOW - 10 * HOUR) == 30


def test_after_a_day_without_any_all_is_forgotten(attempts: PinAttempts) -> None:
    give_wrong(attempts, "one", 9)

    assert attempts.notes(NOW + 25 * HOUR) == []
    assert give_wrong(attempts, "one", 1, NOW + 25 * HOUR) == 0


def test_the_callers_that_are_kept_have_a_limit() -> None:
    store: dict[str, WrongPins] = {}
    attempts = PinAttempts(store)

    for number in range(1_000):
        attempts.wrong(f"caller {number}", NOW + number)

    assert len(store) == 65


def test_people_are_told(attempts: PinAttempts) -> None:
    assert attempts.notes(NOW) == []

    attempts.wrong("one", NOW)
    once = attempts.notes(NOW)
    for _ in range(10):
        attempts.wrong("one", NOW)

    assert once == ["a wrong PIN for messages was given once"]
    assert attempts.notes(NOW) == [
        "a wrong PIN for messages was given 11 times; nobody's is looked at for 60 s"
    ]
