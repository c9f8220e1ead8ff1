"""What holds for every event that a caller gives: identifiers, and starts that are near."""

import re

import pytest

from sebridge.base.errors import InvalidFieldError
from sebridge.gateway.events.new_events import EventIds, check_near

NOW = 849_225_600  # 2026-11-29, in seconds since 2000
DAY = 86_400


def nobody(_event_id: int) -> bool:
    return False


def test_an_identifier_is_the_time_of_issue_gen_4() -> None:
    ids = EventIds({})

    assert ids.assign(NOW, newest=0, is_taken=nobody) == NOW


def test_two_within_a_second_differ_also_over_a_restart_and_a_clock_that_went_back() -> None:
    kept: dict[str, int] = {}

    first = EventIds(kept).assign(NOW, newest=0, is_taken=nobody)
    second = EventIds(kept).assign(NOW, newest=0, is_taken=nobody)
    third = EventIds(kept).assign(NOW - 5000, newest=0, is_taken=nobody)

    assert [first, second, third] == [NOW, NOW + 1, NOW + 2]


def test_an_identifier_is_newer_than_those_that_callers_chose() -> None:
    ids = EventIds({})

    assert ids.assign(NOW, newest=NOW + 1000, is_taken=nobody) == NOW + 1001


def test_beside_the_largest_identifier_there_is_still_a_free_one() -> None:
    ids, taken = EventIds({}), {0xFFFFFFFE, NOW}

    found = ids.assign(NOW, newest=0xFFFFFFFE, is_taken=taken.__contains__)

    assert found == NOW + 1


@pytest.mark.parametrize("moment", [0, NOW - DAY, NOW, NOW + 400 * DAY, 0xFFFFFFFF])
def test_a_start_that_is_near_is_allowed_and_what_is_none_is_left_to_others(
    moment: int,
) -> None:
    check_near("start_time", moment, NOW, 400)


def test_a_start_counted_from_1970_is_refused_with_what_it_should_be() -> None:
    since_1970 = NOW + 946_684_800 + 3600

    with pytest.raises(InvalidFieldError) as refused:
        check_near("start_time", since_1970, NOW, 400)

    assert str(refused.value) == (
        f"start_time {since_1970} is 2056-11-28T01:00:00Z, more than the 400 days ahead that"
        " SE_Server.most_days_ahead allows; it looks like seconds since 1970: give seconds since"
        f" 2000-01-01 00:00:00 UTC, {NOW + 3600}, or 2026-11-29T01:00:00Z"
    )


def test_another_start_far_ahead_is_refused_with_the_epoch() -> None:
    problem = "400 days ahead that SE_Server.most_days_ahead allows; times are seconds since 2000"

    with pytest.raises(InvalidFieldError, match=re.escape(problem)):
        check_near("start_time", NOW + 400 * DAY + 1, NOW, 400)
