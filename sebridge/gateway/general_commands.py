"""The general commands that come to a local cluster: what it answers. Pure."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sebridge.base.errors import SebridgeError, UnsupportedCommandError
from sebridge.gateway.local_attributes import LocalAttributes
from sebridge.gateway.pairing import Pairing
from sebridge.zcl import frame as zcl
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.general import (
    Reader,
    parse_read_attributes,
    parse_written_values,
    write_discover_response,
    write_read_response,
    write_write_response,
)
from sebridge.zcl.reporting import (
    RECEIVING,
    AttributeReportingConfigurationRecord,
    ReadConfiguration,
    ReportingStatusRecord,
    parse_configure_reporting,
    parse_read_configuration,
    write_configurations,
    write_reporting_statuses,
)
from sebridge.zcl.status import Status

_MOST_READ = 100  # more attributes than any answer could hold


class ReportingTable(Protocol):
    """Who keeps the reporting configurations that peers ask of our clusters, of one direction."""

    def configure(self, pairing: Pairing, record: AttributeReportingConfigurationRecord) -> Status:
        """Take one configuration; return SUCCESS or why not."""

    def configuration(
        self, pairing: Pairing, attribute_id: int
    ) -> AttributeReportingConfigurationRecord | Status:
        """Return a configuration of ours, or why there is none."""


ReportingTables = Mapping[int, ReportingTable]
"""By direction: SENDING for the reports that we send, RECEIVING for those that we receive."""


def read_attributes(attributes: LocalAttributes, payload: bytes) -> bytes:
    """Return the payload of Read Attributes Response."""
    records: list[tuple[int, Status, AttributeValue | None]] = []
    for attribute_id in parse_read_attributes(payload)[:_MOST_READ]:
        try:
            records.append((attribute_id, Status.SUCCESS, attributes.read(attribute_id)))
        except SebridgeError as error:
            records.append((attribute_id, zcl_status(error), None))
    return write_read_response(records)


def write_attributes(attributes: LocalAttributes, payload: bytes, *, undivided: bool) -> bytes:
    """Write what may be written; return the payload of Write Attributes Response."""
    values = parse_written_values(payload)
    statuses = apply_writes(attributes, values, undivided=undivided, over_the_air=True)
    return write_write_response(
        [(v.attribute_id, s) for v, s in zip(values, statuses, strict=True) if s]
    )


def apply_writes(
    attributes: LocalAttributes,
    values: Sequence[AttributeValue],
    *,
    undivided: bool,
    over_the_air: bool,
) -> list[Status]:
    """Write what may be written, all or nothing if undivided; return what is to be said of each."""
    statuses = [attributes.check_write(value, over_the_air=over_the_air) for value in values]
    if not (undivided and any(statuses)):
        for value, status in zip(values, statuses, strict=True):
            if status == Status.SUCCESS:
                attributes.set(value.attribute_id, value.value)
    return statuses


def discover_attributes(attributes: LocalAttributes, payload: bytes) -> bytes:
    """Return the payload of Discover Attributes Response."""
    reader = Reader(payload)
    first, most = reader.number(2), reader.number(1)
    found = [pair for pair in attributes.types() if pair[0] >= first]
    return write_discover_response(found[:most], complete=len(found) <= most)


def configure_reporting(tables: ReportingTables, pairing: Pairing, payload: bytes) -> bytes:
    """Hand the configurations to the tables; return the payload of Configure Reporting Response.

    Where nobody keeps what we receive, there is nothing to do about what a peer tells of that.
    """
    failed = []
    for record in parse_configure_reporting(payload):
        table = tables.get(record.direction)
        if table is not None:
            status = table.configure(pairing, record)
        else:
            is_news = record.direction == RECEIVING
            status = Status.SUCCESS if is_news else Status.UNREPORTABLE_ATTRIBUTE
        if status != Status.SUCCESS:
            failed.append(ReportingStatusRecord(status, record.direction, record.attribute_id))
    return write_reporting_statuses(failed)


def read_reporting(tables: ReportingTables, pairing: Pairing, payload: bytes) -> bytes:
    """Return the payload of Read Reporting Configuration Response."""
    answers = []
    for direction, attribute_id in parse_read_configuration(payload)[:_MOST_READ]:
        table = tables.get(direction)
        found = Status.NOT_FOUND if table is None else table.configuration(pairing, attribute_id)
        if isinstance(found, Status):
            answers.append(ReadConfiguration(found, direction, attribute_id))
        else:
            answers.append(ReadConfiguration(Status.SUCCESS, direction, attribute_id, found))
    return write_configurations(answers)


def answer_reporting(
    command_id: int, tables: ReportingTables, pairing: Pairing, payload: bytes
) -> tuple[int, bytes] | None:
    """Return command id and payload of the answer; None for a command of another kind."""
    match command_id:
        case zcl.CONFIGURE_REPORTING:
            told = configure_reporting(tables, pairing, payload)
            return zcl.CONFIGURE_REPORTING_RESPONSE, told
        case zcl.READ_REPORTING_CONFIGURATION:
            told = read_reporting(tables, pairing, payload)
            return zcl.READ_REPORTING_CONFIGURATION_RESPONSE, told
    return None


def answer(
    command_id: int, attributes: LocalAttributes, payload: bytes
) -> tuple[int, bytes] | None:
    """Return command id and payload of the answer; None where none is to be sent.

    Raises DecodeError for a payload that cannot be read, UnsupportedCommandError for a command
    that is not known.
    """
    match command_id:
        case zcl.READ_ATTRIBUTES:
            return zcl.READ_ATTRIBUTES_RESPONSE, read_attributes(attributes, payload)
        case zcl.WRITE_ATTRIBUTES | zcl.WRITE_ATTRIBUTES_UNDIVIDED:
            undivided = command_id == zcl.WRITE_ATTRIBUTES_UNDIVIDED
            written = write_attributes(attributes, payload, undivided=undivided)
            return zcl.WRITE_ATTRIBUTES_RESPONSE, written
        case zcl.WRITE_ATTRIBUTES_NO_RESPONSE:
            write_attributes(attributes, payload, undivided=False)
            return None
        case zcl.DISCOVER_ATTRIBUTES:
            return zcl.DISCOVER_ATTRIBUTES_RESPONSE, discover_attributes(attributes, payload)
    raise UnsupportedCommandError(f"no general command 0x{command_id:02X}")
