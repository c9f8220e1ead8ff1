"""A register that shows less than before: it came round, or it is held back until it counts on."""

from hypothesis import given, strategies as st
import pytest

from sebridge.features.metering.registers import (
    Register,
    RegisterDecrease,
    RegisterState,
    rolled_over,
)
from sebridge.features.metering.scale import Number

UINT24, UINT32, UINT48, SINGLE = 0x22, 0x23, 0x25, 0x39
EIGHT_DIGITS = 0x2B  # 5 left, 3 right
NOT_TOLD = 0xFF

ROLLED_OVER, HELD_BACK, COUNTS_ON = RegisterDecrease


class Told:
    """A register, and the values that it is told: each a second after the one before."""

    def __init__(self, kept: RegisterState | None = None, attribute_type: int = UINT48) -> None:
        self.register = Register(0x0000, kept)
        self.attribute_type = attribute_type
        self.time = 100.0

    def hear(self, raw: Number) -> RegisterDecrease | None:
        self.time += 1
        self.register.hear(raw, self.time, self.attribute_type, is_value=True)
        return self.register.judge(None, bcd=False)

    def shows(self, *raws: Number) -> list[Number | None]:
        shown = []
        for raw in raws:
            self.hear(raw)
            shown.append(self.register.shown)
        return shown


def test_a_zero_between_two_readings_is_never_shown() -> None:
    told = Told()

    shown = told.shows(47_113, 0, 47_114, 0, 47_115, 0, 0, 0, 47_116)

    assert shown == [47_113, 47_113, 47_114, 47_114, 47_115, 47_115, 47_115, 47_115, 47_116]


def test_a_register_that_counts_on_from_a_low_value_is_another_meters() -> None:
    told = Told()

    verdicts = [told.hear(raw) for raw in (47_113, 15, 15, 15, 16, 17)]

    assert verdicts == [None, HELD_BACK, HELD_BACK, HELD_BACK, COUNTS_ON, None]
    assert told.register.shown == 17


def test_a_second_meter_may_be_swapped_as_the_first_was() -> None:
    told = Told()

    shown = told.shows(47_113, 15, 16, 900, 3, 4)

    assert shown == [47_113, 47_113, 16, 900, 900, 4]


def test_what_falls_further_does_not_count_on() -> None:
    told = Told()

    verdicts = [told.hear(raw) for raw in (5000, 4000, 3000, 3000, 3500)]

    assert verdicts == [None, HELD_BACK, HELD_BACK, HELD_BACK, COUNTS_ON]


def test_two_values_of_the_same_moment_do_not_confirm_each_other() -> None:
    told = Told()
    told.hear(47_113)
    told.hear(0)
    told.time -= 1

    assert told.hear(5) is HELD_BACK


def test_what_was_held_back_is_so_after_a_restart_and_nothing_old_is_shown() -> None:
    first = Told()
    first.shows(47_113, 15)

    again = Told(kept=first.register.state)
    again.time = first.time
    shown = again.shows(15, 16)

    assert shown == [None, 16]


def test_a_register_that_was_never_heard_of_keeps_nothing() -> None:
    assert Register(0x0000).state is None
    assert not Register(0x0000).is_heard


def test_no_value_is_not_less() -> None:
    told = Told()
    told.hear(47_113)
    told.register.hear(0xFFFFFFFFFFFF, 200.0, UINT48, is_value=False)

    verdict = told.register.judge(None, bcd=False)

    assert (verdict, told.register.shown) == (None, None)
    assert told.hear(47_114) is None


REGISTER = st.integers(0, 0xFFFFFFFFFFFE)


@given(st.lists(REGISTER, min_size=1, max_size=20))
def test_what_is_shown_only_falls_by_coming_round_or_to_another_meter(raws: list[int]) -> None:
    told = Told()
    shown: Number | None = None

    for raw in raws:
        before, verdict = shown, told.hear(raw)
        shown = told.register.shown
        assert shown is not None
        if verdict not in {ROLLED_OVER, COUNTS_ON}:
            assert before is None or shown >= before


@pytest.mark.parametrize(
    ("before", "after", "attribute_type", "formatting", "is_round"),
    [
        (99_999_990, 5, UINT48, EIGHT_DIGITS, True),
        (99_999_990, 5, UINT48, None, False),
        (99_999_990, 5, UINT48, NOT_TOLD, False),
        (50_000_000, 5, UINT48, EIGHT_DIGITS, False),
        (99_999_990, 50_000_000, UINT48, EIGHT_DIGITS, False),
        (0xFFFFFFFFFFF0, 7, UINT48, None, True),
        (0xFFFFFFFFFFF0, 7, UINT48, EIGHT_DIGITS, True),
        (0xFFFFFFF0, 7, UINT32, None, True),
        (0xFFFFF0, 7, UINT24, None, True),
        (0xFFFFFFF0, 7, UINT48, None, False),
        (1000, 999, UINT48, None, False),
        (99_999.9, 0.1, SINGLE, 0x28, True),
        (99_999.9, 0.1, SINGLE, None, False),
    ],
)
def test_it_rolled_over_from_the_end_of_its_width_to_its_beginning(
    before: float, after: float, attribute_type: int, formatting: int | None, *, is_round: bool
) -> None:
    assert rolled_over(before, after, attribute_type, formatting, bcd=False) == is_round


def test_a_register_in_bcd_rolls_over_by_its_digits() -> None:
    assert rolled_over(0x99999990, 0x5, UINT48, EIGHT_DIGITS, bcd=True)
    assert rolled_over(0x999999999990, 0x5, UINT48, None, bcd=True)
    assert rolled_over(0x99999990, 0x5, UINT32, None, bcd=True)
    assert not rolled_over(0xABC, 0x5, UINT48, None, bcd=True)
