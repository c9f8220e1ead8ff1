"""Declared type -> JSON Schema. Pure.

A schema tells the form in which a value is written, and which is always accepted. `model.plain`
accepts other ways to write it as well: whole numbers as text, addresses with any delimiters.
"""

from collections.abc import Callable
import inspect
from typing import Any, Final

from sebridge.base.clock import iso_time
from sebridge.model.plain import to_plain
from sebridge.model.shape import (
    Choice,
    Field,
    Fields,
    Limited,
    Listing,
    Plain,
    Row,
    Table,
    Whole,
    Words,
    shape_of,
)
from sebridge.model.values import ABSENT

Schema = dict[str, Any]

_PLACE: Final = "#/components/schemas/"

_PLAIN: Final[dict[Plain, Schema]] = {
    Plain.ANYTHING: {},
    Plain.NOTHING: {"type": "null"},
    Plain.TRUTH: {"type": "boolean"},
    Plain.NUMBER: {"type": "number"},
    Plain.TEXT: {"type": "string"},
    Plain.OCTETS: {"type": "string", "pattern": "^([0-9a-f]{2})*$"},
    Plain.ADDRESS: {"type": "string", "pattern": "^[0-9a-f]{2}(:[0-9a-f]{2}){7}$"},
    Plain.NETWORK_ADDRESS: {"type": "string", "pattern": "^[0-9a-f]{4}$"},
    Plain.SECRET: {"type": "string", "writeOnly": True},
}


class Schemas:
    """Writes the schemas of types; a record is written once, and referred to by its name."""

    def __init__(self) -> None:
        self._names: dict[type, str] = {}
        self._written: dict[str, Schema] = {}

    @property
    def records(self) -> dict[str, Schema]:
        """The schemas of all records met so far, by name."""
        return dict(self._written)

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type; TypeError for one that is no parameter's or field's."""
        shape = shape_of(kind)
        if isinstance(shape, Plain):
            return dict(_PLAIN[shape])
        write: Callable[[Any], Schema] = {
            Whole: _whole,
            Limited: lambda shape: {
                "type": "number",
                "minimum": shape.low,
                "maximum": shape.high,
            },
            Words: lambda shape: {"enum": list(shape.words)},
            Choice: self._choice,
            Listing: lambda shape: {"type": "array", "items": self.of(shape.items)},
            Row: self._row,
            Table: lambda shape: {"type": "object", "additionalProperties": self.of(shape.values)},
            Fields: self._reference,
        }[type(shape)]
        return write(shape)

    def with_default(self, kind: Any, default: Any) -> Schema:
        """Return the schema of a type, with what holds for a value that is left out."""
        schema = self.of(kind)
        if default is ABSENT or default is inspect.Parameter.empty:
            return schema
        if "$ref" in schema:  # what stands beside a reference is not read by all
            schema = {"allOf": [schema]}
        return schema | {"default": to_plain(default)}

    def _choice(self, shape: Choice) -> Schema:
        found: list[Schema] = []
        for kind in shape.kinds:
            schema = self.of(kind)
            if schema not in found:
                found.append(schema)
        return found[0] if len(found) == 1 else {"anyOf": found}

    def _row(self, shape: Row) -> Schema:
        items = [self.of(item) for item in shape.items]
        return {"type": "array", "items": items, "minItems": len(items), "maxItems": len(items)}

    def _reference(self, shape: Fields) -> Schema:
        name = self._names.get(shape.kind)
        if name is None:
            name = self._names[shape.kind] = self._new_name(shape.kind)
            self._written[name] = {}  # a record may hold others of its own kind
            self._written[name] = self._object(shape)
        return {"$ref": _PLACE + name}

    def _new_name(self, kind: type) -> str:
        """Return the name of a class, with that of its module where another has it already."""
        taken = kind.__name__ in self._written
        return f"{kind.__module__}.{kind.__name__}" if taken else kind.__name__

    def _object(self, shape: Fields) -> Schema:
        return {
            "type": "object",
            "description": inspect.cleandoc(shape.kind.__doc__ or ""),
            "properties": {field.name: self._field(field) for field in shape.fields},
            "required": [field.name for field in shape.fields if field.required],
        }

    def _field(self, field: Field) -> Schema:
        if field.required:
            return self.of(field.kind)
        return self.with_default(field.kind, field.default)


def _whole(shape: Whole) -> Schema:
    schema: Schema = {"type": "integer"}
    if shape.low is not None:
        schema["minimum"] = shape.low
    if shape.high is not None:
        schema["maximum"] = shape.high
    if shape.epoch is None:
        return schema
    counted = f"Seconds since {iso_time(shape.epoch)}, or ISO 8601 text: UTC without an offset."
    text = {"type": "string", "format": "date-time"}
    return {"description": counted, "anyOf": [schema, text]}
