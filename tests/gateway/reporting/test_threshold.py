"""When to report: minimum, maximum, change."""

from typing import Any

from hypothesis import given, strategies as st
from msgspec.structs import replace
import pytest

from sebridge.gateway.reporting.threshold import Threshold
from sebridge.zcl.data_types import DATA_TYPES, is_analog
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord


def threshold(shortest: int, longest: int, change: Any = 0) -> Threshold:
    record = AttributeReportingConfigurationRecord(0, 0, 0x25, shortest, longest, change)
    return Threshold(record)


@pytest.mark.parametrize(
    ("shortest", "longest", "change", "elapsed", "value", "due"),
    [
        (10, 300, 5, 9, 999, False),  # not even a large change before the minimum
        (10, 300, 5, 10, 105, True),
        (10, 300, 5, 10, 104, False),
        (10, 300, 5, 10, 95, True),
        (10, 300, 5, 300, 100, True),
        (10, 300, 5, 299, 100, False),
        (10, 300, 0, 10, 101, True),  # any change
        (10, 300, 0, 10, 100, False),
        (10, 0, 5, 99_999, 100, False),  # no periodic reports
        (10, 0, 5, 10, 105, True),
        (0, 0xFFFF, 1, 99_999, 999, False),  # switched off
        (0, 300, 0.5, 1, 100.5, True),
        (0, 300, 0, 1, "text", True),
    ],
)
def test_the_table_of_intervals_and_changes(
    shortest: int, longest: int, change: Any, elapsed: float, value: Any, *, due: bool
) -> None:
    reported = threshold(shortest, longest, change)
    reported.reported(100, 1000.0)

    assert reported.due(value, 1000.0 + elapsed) == due


def test_the_first_value_is_reported_at_once_unless_switched_off() -> None:
    assert threshold(10, 300).due(5, 0.0)
    assert not threshold(10, 0xFFFF).due(5, 0.0)
    assert threshold(10, 0xFFFF).stopped


@given(
    st.sampled_from(sorted(DATA_TYPES)),
    st.integers(0, 30),
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(1, 7), st.integers(0, 40)), max_size=60),
)
def test_reports_of_any_type_are_never_too_close_nor_too_far_apart(
    attribute_type: int, shortest: int, more: int, steps: list[tuple[int, int]]
) -> None:
    """Nor is one left out that has come by the change, or made without one."""
    record = AttributeReportingConfigurationRecord(0, 0, attribute_type, shortest, shortest + more)
    reported = Threshold(replace(record, reportable_change=4))
    now, last, moments = 0.0, 0, [0.0]
    reported.reported(last, now)

    for pause, value in steps:
        now += pause
        since = now - moments[-1]
        is_due = reported.due(value, now)
        changed = abs(value - last) >= 4 if is_analog(attribute_type) else value != last
        if is_due:
            reported.reported(value, now)
            moments.append(now)
            last = value
        assert is_due == (since >= shortest + more or (since >= shortest and changed))
        assert not (is_due and since < shortest)

    assert now - moments[-1] < shortest + more


@pytest.mark.parametrize("change", [0, 1, 5.0])
def test_a_value_that_comes_or_goes_is_a_change(change: Any) -> None:
    number, nothing = threshold(0, 0, change), threshold(0, 0, change)
    number.reported(7, 0.0)
    nothing.reported(None, 0.0)

    assert number.due(None, 1.0)
    assert nothing.due(7, 1.0)
    assert not nothing.due(None, 1.0)
