"""Attribute values by ZCL data type: octets <-> plain values, and what a reportable change is.

The integer types, which carry nearly all traffic, are read directly; the rarer types through
zigpy's table of data types.
"""

from dataclasses import dataclass
from typing import Any, Final

import zigpy.types as t
from zigpy.zcl import foundation
from zigpy.zcl.foundation import DataClass, DataType

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.base.values import plain, typed
from sebridge.zcl.record import Text

_DISCRETE: Final = {0x10: 1, **{0x08 + n: n + 1 for n in range(8)}, 0x30: 1, 0x31: 2}
_BITMAPS: Final = {0x18 + n: n + 1 for n in range(8)}
_UNSIGNED: Final = {0x20 + n: n + 1 for n in range(8)}
_SIGNED: Final = {0x28 + n: n + 1 for n in range(8)}
_TIMES: Final = {0xE0: 4, 0xE1: 4, 0xE2: 4, 0xE8: 2, 0xE9: 2, 0xEA: 4}

_SIZES: Final = _DISCRETE | _BITMAPS | _UNSIGNED | _SIGNED | _TIMES
_ANALOG: Final = frozenset(_UNSIGNED) | frozenset(_SIGNED) | {0x38, 0x39, 0x3A, 0xE0, 0xE1, 0xE2}
_BOOLEAN: Final = 0x10
UNKNOWN_TYPE: Final = 0xFF


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """An attribute's value as it travels: `value` is plain, `raw` the octets without the type."""

    attribute_id: int
    attribute_type: int
    value: Any
    raw: bytes


def read_value(attribute_type: int, octets: bytes, offset: int = 0) -> tuple[Any, int]:
    """Return the plain value at `offset`, and the offset behind it; raise DecodeError."""
    size = _SIZES.get(attribute_type)
    if size is None:
        return _read_rare(attribute_type, octets, offset)
    end = offset + size
    if end > len(octets):
        raise DecodeError(f"a value of type 0x{attribute_type:02X} is cut off", offset)
    number = int.from_bytes(octets[offset:end], "little", signed=attribute_type in _SIGNED)
    return (bool(number) if attribute_type == _BOOLEAN else number), end


def _read_rare(attribute_type: int, octets: bytes, offset: int) -> tuple[Any, int]:
    kind = _python_type(attribute_type)
    try:
        value, rest = kind.deserialize(octets[offset:])
    except (ValueError, KeyError, RecursionError) as error:
        raise DecodeError(f"a value of type 0x{attribute_type:02X}: {error}", offset) from error
    return _plain_value(value), len(octets) - len(rest)


def _plain_value(value: Any) -> Any:
    if isinstance(value, foundation.TypeValue):
        return {"attribute_type": int(value.type), "value": _plain_value(value.value)}
    if isinstance(value, list):
        return [_plain_value(item) for item in value]
    return plain(value)


def _python_type(attribute_type: int) -> Any:
    try:
        kind = DataType.from_type_id(foundation.DataTypeId(attribute_type)).python_type
    except (ValueError, KeyError):
        raise DecodeError(f"data type 0x{attribute_type:02X} is unknown") from None
    return Text if kind is t.CharacterString else kind


def write_value(attribute_type: int, value: Any, path: str = "value") -> bytes:
    """Return the octets of a plain value; raise ParameterError when it does not fit the type."""
    size = _SIZES.get(attribute_type)
    try:
        if size is not None:
            return typed(_python_type(attribute_type), value, path).serialize()  # type: ignore[no-any-return]
        kind = _python_type(attribute_type)
        return typed(kind, value, path).serialize()  # type: ignore[no-any-return]
    except DecodeError as error:
        raise ParameterError(path, str(error)) from error
    except (TypeError, ValueError) as error:
        problem = f"does not fit data type 0x{attribute_type:02X}"
        raise ParameterError(path, problem) from error


def is_analog(attribute_type: int) -> bool:
    """Say whether the type has a reportable change (numbers and times, not flags or text)."""
    if attribute_type in _SIZES:
        return attribute_type in _ANALOG
    try:
        data_type = DataType.from_type_id(foundation.DataTypeId(attribute_type))
    except (ValueError, KeyError):
        return False
    return data_type.type_class is DataClass.Analog
