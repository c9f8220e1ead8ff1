"""Registers that show less than before."""

from hypothesis import given, strategies as st
import pytest

from sebridge.features.metering.register_fall import Fall, fall_of

REGISTER = st.integers(0, 0xFFFFFFFFFFFE)
EIGHT_DIGITS = 0x2B  # 5 left, 3 right


@given(REGISTER, REGISTER, st.none() | st.integers(0, 255), st.booleans())
def test_only_what_shows_less_fell(
    before: int,
    after: int,
    formatting: int | None,
    bcd: bool,  # noqa: FBT001  # hypothesis's
) -> None:
    assert (fall_of(before, after, formatting, bcd=bcd) is None) == (after >= before)


@pytest.mark.parametrize(
    ("before", "after", "formatting", "fall"),
    [
        (99_999_990, 5, EIGHT_DIGITS, Fall.ROLLED_OVER),
        (99_999_990, 5, None, Fall.UNEXPLAINED),
        (50_000_000, 5, EIGHT_DIGITS, Fall.UNEXPLAINED),
        (99_999_990, 50_000_000, EIGHT_DIGITS, Fall.UNEXPLAINED),
        (0xFFFFFFFFFFF0, 7, None, Fall.ROLLED_OVER),
        (0xFFFFFFFFFFF0, 7, EIGHT_DIGITS, Fall.ROLLED_OVER),
        (1000, 999, None, Fall.UNEXPLAINED),
    ],
)
def test_it_rolled_over_from_the_end_of_its_width_to_its_beginning(
    before: int, after: int, formatting: int | None, fall: Fall
) -> None:
    assert fall_of(before, after, formatting) == fall


def test_a_register_in_bcd_rolls_over_by_its_digits() -> None:
    assert fall_of(0x99999990, 0x5, EIGHT_DIGITS, bcd=True) is Fall.ROLLED_OVER
    assert fall_of(0x999999999990, 0x5, None, bcd=True) is Fall.ROLLED_OVER
    assert fall_of(0xABC, 0x5, None, bcd=True) is Fall.UNEXPLAINED
