"""Typed values -> elements. What a value is on the air decides the `type` it is written with.

Integers are hex, as the samples of the reference are; `type` is always there, except for none. Text
with characters that XML cannot hold is written with U+FFFD in their place: a device's text must not
spoil the document.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
import enum
from functools import cache
import math
from typing import Any, Final

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.secret import Secret
from sebridge.model.plain import Writers, to_plain
from sebridge.model.record import Record, fields_by_name, record_name
from sebridge.model.shape import declares_fields, names_of
from sebridge.model.values import ABSENT, Base64, Repeated
from sebridge.rpc.xml_text import Xml, escaped, tag

_Write = Callable[[str, Any], str]  # a tag and a value -> an element


def write_value(name: str, value: object) -> str:
    """Return the element of a value; TypeError for what has no form in XML.

    `name` must be a tag. NaN and the infinities are written as none: on the air they mean that
    there is no value.
    """
    element: str = _WRITERS[type(value)](name, value)
    return element


def write_children(value: object) -> str:
    """Return the elements of what a mapping, record or dataclass holds, without one round them.

    Fields that are ABSENT, and fields of a record that are None, are left out.
    """
    kind: Any = type(value)
    return _contents_of(kind)(value)


# ------------------------------------------------------------------ one writer a type


def _writer_of(kind: Any) -> _Write:
    if issubclass(kind, enum.Enum):
        return _write_enum
    if declares_fields(kind) or issubclass(kind, Mapping):
        return _scalar(tag(record_name(kind) or "dict"), _contents_of(kind))
    if issubclass(kind, (Sequence, set, frozenset)):
        return _write_list
    raise TypeError(f"{kind.__name__} has no form in XML")


def _scalar(type_name: str, text: Callable[[Any], str]) -> _Write:
    def write(name: str, value: Any) -> str:
        return f'<{name} type="{type_name}">{text(value)}</{name}>'

    return write


def _write_none(name: str, _value: None) -> str:
    return f"<{name}/>"


def _write_float(name: str, value: float) -> str:
    if not math.isfinite(value):
        return _write_none(name, None)
    return f'<{name} type="float">{Decimal(repr(float(value))):f}</{name}>'


def _write_list(name: str, value: Sequence[Any]) -> str:
    items = "".join([write_value("item", item) for item in value])
    return f'<{name} type="list">{items}</{name}>'


def _write_enum(name: str, value: enum.Enum) -> str:
    return write_value(name, value.value)


def _hexadecimal(number: int) -> str:
    return f"0x{number:X}" if number >= 0 else f"-0x{-number:X}"


_FAMILIES: Final[tuple[tuple[Any, _Write], ...]] = (
    (type(None), _write_none),
    (bool, _scalar("bool", lambda value: "TRUE" if value else "FALSE")),
    ((Eui64, NetworkAddress), _scalar("MAC", lambda value: str(value).upper())),
    (Secret, _scalar("string", repr)),
    (int, _scalar("int", lambda value: _hexadecimal(int(value)))),
    (float, _write_float),
    (Base64, _scalar("base64", lambda value: base64.b64encode(value).decode())),
    ((bytes, bytearray), _scalar("base16", lambda value: bytes(value).hex().upper())),
    (Xml, _scalar("xml", str)),
    (Repeated, lambda name, values: "".join([write_value(name, value) for value in values])),
    (str, _scalar("string", lambda value: escaped(str(value)))),
)

_WRITERS: Final = Writers(_FAMILIES, _writer_of)


# ------------------------------------------------------------------ what has fields


@cache
def _contents_of(kind: type) -> Callable[[Any], str]:
    if issubclass(kind, Mapping):
        return _entries
    if issubclass(kind, Record):
        return _record
    if declares_fields(kind):
        return _fields(names_of(kind))
    raise TypeError(f"{kind.__name__} has no fields")


def _record(record: Record) -> str:
    given = fields_by_name(record).items()
    return "".join([write_value(name, item) for name, item in given if item is not None])


def _fields(names: Sequence[str]) -> Callable[[Any], str]:
    def contents(value: Any) -> str:
        given = [(name, getattr(value, name)) for name in names]
        return "".join([write_value(name, item) for name, item in given if item is not ABSENT])

    return contents


def _entries(value: Mapping[Any, Any]) -> str:
    """Write each entry under its key, as far as a tag can show it."""
    given = [(tag(str(to_plain(key))), item) for key, item in value.items() if item is not ABSENT]
    return "".join([write_value(name, item) for name, item in given])
