"""A collection is a dict which says what is to be written."""

from collections.abc import Hashable
import logging
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.features.price.records import PublishPriceRecord
from sebridge.model.row_codec import RowCodec
from sebridge.storage.collection import Collection


class Notes:
    """The database's side: who said what."""

    def __init__(self) -> None:
        self.changes: list[tuple[str, Hashable, bool]] = []

    def changed(self, collection: str, key: Hashable, *, was_there: bool, is_there: bool) -> None:
        assert was_there or is_there
        self.changes.append((collection, key, was_there))


@pytest.fixture
def notes() -> Notes:
    return Notes()


def made(notes: Notes, key: Any = str, value: Any = Any) -> Collection[Any, Any]:
    return Collection("things", RowCodec(key), RowCodec(value), notes)


def test_it_is_a_mapping(notes: Notes) -> None:
    things = made(notes)
    things["a"] = 1
    things["b"] = 2
    del things["a"]

    assert dict(things) == {"b": 2}
    assert len(things) == 1
    assert "b" in things
    assert "a" not in things
    assert things.get("a") is None
    assert repr(things) == "<Collection things of 1>"


def test_each_change_is_noted_once(notes: Notes) -> None:
    things = made(notes)
    things["a"] = 1
    things["a"] = 2
    del things["a"]

    assert notes.changes == [("things", "a", False), ("things", "a", True), ("things", "a", True)]
    with pytest.raises(KeyError):
        del things["a"]
    assert len(notes.changes) == 3


def test_an_equal_value_is_no_change(notes: Notes) -> None:
    things = made(notes)
    things["a"] = "text"
    things["b"] = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=1, price=1)
    notes.changes.clear()

    things["a"] = "text"
    things["a"] = str(b"text", "ascii")  # equal, and another object
    things["b"] = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=1, price=1)

    assert notes.changes == []


def test_true_and_one_are_not_the_same(notes: Notes) -> None:
    things = made(notes)
    for value in (1, True, 1.0):
        things["a"] = value

    assert len(notes.changes) == 3
    assert things["a"] is not True


def test_a_list_that_was_changed_in_place_is_written_when_it_is_set_again(notes: Notes) -> None:
    things = made(notes, value=list[int])
    numbers = [1]
    things["a"] = numbers

    numbers.append(2)
    things["a"] = numbers

    assert len(notes.changes) == 2


def test_a_row_is_text_or_nothing(notes: Notes) -> None:
    things = made(notes, key=Eui64)
    things[Eui64.parse("00:0d:6f:00:0a:00:00:01")] = [1]

    assert things.row(Eui64.parse("00:0d:6f:00:0a:00:00:01")) == (
        '"00:0d:6f:00:0a:00:00:01"',
        "[1]",
    )
    assert things.row(Eui64.parse("00:0d:6f:00:0a:00:00:02"))[1] is None


def test_rows_that_cannot_be_read_are_skipped_counted_and_not_deleted(
    notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    things = made(notes, key=int, value=dict[str, int])

    with caplog.at_level(logging.WARNING):
        things.load(
            [
                ("1", '{"a":1}'),
                ("2", '{"a":"0badc0de"}'),
                ("3", "{"),
                ('"x"', "{}"),
                ('"4"', "{}"),
                ("5", "{}"),
            ]
        )

    assert dict(things) == {1: {"a": 1}, 5: {}}
    assert things.unreadable == 4
    assert notes.changes == []
    assert len(caplog.messages) == 4
    assert caplog.messages[0] == (
        "things: the row with key 2 is skipped and kept: not readable by this version (a)"
    )
