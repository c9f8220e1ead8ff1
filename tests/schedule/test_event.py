"""The times of an event."""

from msgspec.structs import replace
import pytest

from sebridge.schedule.event import ScheduledEvent

PLAIN = ScheduledEvent(event_id=1, start=100, end=200, record="r", received=50)


def test_random_delays_shift_start_and_end_by_drlc_16() -> None:
    event = replace(PLAIN, start_delay=7, end_delay=20)

    assert event.effective_start == 107
    assert event.effective_end == 227


def test_an_event_until_changed_has_no_end_by_gen_3() -> None:
    event = replace(PLAIN, end=None, end_delay=20)

    assert event.effective_end is None
    assert event.due is None
    assert event.running(10**9)


def test_an_event_that_came_late_begins_when_it_came_by_drlc_4() -> None:
    event = replace(PLAIN, received=150)

    assert event.begin == 150
    assert event.effective_start == 100
    assert event.due == 200


@pytest.mark.parametrize(("cancelled_at", "due"), [(None, 200), (150, 150), (250, 200)])
def test_an_event_is_over_at_its_end_or_its_cancellation(
    cancelled_at: int | None, due: int
) -> None:
    event = replace(PLAIN, cancelled_at=cancelled_at)

    assert event.due == due


def test_an_event_runs_from_its_start_until_before_its_end() -> None:
    moments = [99, 100, 199, 200]

    assert [PLAIN.running(moment) for moment in moments] == [False, True, True, False]
