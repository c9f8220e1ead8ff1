"""What a client reports of an event, case by case (DRLC-9, the table of 4.2)."""

import pytest

from sebridge.features.load_control.participation import (
    Participation,
    status_at_end,
    status_at_start,
)
from sebridge.features.load_control.records import EventStatus


def live(before: list[bool], during: list[bool]) -> tuple[EventStatus, EventStatus]:
    """Return the statuses at start and end, after these choices (True = out)."""
    choice = Participation()
    for out in before:
        choice = choice.chosen(out=out)
    start, choice = status_at_start(choice), choice.started()
    for out in during:
        choice = choice.chosen(out=out)
    return start, status_at_end(choice)


@pytest.mark.parametrize(
    ("before", "during", "start", "end"),
    [
        ([], [], EventStatus.STARTED, EventStatus.COMPLETED),
        ([True], [], EventStatus.OPTED_OUT, EventStatus.COMPLETED_NO_PARTICIPATION),
        ([True, False], [], EventStatus.STARTED, EventStatus.COMPLETED),
        ([True], [True], EventStatus.OPTED_OUT, EventStatus.COMPLETED_NO_PARTICIPATION),
        ([], [True], EventStatus.STARTED, EventStatus.PARTIALLY_COMPLETED_WITH_OPT_OUT),
        ([], [True, False], EventStatus.STARTED, EventStatus.PARTIALLY_COMPLETED_WITH_OPT_IN),
        ([True], [False], EventStatus.OPTED_OUT, EventStatus.PARTIALLY_COMPLETED_WITH_OPT_IN),
        (
            [True],
            [False, True],
            EventStatus.OPTED_OUT,
            EventStatus.PARTIALLY_COMPLETED_WITH_OPT_OUT,
        ),
        ([], [False], EventStatus.STARTED, EventStatus.COMPLETED),
    ],
)
def test_choices_decide_what_is_reported_drlc_9(
    before: list[bool], during: list[bool], start: EventStatus, end: EventStatus
) -> None:
    assert live(before, during) == (start, end)
