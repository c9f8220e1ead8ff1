"""Gaps in statistics, and what a load profile makes of them."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import RequestError
from sebridge.homeassistant.backfill import (
    HOUR,
    Filling,
    Gap,
    Row,
    Used,
    filling,
    gaps,
    usage_by_hour,
)

H = [hour * HOUR for hour in range(500_000, 500_040)]
QUARTER = HOUR // 4


def rows(**known: float) -> dict[int, Row]:
    """Return rows whose sums are 100 less than their states; `h0` is the first hour."""
    return {H[int(name[1:])]: Row(state, state - 100.0) for name, state in known.items()}


def used(*hours: int) -> dict[int, float]:
    """Return a usage of 1 in each of these hours."""
    return {H[hour]: 1.0 for hour in hours}


def quarters(start: int, *values: float | None) -> list[Used]:
    return [
        Used(start + n * QUARTER, start + (n + 1) * QUARTER, value)
        for n, value in enumerate(values)
    ]


def test_gaps_are_between_rows_and_until_what_home_assistant_has_not_written_yet() -> None:
    known = rows(h0=1, h1=1, h4=1, h5=1)

    assert gaps(known, H[6] + 700) == [Gap(H[2], H[3])]
    assert gaps(known, H[9] + 500) == [Gap(H[2], H[3]), Gap(H[6], H[7])]
    assert gaps(known, H[9] + 600) == [Gap(H[2], H[3]), Gap(H[6], H[8])]
    assert gaps({}, H[9]) == []


def test_an_hour_is_known_when_intervals_fill_it() -> None:
    intervals = [
        *quarters(H[0], 0.1, 0.2, 0.3, 0.4),
        *quarters(H[1], 0.1, None, 0.3, 0.4),
        *quarters(H[2], 0.1, 0.2),
        *quarters(H[0], 0.1, 0.2, 0.3, 0.4),
        Used(H[3], H[4], 5.0),
    ]

    assert usage_by_hour(intervals) == {H[0]: 1.0, H[3]: 5.0}


@pytest.mark.parametrize(
    ("start", "end"), [(H[0], H[24]), (H[0] + 420, H[1] + 420), (H[0] + 3000, H[1] + 300)]
)
def test_intervals_that_cross_full_hours_are_refused(start: int, end: int) -> None:
    with pytest.raises(RequestError, match="do not fit into hours"):
        usage_by_hour([Used(start, end, 1.0)])


def test_a_day_of_25_hours_has_25_of_them() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begin, end = (int(datetime(2026, 10, day, tzinfo=berlin).timestamp()) for day in (25, 26))
    intervals = [Used(t, t + QUARTER, 0.25) for t in range(begin, end, QUARTER)]

    found = usage_by_hour(intervals)

    assert len(found) == 25
    assert set(found.values()) == {1.0}


def test_the_hour_in_which_it_ended_is_made_whole_and_the_rest_goes_on_from_there() -> None:
    known = rows(h0=110, h1=110.2, h5=115)

    filled = filling(known, used(1, 2, 3, 4, 5), Gap(H[2], H[4]), 116)

    assert filled == Filling(rows(h1=111, h2=112, h3=113, h4=114), [])


def test_what_is_no_longer_kept_is_left_out_and_the_rest_counted_back() -> None:
    known = rows(h0=110, h1=111, h6=117)

    filled = filling(known, used(4, 5, 6), Gap(H[2], H[5]), 118)

    assert filled == Filling(rows(h4=115, h5=116), [H[2], H[3]])


def test_from_both_ends_where_the_middle_is_not_known() -> None:
    known = rows(h0=110, h5=118)

    filled = filling(known, used(1, 4, 5), Gap(H[1], H[4]), 118)

    assert filled == Filling(rows(h1=111, h4=117), [H[2], H[3]])


def test_without_an_hour_behind_it_goes_forward_alone() -> None:
    filled = filling(rows(h0=110), used(1, 3), Gap(H[1], H[3]), 120)

    assert filled == Filling(rows(h1=111), [H[2], H[3]])


def test_with_nothing_known_nothing_is_written() -> None:
    filled = filling(rows(h0=110, h3=114), {}, Gap(H[1], H[2]), 120)

    assert filled == Filling({}, [H[1], H[2]])


@pytest.mark.parametrize(("after", "register"), [(111.0, 120.0), (113.0, 111.5)])
def test_more_than_the_register_grew_is_refused(after: float, register: float) -> None:
    known = rows(h0=110, h3=after)

    with pytest.raises(RequestError, match="more than its register grew"):
        filling(known, used(1, 2), Gap(H[1], H[2]), register)


@given(
    st.lists(st.integers(0, 9000), min_size=6, max_size=20),
    st.data(),
)
def test_the_growth_over_all_is_the_meters_and_twice_changes_nothing(
    watt_hours: list[int], data: st.DataObject
) -> None:
    count = len(watt_hours)
    whole, state = {}, 4711.0
    for hour, wh in zip(H, watt_hours, strict=False):
        state = round(state + wh / 1000, 3)
        whole[hour] = Row(state, round(state - 4711.0, 3))
    first = data.draw(st.integers(2, count - 3))
    last = data.draw(st.integers(first, count - 3))
    known = {hour: row for n, (hour, row) in enumerate(whole.items()) if not first <= n <= last}
    oldest = data.draw(st.integers(0, count - 1))
    usage = {H[n]: wh / 1000 for n, wh in enumerate(watt_hours) if n >= oldest}

    filled = filling(known, usage, Gap(H[first], H[last]), state)
    after = {**known, **filled.rows}
    again = [
        one for gap in gaps(after, H[count] + 600) for one in filling(after, usage, gap, state).rows
    ]

    assert again == []
    assert set(filled.rows) | set(filled.unknown) >= set(H[first : last + 1])
    for hour, row in after.items():
        assert row.is_same(whole[hour])
    assert all(b.sum >= a.sum for a, b in pairwise(after[hour] for hour in sorted(after)))
