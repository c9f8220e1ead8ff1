"""Records of the general commands, named as in the RPC record reference, and their codecs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
import struct
from typing import Any, Final

import msgspec

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.model.plain import to_plain
from sebridge.model.values import ABSENT, Absent, JsonValue
from sebridge.zcl.attributes import AttributeValue, attribute_value, read_value
from sebridge.zcl.data_types import UNKNOWN_TYPE
from sebridge.zcl.status import Status


class ReadAttributeRecord(msgspec.Struct, frozen=True):
    """One attribute to read."""

    attribute_id: int


class ReadAttributeStatusRecord(msgspec.Struct, frozen=True):
    """What became of reading one attribute; type and value only when status is 0.

    The value of an octet string is its text where it holds readable text, else hex; `octets` has
    it as hex in any case.
    """

    status: int
    attribute_id: int
    attribute_type: int | Absent = ABSENT
    value: Any | Absent = ABSENT
    octets: str | Absent = ABSENT


@dataclass(frozen=True, slots=True)
class WriteAttributeRecord:
    """One attribute to write; with the type 0xFF the gateway finds the type itself."""

    attribute_id: int
    attribute_type: int = UNKNOWN_TYPE
    value: Any = field(kw_only=True)


class WriteAttributeResponseRecord(msgspec.Struct, frozen=True):
    """What became of writing one attribute; type and value are those of the request."""

    status: int
    attribute_id: int
    attribute_type: int
    value: Any


class AttributeInformationRecord(msgspec.Struct, frozen=True):
    """An attribute that a cluster has, and its ZCL data type."""

    attribute_id: int
    attribute_type: int


class ZCL_ArrayRecord(msgspec.Struct, frozen=True):  # noqa: N801  # the record's name in the RPC reference
    """The value of an array: the type of its items, and the items."""

    attribute_type: int
    value: Sequence[JsonValue]


class AttributeReportRecord(msgspec.Struct, frozen=True):
    """The value of one attribute, as it was reported.

    The value of an octet string is its text where it holds readable text, else hex; `octets` has
    it as hex in any case.
    """

    attribute_id: int
    attribute_type: int
    value: JsonValue
    octets: str | Absent = ABSENT


_HEAD: Final = struct.Struct("<HB")  # attribute id and data type


class Reader:
    """Octets read from left to right; DecodeError at the end."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.offset = 0

    @property
    def more(self) -> bool:
        """Say whether octets are left."""
        return self.offset < len(self.octets)

    def number(self, size: int) -> int:
        """Return an unsigned number of `size` octets."""
        end = self.offset + size
        if end > len(self.octets):
            raise DecodeError("the payload is cut off", self.offset)
        value = int.from_bytes(self.octets[self.offset : end], "little")
        self.offset = end
        return value

    def value(self, attribute_type: int) -> Any:
        """Return a plain value of a ZCL data type."""
        value, self.offset = read_value(attribute_type, self.octets, self.offset)
        return value


def number_octets(value: int, size: int) -> bytes:
    """Return an unsigned number as `size` octets; raise ParameterError when it does not fit."""
    try:
        return value.to_bytes(size, "little")
    except OverflowError as error:
        raise ParameterError("", f"{value} does not fit {size} octets") from error


def write_read_attributes(attribute_ids: Sequence[int]) -> bytes:
    """Return the payload of Read Attributes."""
    return b"".join(number_octets(attribute_id, 2) for attribute_id in attribute_ids)


def parse_read_attributes(payload: bytes) -> list[int]:
    """Return the attribute ids of Read Attributes."""
    reader, found = Reader(payload), []
    while reader.more:
        found.append(reader.number(2))
    return found


def write_read_response(records: Sequence[tuple[int, Status, AttributeValue | None]]) -> bytes:
    """Return the payload of Read Attributes Response."""
    octets = bytearray()
    for attribute_id, status, value in records:
        octets += number_octets(attribute_id, 2) + number_octets(status, 1)
        if value is not None and status == Status.SUCCESS:
            octets += number_octets(value.attribute_type, 1) + value.raw
    return bytes(octets)


def parse_read_response(payload: bytes) -> list[tuple[int, int, AttributeValue | None]]:
    """Return attribute id, status and value for each record of Read Attributes Response."""
    reader = Reader(payload)
    found: list[tuple[int, int, AttributeValue | None]] = []
    while reader.more:
        attribute_id, status = reader.number(2), reader.number(1)
        if status == Status.SUCCESS:
            kind, start = reader.number(1), reader.offset
            value = reader.value(kind)
            raw = reader.octets[start : reader.offset]
            found.append((attribute_id, status, attribute_value(attribute_id, kind, value, raw)))
        else:
            found.append((attribute_id, status, None))
    return found


def parse_values(payload: bytes) -> list[AttributeValue]:
    """Return the records of Report Attributes; "no value" is None."""
    return _values(payload, attribute_value)


def parse_written_values(payload: bytes) -> list[AttributeValue]:
    """Return the records of Write Attributes, as they are written.

    What is "no value" in a report may be a value of the whole range of its type here, as a time of
    0xFFFF seconds to identify oneself: whoever has the attribute decides.
    """
    return _values(payload, AttributeValue)


def _values(
    payload: bytes, made_of: Callable[[int, int, Any, bytes], AttributeValue]
) -> list[AttributeValue]:
    """Return what is made of each attribute, its type, its value and the octets of that."""
    found = []
    place, size = 0, len(payload)
    while place < size:
        start = place + _HEAD.size
        if start > size:
            raise DecodeError("the payload is cut off", place)
        attribute_id, attribute_type = _HEAD.unpack_from(payload, place)
        value, place = read_value(attribute_type, payload, start)
        found.append(made_of(attribute_id, attribute_type, value, payload[start:place]))
    return found


def write_values(values: Sequence[AttributeValue]) -> bytes:
    """Return the payload of Report Attributes or Write Attributes."""
    try:
        return b"".join(
            [_HEAD.pack(value.attribute_id, value.attribute_type) + value.raw for value in values]
        )
    except struct.error as error:
        raise ParameterError("", "an attribute's id or type is out of range") from error


def write_write_response(failed: Sequence[tuple[int, Status]]) -> bytes:
    """Return the payload of Write Attributes Response: a single 0 when nothing failed."""
    if not failed:
        return number_octets(Status.SUCCESS, 1)
    return b"".join(
        number_octets(status, 1) + number_octets(attribute, 2) for attribute, status in failed
    )


def parse_write_response(payload: bytes) -> dict[int, int]:
    """Return the status of each attribute that was not written; empty when all were."""
    if payload == b"\x00":
        return {}
    reader, found = Reader(payload), {}
    while reader.more:
        status = reader.number(1)
        found[reader.number(2)] = status
    return {attribute: status for attribute, status in found.items() if status != Status.SUCCESS}


def write_default_response(command_id: int, status: Status) -> bytes:
    """Return the payload of Default Response."""
    return bytes((command_id, status))


def parse_default_response(payload: bytes) -> tuple[int, int]:
    """Return command id and status of Default Response."""
    reader = Reader(payload)
    return reader.number(1), reader.number(1)


def write_discover_response(attributes: Sequence[tuple[int, int]], *, complete: bool) -> bytes:
    """Return the payload of Discover Attributes Response: pairs of attribute id and type."""
    octets = bytearray((complete,))
    for attribute_id, attribute_type in attributes:
        octets += number_octets(attribute_id, 2) + number_octets(attribute_type, 1)
    return bytes(octets)


def write_discover(first: int, most: int) -> bytes:
    """Return the payload of Discover Attributes: from which attribute on, and how many at most."""
    return number_octets(first, 2) + number_octets(most, 1)


def parse_discover_response(payload: bytes) -> tuple[bool, list[tuple[int, int]]]:
    """Return whether these are the last ones, and attribute id and data type of each."""
    reader, found = Reader(payload), []
    complete = bool(reader.number(1))
    while reader.more:
        attribute_id = reader.number(2)
        found.append((attribute_id, reader.number(1)))
    return complete, found


def given_value(value: Any) -> Any:
    """Return what a caller gave as a plain value: a record without the name of its class."""
    return _unnamed(to_plain(value))


def _unnamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unnamed(item) for name, item in value.items() if name != "type"}
    return [_unnamed(item) for item in value] if isinstance(value, list) else value


def report_record(value: AttributeValue) -> AttributeReportRecord:
    """Return a value as a record of a report shows it."""
    if type(value.value) is int:  # nearly all are
        return AttributeReportRecord(value.attribute_id, value.attribute_type, value.value)
    shown, octets = value_record(value.shown), octets_field(value)
    return AttributeReportRecord(value.attribute_id, value.attribute_type, shown, octets)


def octets_field(value: AttributeValue) -> str | Absent:
    """Return the field `octets` of a record that shows a value."""
    octets = value.octets
    return ABSENT if octets is None else octets


def value_record(value: Any) -> Any:
    """Return a plain value as a record shows it: an array as a ZCL_ArrayRecord."""
    if isinstance(value, dict) and isinstance(value.get("value"), list):
        items = [value_record(item) for item in value["value"]]
        return ZCL_ArrayRecord(value.get("attribute_type", UNKNOWN_TYPE), items)
    return value
