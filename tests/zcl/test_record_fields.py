"""Records as plain fields and back."""

from typing import Any, ClassVar

import pytest
import zigpy.types as t

from sebridge.base.errors import ParameterError
from sebridge.zcl.record import OctetString, Record, Text, counted_by, field
from sebridge.zcl.record_fields import fields_of, record_of


class Colour(t.enum8):
    """An enumeration with names for some numbers."""

    RED = 1


class Item(t.Struct):
    """One part of a list."""

    number: t.uint16_t
    name: Text


class Parcel(Record):
    """A record with every kind of field."""

    OTHER_NAMES: ClassVar = {"colour": "color"}

    color: Colour
    number_of_items: t.uint8_t = field(2)
    items: t.List[Item] = counted_by("number_of_items")
    code: OctetString
    flag: t.uint8_t = field(optional=True)


FIELDS: dict[str, Any] = {
    "color": 1,
    "number_of_items": 2,
    "items": [{"number": 1, "name": "one"}, {"number": 2, "name": "two"}],
    "code": "c0ffee",
}
OCTETS = bytes.fromhex("01 02 0100 036f6e65 0200 0374776f 03c0ffee")


def test_a_record_is_shown_as_plain_fields_without_those_left_off() -> None:
    record, _ = Parcel.deserialize(OCTETS)

    assert fields_of(record) == FIELDS


def test_plain_fields_become_the_record() -> None:
    record = record_of(Parcel, FIELDS, "fields")

    assert record.serialize() == OCTETS


def test_defaults_other_names_and_flags_are_understood() -> None:
    fields = {"colour": 7, "items": FIELDS["items"], "code": "", "flag": True}

    record = record_of(Parcel, fields, "fields")

    assert record.as_dict()["color"] == 7
    assert record.serialize()[-2:] == b"\x00\x01"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"shape": 1}, "fields.shape: is unknown"),
        ({"color": 256}, "fields.color"),
        ({"color": "red"}, "fields.color: 'red' is not a whole number"),
        ({"items": "none"}, "fields.items: is not a list"),
        ({"items": [7]}, r"fields.items\[0\]: is not an object"),
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

    with pytest.raises(ParameterError, match="fields: is not an object"):
        record_of(Parcel, nothing, "fields")
