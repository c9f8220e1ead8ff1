"""What a client reports of an event, case by case (DRLC-9, the table of 4.2)."""

import pytest

from sebridge.features.load_control.participation import (
    MOST_PLACES,
    EventParticipation,
    Participation,
    placed,
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


def known(*identifiers: int) -> list[EventParticipation]:
    return [
        EventParticipation(
            issuer_event_id=identifier,
            participates=True,
            mandatory=False,
            start=0,
            end=None,
            criticality_level=1,
        )
        for identifier in identifiers
    ]


@pytest.mark.parametrize(
    ("before", "events", "places"),
    [
        ({}, [], {}),
        ({}, [7, 5], {7: 1, 5: 2}),
        ({7: 1, 5: 2}, [5], {5: 2}),
        ({5: 2}, [5, 9, 8], {5: 2, 9: 1, 8: 3}),
        ({}, [7, 7, 5], {7: 1, 5: 2}),
        ({7: 1, 5: 2}, [], {}),
    ],
)
def test_an_event_keeps_its_place_and_a_new_one_takes_the_lowest_that_is_free(
    before: dict[int, int], events: list[int], places: dict[int, int]
) -> None:
    assert placed(before, known(*events)) == places


def test_who_comes_when_all_places_are_taken_waits_for_one() -> None:
    full = placed({}, known(*range(MOST_PLACES + 1)))
    later = placed(full, known(*range(3, MOST_PLACES + 1)))

    assert sorted(full.values()) == list(range(1, MOST_PLACES + 1))
    assert MOST_PLACES not in full
    assert later[MOST_PLACES] == 1
