"""Records as plain fields and back."""

from typing import Annotated, Any, ClassVar

import pytest

from sebridge.base.errors import ParameterError
from sebridge.model.data_types import CountedBy, Enum8, OctetString, Text, Uint8, Uint16
from sebridge.model.plain import to_plain
from sebridge.model.record import Record
from sebridge.zcl.record_fields import record_of


class Item(Record):
    """One part of a list."""

    number: Uint16
    name: Text


class Parcel(Record):
    """A record with every kind of field."""

    OTHER_NAMES: ClassVar = {"colour": "color"}

    color: Enum8
    number_of_items: Uint8 = 2
    items: Annotated[tuple[Item, ...], CountedBy("number_of_items")]
    code: OctetString
    flag: Uint8 | None = None


FIELDS: dict[str, Any] = {
    "color": 1,
    "number_of_items": 2,
    "items": [{"number": 1, "name": "one"}, {"number": 2, "name": "two"}],
    "code": "c0ffee",
}
OCTETS = bytes.fromhex("01 02 0100 036f6e65 0200 0374776f 03c0ffee")


def test_a_record_is_shown_as_plain_fields_without_those_left_off() -> None:
    record = Parcel.deserialize(OCTETS)

    assert to_plain(record) == FIELDS


def test_plain_fields_become_the_record() -> None:
    record = record_of(Parcel, FIELDS, "fields")

    assert record.serialize() == OCTETS


def test_defaults_other_names_and_flags_are_understood() -> None:
    fields = {"colour": 7, "items": FIELDS["items"], "code": "", "flag": True}

    record = record_of(Parcel, fields, "fields")

    assert to_plain(record)["color"] == 7
    assert record.serialize()[-2:] == b"\x00\x01"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"shape": 1}, "fields.shape: is unknown"),
        ({"color": 256}, "fields.color"),
        ({"color": "red"}, "fields.color: 'red' is not a whole number"),
        ({"items": "none"}, "fields.items: 'none' is not a list"),
        ({"items": [7]}, r"fields.items\[0\]: 7 is not an object"),
        ({"items": [{"number": 1}]}, r"fields.items\[0\].name: is missing"),
        ({"items": [{"number": 1, "name": 2}]}, r"fields.items\[0\].name: 2 is not text"),
        ({"code": "c0f"}, "fields.code: has an odd number"),
    ],
)
def test_a_wrong_field_is_refused_with_its_path(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ParameterError, match=problem):
        record_of(Parcel, FIELDS | changes, "fields")


def test_fields_that_are_no_object_are_refused() -> None:
    nothing: Any = [1]

    with pytest.raises(ParameterError, match=r"fields: \[1\] is not an object"):
        record_of(Parcel, nothing, "fields")
