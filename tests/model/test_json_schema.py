"""Declared types in JSON Schema: what it admits is taken, and what is written fits it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import given, strategies as st
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
import pytest

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.secret import Secret
from sebridge.features.price.records import PublishPriceRecord
from sebridge.model.data_types import Bitmap8, Int8, Int24, Moment, Uint8, Uint16, Uint48
from sebridge.model.json_schema import Schemas
from sebridge.model.plain import from_plain, to_plain
from sebridge.model.values import ABSENT, Absent

THREE = 3


@dataclass(frozen=True)
class Leaf:
    """A leaf."""

    size: Uint8 = THREE


@dataclass(frozen=True)
class Tree:
    """A tree.

    It has branches.
    """

    name: str
    leaves: Sequence[Leaf] = ()
    branches: "Sequence[Tree]" = ()
    note: str | Absent = ABSENT


def _another(name: str) -> type:
    """Return another class of that name."""
    return dataclass(type(name, (), {"__annotations__": {"x": int}, "__module__": "elsewhere"}))


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (Any, {}),
        (type(None), {"type": "null"}),
        (bool, {"type": "boolean"}),
        (float, {"type": "number"}),
        (Moment, {"type": "number", "minimum": 0, "maximum": 253_402_300_799}),
        (str, {"type": "string"}),
        (int, {"type": "integer"}),
        (Int8, {"type": "integer", "minimum": -128, "maximum": 127}),
        (Secret, {"type": "string", "writeOnly": True}),
        (Literal["a", "b"], {"enum": ["a", "b"]}),
        (Sequence[str], {"type": "array", "items": {"type": "string"}}),
        (
            tuple[str, int],
            {
                "type": "array",
                "items": [{"type": "string"}, {"type": "integer"}],
                "minItems": 2,
                "maxItems": 2,
            },
        ),
        (Uint16, {"type": "integer", "minimum": 0, "maximum": 0xFFFF}),
        (Mapping[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
        (str | None, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (str | Absent, {"type": "string"}),
        (Uint8 | Bitmap8, {"type": "integer", "minimum": 0, "maximum": 0xFF}),
        (list[str] | tuple[str, ...], {"type": "array", "items": {"type": "string"}}),
        (Leaf, {"$ref": "#/components/schemas/Leaf"}),
    ],
    ids=str,
)
def test_each_shape_has_its_schema(kind: Any, schema: dict[str, Any]) -> None:
    assert Schemas().of(kind) == schema


def test_a_record_is_written_once_and_may_hold_its_own_kind() -> None:
    schemas = Schemas()
    schemas.of(Tree)
    schemas.of(Sequence[Tree])

    assert schemas.records.keys() == {"Tree", "Leaf"}
    assert schemas.records["Tree"] == {
        "type": "object",
        "description": "A tree.\n\nIt has branches.",
        "properties": {
            "name": {"type": "string"},
            "leaves": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Leaf"},
                "default": [],
            },
            "branches": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Tree"},
                "default": [],
            },
            "note": {"type": "string"},
        },
        "required": ["name"],
    }


def test_the_default_of_a_record_stands_beside_its_reference() -> None:
    schema = Schemas().with_default(Leaf, Leaf())

    assert schema == {"allOf": [{"$ref": "#/components/schemas/Leaf"}], "default": {"size": 3}}


def test_two_classes_of_one_name_are_kept_apart() -> None:
    schemas = Schemas()

    first, second = schemas.of(Leaf), schemas.of(_another("Leaf"))

    assert first == {"$ref": "#/components/schemas/Leaf"}
    assert second == {"$ref": "#/components/schemas/elsewhere.Leaf"}
    assert schemas.records.keys() == {"Leaf", "elsewhere.Leaf"}


SCALARS = (bool, Uint8, Int24, Uint48, Eui64, NetworkAddress, bytes, str, float)


@pytest.mark.parametrize("kind", SCALARS)
@given(data=st.data())
def test_what_is_written_fits_the_schema_and_is_read_back(kind: Any, data: st.DataObject) -> None:
    value = data.draw(_VALUES[kind])
    validator = Draft7Validator(Schemas().of(kind))

    written = to_plain(value)

    assert list(validator.iter_errors(written)) == []
    assert from_plain(kind, written) == value


_VALUES: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    Uint8: st.integers(0, 255),
    Int24: st.integers(-(2**23), 2**23 - 1),
    Uint48: st.integers(0, 2**48 - 1),
    Eui64: st.binary(min_size=8, max_size=8).map(Eui64.from_octets),
    NetworkAddress: st.integers(0, 0xFFFF).map(NetworkAddress),
    bytes: st.binary(),
    str: st.text(),
    float: st.floats(allow_nan=False, allow_infinity=False),
}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Uint8, 256),
        (Uint8, -1),
        (Eui64, "00:11:22:33:44:55:66"),
        (NetworkAddress, "12345"),
        (bytes, "0g"),
        (bool, 1),
    ],
)
def test_what_cannot_be_read_does_not_fit(kind: Any, value: Any) -> None:
    assert not Draft7Validator(Schemas().of(kind)).is_valid(value)


def test_a_record_that_is_written_fits_its_schema() -> None:
    schemas = Schemas()
    reference = schemas.of(PublishPriceRecord)
    document = reference | {"components": {"schemas": schemas.records}}
    record = from_plain(
        PublishPriceRecord, {"issuer_event_id": 1, "price": 2, "duration_in_minutes": 3}
    )

    assert list(Draft7Validator(document).iter_errors(to_plain(record))) == []
    assert not Draft7Validator(document).is_valid({"price": 2})
