"""Changes are values."""

import pytest

from sebridge.schedule.changes import Change, Ended, Started
from sebridge.schedule.event import ScheduledEvent

EVENT = ScheduledEvent(event_id=1, start=100, end=200, record="r", received=50)


def test_changes_are_equal_when_kind_event_and_moment_are() -> None:
    ended: Change = Ended(EVENT, 100)

    assert Started(EVENT, 100) == Started(EVENT, 100)
    assert Started(EVENT, 100) != Started(EVENT, 101)
    assert Started(EVENT, 100) != ended


def test_a_change_cannot_be_changed() -> None:
    change = Started(EVENT, 100)

    with pytest.raises(AttributeError):
        change.moment = 5  # type: ignore[misc]  # that is what is tried
