"""What is kept of a VTN."""

from typing import Any

import pytest
from typing_extensions import override

from sebridge.features.openadr.book import MOST_UNCLEAR, GridBook, KeptEvent
from sebridge.features.openadr.documents import GridProgram

NOW = 800_000_000


class Draws:
    """Chance that tells how often it was asked."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> float:
        self.count += 1
        return 0.5


class Written(dict[str, Any]):
    """What counts how often it was written."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @override
    def __setitem__(self, key: str, value: Any) -> None:
        self.count += 1
        super().__setitem__(key, value)


class Book:
    def __init__(self, *chosen: str) -> None:
        self.draws = Draws()
        self.programs: dict[str, GridProgram] = {}
        self.events: Written = Written()
        self.book = GridBook(frozenset(chosen), self.programs, self.events, self.draws)


@pytest.fixture
def kept() -> Book:
    found = Book()
    found.book.take_programs([program("p1"), program("p2")])
    return found


def program(program_id: str) -> dict[str, Any]:
    return {"id": program_id, "programName": f"name of {program_id}"}


def event(event_id: str, program_id: str = "p1", level: float = 1) -> dict[str, Any]:
    return {
        "id": event_id,
        "programID": program_id,
        "intervalPeriod": {"start": "0001-01-01T00:00:00Z", "duration": "PT1H"},
        "intervals": [{"id": 0, "payloads": [{"type": "SIMPLE", "values": [level]}]}],
    }


def test_an_event_that_is_as_it_was_is_neither_drawn_nor_written_again(kept: Book) -> None:
    kept.book.take_events([event("e1")], NOW)
    kept.book.take_events([event("e1")], NOW + 60)

    assert (kept.draws.count, kept.events.count) == (1, 1)
    assert kept.events["e1"].seen == NOW


def test_a_changed_event_keeps_when_it_was_seen_first(kept: Book) -> None:
    kept.book.take_events([event("e1")], NOW)
    kept.book.take_events([event("e1", level=2)], NOW + 60)

    (found,) = kept.book.events
    assert (found.spans[0].start, found.spans[0].value) == (NOW, 2)


def test_what_the_vtn_does_not_have_any_more_is_gone(kept: Book) -> None:
    kept.book.take_events([event("e1"), event("e2", "p2")], NOW)

    kept.book.take_programs([program("p2")])
    kept.book.take_events([event("e1"), event("e2", "p2")], NOW)

    assert [one.event_id for one in kept.book.events] == ["e2"]
    assert [one.program_id for one in kept.book.programs] == ["p2"]


@pytest.mark.parametrize("chosen", ["p2", "name of p2"])
def test_programs_are_chosen_by_name_or_id(chosen: str) -> None:
    kept = Book(chosen)

    kept.book.take_programs([program("p1"), program("p2")])

    assert list(kept.programs) == ["p2"]


def test_what_cannot_be_read_stays_as_it_was_and_is_told(kept: Book) -> None:
    kept.book.take_events([event("e1")], NOW)
    before: KeptEvent = kept.events["e1"]

    kept.book.take_programs([{"id": "p1"}, 7])
    kept.book.take_events([event("e1") | {"priority": "high"}, {"id": "e2"}, []], NOW)

    assert list(kept.programs) == ["p1"]
    assert dict(kept.events) == {"e1": before}
    assert [words.partition(":")[0] for words in kept.book.unclear] == [
        "program p1",
        "program without an id",
        "event e1",
        "event e2",
        "event without an id",
    ]


def test_an_event_of_a_program_that_is_no_text_is_told(kept: Book) -> None:
    kept.book.take_events([event("e1") | {"programID": 7}], NOW)

    assert kept.book.events == ()
    assert len(kept.book.unclear) == 1


def test_so_many_problems_are_told_and_no_more(kept: Book) -> None:
    kept.book.take_programs([{"id": f"p{place}"} for place in range(MOST_UNCLEAR + 1)])
    kept.book.take_events([{"id": f"e{place}"} for place in range(MOST_UNCLEAR + 1)], NOW)

    assert len(kept.book.unclear) == MOST_UNCLEAR
