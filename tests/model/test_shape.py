"""Declared types, taken apart."""

from collections.abc import Mapping, Sequence
import dataclasses
from dataclasses import dataclass, field
import enum
from typing import Any, Generic, Literal, TypeVar

import msgspec
import pytest

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.secret import Secret
from sebridge.features.price.records import PublishPriceRecord
from sebridge.model.data_types import (
    Int16,
    Int24,
    Moment,
    OctetString,
    Text,
    Uint8,
    Uint16,
    Uint48,
    WholeMoment,
)
from sebridge.model.shape import (
    Choice,
    Fields,
    Limited,
    Listing,
    Plain,
    Row,
    Shape,
    Table,
    Whole,
    Words,
    fields_of,
    shape_of,
)
from sebridge.model.values import ABSENT, Absent

SEVEN = 7


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Thing:
    """A thing."""

    name: str
    size: Uint8 = SEVEN
    note: str | Absent = ABSENT
    parts: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (Any, Plain.ANYTHING),
        (object, Plain.ANYTHING),
        (TypeVar("T"), Plain.ANYTHING),
        (type(None), Plain.NOTHING),
        (bool, Plain.TRUTH),
        (float, Plain.NUMBER),
        (str, Plain.TEXT),
        (bytes, Plain.OCTETS),
        (Eui64, Plain.ADDRESS),
        (NetworkAddress, Plain.NETWORK_ADDRESS),
        (Secret, Plain.SECRET),
        (int, Whole()),
        (Uint8, Whole(0, 255)),
        (Int16, Whole(-0x8000, 0x7FFF)),
        (Uint48, Whole(0, 2**48 - 1)),
        (Moment, Limited(0, 253_402_300_799)),
        (WholeMoment, Whole(0, 253_402_300_799)),
        (Colour, Words(("red", "blue"))),
        (Literal["a", 1], Words(("a", 1))),
        (Sequence[Uint8], Listing(Uint8)),
        (list[str], Listing(str)),
        (tuple[int, ...], Listing(int, tuple)),
        (frozenset[int], Listing(int, frozenset)),
        (tuple[int, str], Row((int, str))),
        (Uint16, Whole(0, 0xFFFF)),
        (Int24, Whole(-0x800000, 0x7FFFFF)),
        (Text, Plain.TEXT),
        (OctetString, Plain.OCTETS),
        (Mapping[str, int], Table(int)),
        (str | int | None, Choice((str, int, type(None)))),
        (str | Absent, Choice((str,))),
    ],
    ids=str,
)
def test_each_type_has_its_shape(kind: Any, shape: Shape) -> None:
    assert shape_of(kind) == shape


@pytest.mark.parametrize("kind", [complex, type[int], object()])
def test_a_type_that_no_value_can_be_read_as_is_an_error(kind: Any) -> None:
    with pytest.raises(TypeError):
        shape_of(kind)


class Part(msgspec.Struct):
    """The same, in the other way of declaring it."""

    name: str
    size: Uint8 = 7
    note: str | Absent = ABSENT
    parts: list[str] = msgspec.field(default_factory=list)


@pytest.mark.parametrize("kind", [Thing, Part])
def test_a_class_tells_its_fields_and_their_defaults(kind: type) -> None:
    shape = shape_of(kind)

    assert isinstance(shape, Fields)
    assert shape.kind is kind
    assert [(one.name, one.kind, one.default) for one in shape.fields] == [
        ("name", str, dataclasses.MISSING),
        ("size", Uint8, 7),
        ("note", str | Absent, ABSENT),
        ("parts", list[str], []),
    ]
    assert [one.required for one in shape.fields] == [True, False, False, False]


T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """What was found."""

    best: T
    others: Sequence[T]
    note: str | T | Absent = ABSENT


@dataclass(frozen=True)
class FoundThing(Found[Thing]):
    """Things."""

    place: str = ""


def test_what_a_class_chose_for_its_generic_base_is_told() -> None:
    kinds = [one.kind for one in fields_of(FoundThing)]

    assert kinds == [Thing, Sequence[Thing], str | Thing | Absent, str]


def test_what_is_chosen_in_brackets_is_told() -> None:
    shape = shape_of(Found[str])

    assert isinstance(shape, Fields)
    assert shape.kind is Found
    assert [one.kind for one in shape.fields] == [str, Sequence[str], str | Absent]


def test_a_generic_class_that_chose_nothing_takes_anything() -> None:
    best, others, _ = fields_of(Found)

    assert shape_of(best.kind) is Plain.ANYTHING
    assert isinstance(shape_of(others.kind), Listing)


def test_a_record_tells_its_fields_and_their_defaults() -> None:
    fields = {one.name: one for one in fields_of(PublishPriceRecord)}

    assert fields["duration_in_minutes"].required
    assert fields["rate_label"].default == ""
    assert fields["start_time"].kind is not None
    assert any(one.default is ABSENT for one in fields.values())
