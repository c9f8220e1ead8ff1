"""Records of the general commands, named as in the RPC record reference, and their codecs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zigpy.zcl.foundation import Status

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.base.values import ABSENT, Absent
from sebridge.zcl.attributes import (
    UNKNOWN_TYPE,
    AttributeValue,
    is_analog,
    read_value,
    write_value,
)


@dataclass(frozen=True, slots=True)
class ReadAttributeRecord:
    """One attribute to read."""

    attribute_id: int


@dataclass(frozen=True, slots=True)
class ReadAttributeStatusRecord:
    """What became of reading one attribute; type and value only when status is 0."""

    status: int
    attribute_id: int
    attribute_type: int | Absent = ABSENT
    value: Any | Absent = ABSENT


@dataclass(frozen=True, slots=True)
class WriteAttributeResponseRecord:
    """What became of writing one attribute."""

    status: int
    attribute_id: int


@dataclass(frozen=True, slots=True)
class AttributeReportRecord:
    """The value of one attribute, as it was reported."""

    attribute_id: int
    attribute_type: int
    value: Any


@dataclass(frozen=True, slots=True)
class AttributeReportingConfigurationRecord:
    """When to report an attribute (direction 0), or to expect its reports (direction 1).

    Intervals and timeout are seconds, 0..0xFFFF; `reportable_change` is in the attribute's own
    unit and only for analog types.
    """

    attribute_id: int
    direction: int = 0
    attribute_type: int = UNKNOWN_TYPE
    min_interval: int = 0
    max_interval: int = 0
    reportable_change: Any = 0
    timeout: int = 0


@dataclass(frozen=True, slots=True)
class ReportingStatusRecord:
    """What became of configuring the reports of one attribute."""

    status: int
    direction: int
    attribute_id: int


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


def _number(value: int, size: int) -> bytes:
    try:
        return value.to_bytes(size, "little")
    except OverflowError as error:
        raise ParameterError("", f"{value} does not fit {size} octets") from error


def write_read_attributes(attribute_ids: Sequence[int]) -> bytes:
    """Return the payload of Read Attributes."""
    return b"".join(_number(attribute_id, 2) for attribute_id in attribute_ids)


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
        octets += _number(attribute_id, 2) + _number(status, 1)
        if value is not None and status == Status.SUCCESS:
            octets += _number(value.attribute_type, 1) + value.raw
    return bytes(octets)


def parse_read_response(payload: bytes) -> list[tuple[int, int, AttributeValue | None]]:
    """Return attribute id, status and value for each record of Read Attributes Response."""
    reader = Reader(payload)
    found: list[tuple[int, int, AttributeValue | None]] = []
    while reader.more:
        attribute_id, status = reader.number(2), reader.number(1)
        if status == Status.SUCCESS:
            found.append((attribute_id, status, _typed_value(reader, attribute_id)))
        else:
            found.append((attribute_id, status, None))
    return found


def parse_values(payload: bytes) -> list[AttributeValue]:
    """Return the records of Report Attributes or Write Attributes."""
    reader, found = Reader(payload), []
    while reader.more:
        found.append(_typed_value(reader, reader.number(2)))
    return found


def _typed_value(reader: Reader, attribute_id: int) -> AttributeValue:
    attribute_type = reader.number(1)
    start = reader.offset
    value = reader.value(attribute_type)
    return AttributeValue(attribute_id, attribute_type, value, reader.octets[start : reader.offset])


def write_values(values: Sequence[AttributeValue]) -> bytes:
    """Return the payload of Report Attributes or Write Attributes."""
    octets = bytearray()
    for value in values:
        octets += _number(value.attribute_id, 2) + _number(value.attribute_type, 1) + value.raw
    return bytes(octets)


def write_write_response(failed: Sequence[tuple[int, Status]]) -> bytes:
    """Return the payload of Write Attributes Response: a single 0 when nothing failed."""
    if not failed:
        return _number(Status.SUCCESS, 1)
    return b"".join(_number(status, 1) + _number(attribute, 2) for attribute, status in failed)


def write_default_response(command_id: int, status: Status) -> bytes:
    """Return the payload of Default Response."""
    return bytes((command_id, status))


def parse_default_response(payload: bytes) -> tuple[int, int]:
    """Return command id and status of Default Response."""
    reader = Reader(payload)
    return reader.number(1), reader.number(1)


def write_configure_reporting(records: Sequence[AttributeReportingConfigurationRecord]) -> bytes:
    """Return the payload of Configure Reporting; raise ParameterError for a wrong change."""
    octets = bytearray()
    for record in records:
        octets += _number(record.direction, 1) + _number(record.attribute_id, 2)
        if record.direction:
            octets += _number(record.timeout, 2)
            continue
        octets += _number(record.attribute_type, 1)
        octets += _number(record.min_interval, 2) + _number(record.max_interval, 2)
        if is_analog(record.attribute_type):
            octets += write_value(
                record.attribute_type, record.reportable_change, "reportable_change"
            )
    return bytes(octets)


def parse_configure_reporting(payload: bytes) -> list[AttributeReportingConfigurationRecord]:
    """Return the records of Configure Reporting."""
    reader, found = Reader(payload), []
    while reader.more:
        direction, attribute_id = reader.number(1), reader.number(2)
        if direction:
            timeout = reader.number(2)
            found.append(
                AttributeReportingConfigurationRecord(attribute_id, direction, timeout=timeout)
            )
            continue
        attribute_type = reader.number(1)
        shortest, longest = reader.number(2), reader.number(2)
        change = reader.value(attribute_type) if is_analog(attribute_type) else 0
        found.append(
            AttributeReportingConfigurationRecord(
                attribute_id, direction, attribute_type, shortest, longest, change
            )
        )
    return found


def write_reporting_statuses(failed: Sequence[ReportingStatusRecord]) -> bytes:
    """Return the payload of Configure Reporting Response: a single 0 when nothing failed."""
    if not failed:
        return _number(Status.SUCCESS, 1)
    return b"".join(
        bytes((record.status, record.direction)) + _number(record.attribute_id, 2)
        for record in failed
    )


def parse_reporting_statuses(payload: bytes) -> list[ReportingStatusRecord]:
    """Return the failed records of Configure Reporting Response; none when all went well."""
    if payload == b"\x00":
        return []
    reader, found = Reader(payload), []
    while reader.more:
        status, direction = reader.number(1), reader.number(1)
        found.append(ReportingStatusRecord(status, direction, reader.number(2)))
    return [record for record in found if record.status != Status.SUCCESS]


def write_discover_response(attributes: Sequence[tuple[int, int]], *, complete: bool) -> bytes:
    """Return the payload of Discover Attributes Response: pairs of attribute id and type."""
    octets = bytearray((complete,))
    for attribute_id, attribute_type in attributes:
        octets += _number(attribute_id, 2) + _number(attribute_type, 1)
    return bytes(octets)
