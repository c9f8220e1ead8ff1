"""Typed values -> elements. What a value is on the air decides the `type` it is written with.

Integers are hex, as the samples of the reference are; `type` is always there, except for none. Text
with characters that XML cannot hold is written with U+FFFD in their place: a device's text must not
spoil the document.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
import dataclasses
from decimal import Decimal
import enum
import math
from typing import Any, Final

import zigpy.types as t

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.secret import Secret
from sebridge.model.values import ABSENT, Base64, Repeated, plain, record_name
from sebridge.rpc.xml_text import Xml, escaped, tag

_Write = Callable[[str, Any], str]  # a tag and a value -> an element


def write_value(name: str, value: object) -> str:
    """Return the element of a value; TypeError for what has no form in XML.

    `name` must be a tag. NaN and the infinities are written as none: on the air they mean that
    there is no value.
    """
    kind = type(value)
    write = _WRITER_OF.get(kind)
    if write is None:
        write = _WRITER_OF[kind] = _writer_of(kind)
    return write(name, value)


def write_children(value: object) -> str:
    """Return the elements of what a mapping, record or dataclass holds, without one round them.

    Fields that are ABSENT, and fields of a zigpy record that are None, are left out.
    """
    return _contents_of(type(value))(value)


# ------------------------------------------------------------------ one writer a type


def _writer_of(kind: type) -> _Write:
    for family, write in _FAMILIES:
        if issubclass(kind, family):
            return write
    if issubclass(kind, enum.Enum):
        return _write_enum
    if issubclass(kind, Mapping) or dataclasses.is_dataclass(kind) or issubclass(kind, t.Struct):
        return _compound(record_name(kind) or "dict", _contents_of(kind))
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
    ((bool, t.Bool), _scalar("bool", lambda value: "TRUE" if value else "FALSE")),
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


_WRITER_OF: Final[dict[type, _Write]] = {}


# ------------------------------------------------------------------ what has fields


def _compound(type_name: str, contents: Callable[[Any], str]) -> _Write:
    return _scalar(tag(type_name), contents)


def _contents_of(kind: type) -> Callable[[Any], str]:
    if issubclass(kind, Mapping):
        return _entries
    if issubclass(kind, t.Struct):
        return _fields([field.name for field in kind.fields], left_out=None)
    if dataclasses.is_dataclass(kind):
        return _fields([field.name for field in dataclasses.fields(kind)], left_out=ABSENT)
    raise TypeError(f"{kind.__name__} has no fields")


def _fields(names: Sequence[str], left_out: object) -> Callable[[Any], str]:
    def contents(value: Any) -> str:
        given = [(name, getattr(value, name)) for name in names]
        return "".join([write_value(name, item) for name, item in given if item is not left_out])

    return contents


def _entries(value: Mapping[Any, Any]) -> str:
    """Write each entry under its key, as far as a tag can show it."""
    given = [(tag(str(plain(key))), item) for key, item in value.items() if item is not ABSENT]
    return "".join([write_value(name, item) for name, item in given])
