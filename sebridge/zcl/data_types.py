"""The ZCL's data types by their number: name, size, what a change is, and what means "no value".

Source: ZigBee Cluster Library, the table of data types.
"""

from collections.abc import Mapping
from typing import Final

import msgspec


class DataType(msgspec.Struct, frozen=True):
    """A data type of attribute values.

    `size` is in octets, 0 where it differs from value to value. The values of an analog type are
    numbers or times, which change by an amount; others are just the same or not. `no_value` are
    the octets, without the type, that say that there is no value just now; None where all octets
    are values. Floats say it with every NaN.
    """

    type_id: int
    name: str
    size: int = 0
    is_signed: bool = False
    is_analog: bool = False
    no_value: bytes | None = None


NO_DATA: Final = 0x00
BOOLEAN: Final = 0x10
TIME_OF_DAY: Final = 0xE0
DATE: Final = 0xE1
UTC: Final = 0xE2
_FLOATS: Final = frozenset({0x38, 0x39, 0x3A})
UNKNOWN_TYPE: Final = 0xFF
"""Stands for "any type" where a caller does not know the type of an attribute."""


def _bits(first: int, name: str) -> list[DataType]:
    return [DataType(first + n, f"{name}{8 * n + 8}", n + 1) for n in range(8)]


def _integers(first: int, name: str, *, signed: bool) -> list[DataType]:
    last = b"\x80" if signed else b"\xff"  # the octet with the highest bits
    rest = b"\x00" if signed else b"\xff"
    return [
        DataType(first + n, f"{name}{8 * n + 8}", n + 1, signed, True, n * rest + last)  # noqa: FBT003
        for n in range(8)
    ]


def _ones(size: int) -> bytes:
    return size * b"\xff"


_ALL: Final = (
    DataType(NO_DATA, "nodata"),
    *_bits(0x08, "data"),
    DataType(BOOLEAN, "bool", 1, no_value=_ones(1)),
    *_bits(0x18, "map"),
    *_integers(0x20, "uint", signed=False),
    *_integers(0x28, "int", signed=True),
    DataType(0x30, "enum8", 1, no_value=_ones(1)),
    DataType(0x31, "enum16", 2, no_value=_ones(2)),
    DataType(0x38, "semi", 2, is_analog=True, no_value=bytes.fromhex("007e")),
    DataType(0x39, "single", 4, is_analog=True, no_value=bytes.fromhex("0000c07f")),
    DataType(0x3A, "double", 8, is_analog=True, no_value=bytes.fromhex("000000000000f87f")),
    DataType(0x41, "octstr", no_value=_ones(1)),
    DataType(0x42, "string", no_value=_ones(1)),
    DataType(0x43, "octstr16", no_value=_ones(2)),
    DataType(0x44, "string16", no_value=_ones(2)),
    DataType(0x48, "array"),
    DataType(0x4C, "struct"),
    DataType(0x50, "set"),
    DataType(0x51, "bag"),
    DataType(TIME_OF_DAY, "ToD", 4, is_analog=True, no_value=_ones(4)),
    DataType(DATE, "date", 4, is_analog=True, no_value=_ones(4)),
    DataType(UTC, "UTC", 4, is_analog=True, no_value=_ones(4)),
    DataType(0xE8, "clusterId", 2, no_value=_ones(2)),
    DataType(0xE9, "attribId", 2, no_value=_ones(2)),
    DataType(0xEA, "bacOID", 4, no_value=_ones(4)),
    DataType(0xF0, "EUI64", 8, no_value=_ones(8)),
    DataType(0xF1, "key128", 16),
    DataType(UNKNOWN_TYPE, "unk"),
)

DATA_TYPES: Final[Mapping[int, DataType]] = {item.type_id: item for item in _ALL}
"""By number."""

NO_VALUE: Final[Mapping[int, bytes]] = {
    item.type_id: item.no_value for item in _ALL if item.no_value is not None
}
"""The octets that mean "no value", by the number of the type."""

NAMED: Final[Mapping[str, DataType]] = {item.name: item for item in _ALL}
"""By name."""


def is_float(type_id: int) -> bool:
    """Say whether values of the type are floats."""
    return type_id in _FLOATS


def is_analog(type_id: int) -> bool:
    """Say whether the type has a reportable change (numbers and times, not flags or text)."""
    known = DATA_TYPES.get(type_id)
    return known is not None and known.is_analog
