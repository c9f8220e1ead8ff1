"""Whether a value has changed by enough: numbers, times, dates; what is only the same or not."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.zcl.changes import has_changed
from sebridge.zcl.data_types import DATA_TYPES, DATE, TIME_OF_DAY, UNKNOWN_TYPE, UTC

UINT48, INT24, SINGLE, TEXT = 0x25, 0x2A, 0x39, 0x42


def in_parts(*octets: int) -> int:
    return int.from_bytes(bytes(octets), "little")


@pytest.mark.parametrize(
    ("attribute_type", "before", "after", "change", "changed"),
    [
        (UINT48, 100, 104, 5, False),
        (UINT48, 100, 105, 5, True),
        (UINT48, 105, 100, 5, True),
        (UINT48, 100, 101, 0, True),
        (UINT48, 100, 100, 0, False),
        (UINT48, 100, None, 500, True),
        (UINT48, None, 100, 500, True),
        (UINT48, None, None, 500, False),
        (UINT48, 100, "another type", 5, True),
        (UINT48, 100, 101, None, True),  # a change that is no value
        (UINT48, 100, 101, "no number", True),
        (INT24, -2, 2, 5, False),
        (INT24, -2, 3, 5, True),
        (INT24, 1, 2, -5, False),  # the sign of a change says nothing
        (SINGLE, 1.0, 1.4, 0.5, False),
        (SINGLE, 1.0, 1.5, 0.5, True),
        (UTC, 1000, 1059, 60, False),
        (UTC, 1000, 1060, 60, True),
        (TEXT, "a", "b", 5, True),
        (TEXT, "a", "a", 5, False),
        (TIME_OF_DAY, in_parts(9, 59, 59, 0), in_parts(10, 0, 0, 0), in_parts(0, 0, 2, 0), False),
        (TIME_OF_DAY, in_parts(9, 59, 59, 0), in_parts(10, 0, 1, 0), in_parts(0, 0, 2, 0), True),
        (TIME_OF_DAY, in_parts(9, 0, 0, 0), in_parts(9, 0, 0, 0xFF), in_parts(1, 0, 0, 0), True),
        (TIME_OF_DAY, 1.5, 2.5, 1, True),  # another type than it should have
        (DATE, in_parts(126, 10, 31, 6), in_parts(126, 11, 1, 7), in_parts(0, 0, 2, 0), False),
        (DATE, in_parts(126, 12, 31, 4), in_parts(127, 1, 1, 5), in_parts(0, 0, 1, 0), True),
        (DATE, in_parts(126, 1, 31, 6), in_parts(126, 0xFF, 31, 6), in_parts(9, 0, 0, 0), True),
        (DATE, in_parts(126, 1, 31, 6), in_parts(126, 1, 31, 0xFF), in_parts(0, 0, 1, 0), False),
    ],
)
def test_the_table_of_changes(
    attribute_type: int, before: Any, after: Any, change: Any, *, changed: bool
) -> None:
    assert has_changed(attribute_type, before, after, change) is changed


PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from([[], [1], [2]]),
)


@given(st.sampled_from([*DATA_TYPES, UNKNOWN_TYPE, 0x77]), PLAIN, PLAIN, PLAIN)
def test_of_any_type_what_stays_has_not_changed_and_a_change_has_no_direction(
    attribute_type: int, before: Any, after: Any, change: Any
) -> None:
    there = has_changed(attribute_type, before, after, change)

    assert there == has_changed(attribute_type, after, before, change)
    assert not has_changed(attribute_type, before, before, change)
    if there:
        assert before != after
