"""Records of Configure Reporting and Read Reporting Configuration, and their codecs.

Named as in the RPC record reference. Source: ZigBee Cluster Library, general commands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.model.values import ABSENT, Absent
from sebridge.zcl.attributes import read_value, write_value
from sebridge.zcl.data_types import UNKNOWN_TYPE, is_analog
from sebridge.zcl.general import Reader, number_octets
from sebridge.zcl.status import Status

SENDING: Final = 0
"""The direction of a configuration for who sends the reports."""
RECEIVING: Final = 1
"""The direction of a configuration for who receives them."""
NO_PERIODIC_REPORTS: Final = 0
"""A longest interval that stands for "by change only"."""
STOP_REPORTING: Final = 0xFFFF
"""A longest interval that ends reporting."""


class AttributeReportingConfigurationRecord(msgspec.Struct, frozen=True):
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


class AttributeReportingConfigurationResponseRecord(msgspec.Struct, frozen=True):
    """What became of one configuration: that of the request, or only a status that is not 0."""

    status: int
    attribute_id: int
    direction: int | Absent = ABSENT
    attribute_type: int | Absent = ABSENT
    min_interval: int | Absent = ABSENT
    max_interval: int | Absent = ABSENT
    reportable_change: Any | Absent = ABSENT
    timeout: int | Absent = ABSENT


class ReadReportingConfigurationRecord(msgspec.Struct, frozen=True):
    """One attribute whose configuration is asked for."""

    attribute_id: int


class ReadReportingConfigurationResponseRecord(msgspec.Struct, frozen=True):
    """The configuration of one attribute, or only a status that is not 0."""

    status: int
    attribute_id: int
    direction: int | Absent = ABSENT
    attribute_type: int | Absent = ABSENT
    min_interval: int | Absent = ABSENT
    max_interval: int | Absent = ABSENT
    reportable_change: Any | Absent = ABSENT
    timeout: int | Absent = ABSENT


class StopReportingRecord(msgspec.Struct, frozen=True):
    """One attribute whose reports are to end."""

    attribute_id: int


class StopReportingStatusRecord(msgspec.Struct, frozen=True):
    """What became of ending the reports of one attribute."""

    status: int
    attribute_id: int


@dataclass(frozen=True, slots=True)
class LocalReportingConfigurationRecord:
    """A configuration that the gateway keeps, and with whom.

    `server_or_client` is the side of our cluster. `reporting_direction` is 0 where we send the
    reports and 1 where we receive them; there `pseudo_reporting` says whether we read ourselves.
    """

    device_address: Eui64
    device_endpoint_id: int
    endpoint_id: int
    cluster_id: int
    server_or_client: int
    reporting_direction: int
    pseudo_reporting: bool | Absent = ABSENT
    record: AttributeReportingConfigurationRecord = field(kw_only=True)


class ReportingStatusRecord(msgspec.Struct, frozen=True):
    """What became of configuring the reports of one attribute."""

    status: int
    direction: int
    attribute_id: int


class ReadConfiguration(msgspec.Struct, frozen=True):
    """One answer of Read Reporting Configuration: a configuration only where the status is 0."""

    status: int
    direction: int
    attribute_id: int
    record: AttributeReportingConfigurationRecord | None = None


def fitted(
    record: AttributeReportingConfigurationRecord, attribute_type: int, path: str
) -> AttributeReportingConfigurationRecord:
    """Return the record for this type, whose change is a plain value of it, or 0 without one.

    Raises ParameterError when the change does not fit.
    """
    if not is_analog(attribute_type):
        return replace(record, attribute_type=attribute_type, reportable_change=0)
    octets = write_value(attribute_type, record.reportable_change, path)
    change, _ = read_value(attribute_type, octets)
    return replace(record, attribute_type=attribute_type, reportable_change=change)


def shown_fields(record: AttributeReportingConfigurationRecord) -> dict[str, Any]:
    """Return those fields that a response record has for a configuration of this direction."""
    if record.direction:
        return {"direction": record.direction, "timeout": record.timeout}
    return {
        "direction": record.direction,
        "attribute_type": record.attribute_type,
        "min_interval": record.min_interval,
        "max_interval": record.max_interval,
        "reportable_change": record.reportable_change,
    }


def write_configure_reporting(records: Sequence[AttributeReportingConfigurationRecord]) -> bytes:
    """Return the payload of Configure Reporting; raise ParameterError for a wrong change."""
    octets = bytearray()
    for record in records:
        octets += number_octets(record.direction, 1) + number_octets(record.attribute_id, 2)
        if record.direction:
            octets += number_octets(record.timeout, 2)
            continue
        octets += number_octets(record.attribute_type, 1)
        octets += number_octets(record.min_interval, 2) + number_octets(record.max_interval, 2)
        if is_analog(record.attribute_type):
            octets += write_value(
                record.attribute_type, record.reportable_change, "reportable_change"
            )
    return bytes(octets)


def parse_configure_reporting(payload: bytes) -> list[AttributeReportingConfigurationRecord]:
    """Return the records of Configure Reporting."""
    reader, found = Reader(payload), []
    while reader.more:
        found.append(_read_configuration(reader))
    return found


def _read_configuration(reader: Reader) -> AttributeReportingConfigurationRecord:
    direction, attribute_id = reader.number(1), reader.number(2)
    if direction:
        timeout = reader.number(2)
        return AttributeReportingConfigurationRecord(attribute_id, direction, timeout=timeout)
    attribute_type = reader.number(1)
    shortest, longest = reader.number(2), reader.number(2)
    change = reader.value(attribute_type) if is_analog(attribute_type) else 0
    return AttributeReportingConfigurationRecord(
        attribute_id, direction, attribute_type, shortest, longest, change
    )


def write_reporting_statuses(failed: Sequence[ReportingStatusRecord]) -> bytes:
    """Return the payload of Configure Reporting Response: a single 0 when nothing failed."""
    if not failed:
        return number_octets(Status.SUCCESS, 1)
    return b"".join(
        bytes((record.status, record.direction)) + number_octets(record.attribute_id, 2)
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


def write_read_configuration(direction: int, attribute_ids: Sequence[int]) -> bytes:
    """Return the payload of Read Reporting Configuration, all of one direction."""
    head = number_octets(direction, 1)
    return b"".join(head + number_octets(attribute_id, 2) for attribute_id in attribute_ids)


def parse_read_configuration(payload: bytes) -> list[tuple[int, int]]:
    """Return direction and attribute id of each question."""
    reader, found = Reader(payload), []
    while reader.more:
        direction = reader.number(1)
        found.append((direction, reader.number(2)))
    return found


def write_configurations(answers: Sequence[ReadConfiguration]) -> bytes:
    """Return the payload of Read Reporting Configuration Response."""
    octets = bytearray()
    for answer in answers:
        octets += number_octets(answer.status, 1)
        if answer.record is None:
            octets += number_octets(answer.direction, 1) + number_octets(answer.attribute_id, 2)
        else:
            octets += write_configure_reporting([answer.record])
    return bytes(octets)


def parse_configurations(payload: bytes) -> list[ReadConfiguration]:
    """Return the records of Read Reporting Configuration Response."""
    reader, found = Reader(payload), []
    while reader.more:
        status = reader.number(1)
        if status == Status.SUCCESS:
            record = _read_configuration(reader)
            found.append(ReadConfiguration(status, record.direction, record.attribute_id, record))
        else:
            direction = reader.number(1)
            found.append(ReadConfiguration(status, direction, reader.number(2)))
    return found
