"""How records are made, copied, and named."""

from dataclasses import dataclass
from typing import Any

import pytest

from sebridge.features.messaging import records as message_records
from sebridge.features.messaging.records import CancelledMessageRecord
from sebridge.features.price.records import PublishPriceRecord
from sebridge.model.data_types import Int8, Text, Uint8, Uint16
from sebridge.model.record import Record, record_name, records_of
from sebridge.network.descriptors import Power_Desc_rsp


class Greeting(Record):
    """A record whose last fields may be left off."""

    number: Uint16
    words: Text = "hello"
    tone: Int8 = -1
    colour: Uint8 | None = 7
    loudness: Uint8 | None = None


@dataclass(frozen=True)
class SizeRecord:
    """A dataclass that callers know as a record."""

    size: int


def test_a_record_with_a_missing_field_cannot_be_made() -> None:
    given: dict[str, Any] = {"words": "x"}

    with pytest.raises(TypeError, match="number"):
        Greeting(**given)


def test_fields_are_given_by_name_only() -> None:
    values: list[Any] = [1, "x"]

    with pytest.raises(TypeError):
        Greeting(*values)  # type: ignore[call-arg]  # that is the mistake


def test_a_record_cannot_be_changed() -> None:
    record: Any = Greeting(number=1)

    with pytest.raises(AttributeError):
        record.number = 2


def test_what_the_peer_left_off_can_be_filled_with_defaults() -> None:
    record = Greeting.deserialize(bytes.fromhex("0100 00 ff"))

    filled = record.with_defaults()

    assert filled == Greeting(number=1, words="")
    assert (record.colour, filled.colour, filled.loudness) == (None, 7, None)


def test_a_copy_may_differ_in_some_fields() -> None:
    record = Greeting(number=1)

    copy = record.replace(number=2, words="bye")

    assert (copy.number, copy.words, copy.tone) == (2, "bye", -1)
    assert record.number == 1


def test_a_copy_has_no_other_fields() -> None:
    with pytest.raises(TypeError, match="volume"):
        Greeting(number=1).replace(volume=5)


def test_equal_records_are_one_in_a_set() -> None:
    assert len({Greeting(number=1), Greeting(number=1), Greeting(number=2)}) == 2


def test_a_record_may_refine_another() -> None:
    class LoudGreeting(Greeting):
        echo: Uint8

    loud = LoudGreeting(number=1, echo=3)

    assert loud.words == "hello"
    assert loud != Greeting(number=1)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (PublishPriceRecord, "PublishPriceRecord"),
        (CancelledMessageRecord, "DisplayMessageRecord"),
        (Greeting, "Greeting"),
        (SizeRecord, "SizeRecord"),
        (Power_Desc_rsp, "Power_Desc_rsp"),
        (int, None),
    ],
)
def test_records_have_the_names_of_the_reference(kind: type, name: str | None) -> None:
    assert record_name(kind) == name


def test_a_module_has_the_records_that_it_declares_under_their_own_names() -> None:
    names = [kind.__name__ for kind in records_of(message_records)]

    assert "CancelMessageRecord" in names
    assert "CancelledMessageRecord" not in names  # callers know it by the name of what it refines
    assert "Record" not in names
