"""The general commands that come to a local cluster: what it answers. Pure."""

from typing import Protocol

from zigpy.zcl.foundation import Status

from sebridge.base.errors import UnsupportedAttributeError, UnsupportedCommandError
from sebridge.clusters.attributes import LocalAttributes
from sebridge.devices.peer import Peer
from sebridge.zcl import frame as zcl
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.general import (
    AttributeReportingConfigurationRecord,
    Reader,
    ReportingStatusRecord,
    parse_configure_reporting,
    parse_read_attributes,
    parse_values,
    write_discover_response,
    write_read_response,
    write_reporting_statuses,
    write_write_response,
)

_MOST_READ = 100  # more attributes than any answer could hold


class ReportingTable(Protocol):
    """Who keeps the reporting configurations that peers ask of a local cluster."""

    def configure(
        self, peer: Peer, cluster_id: int, record: AttributeReportingConfigurationRecord
    ) -> Status:
        """Take one configuration; return SUCCESS or why not."""


def read_attributes(attributes: LocalAttributes, payload: bytes) -> bytes:
    """Return the payload of Read Attributes Response."""
    records: list[tuple[int, Status, AttributeValue | None]] = []
    for attribute_id in parse_read_attributes(payload)[:_MOST_READ]:
        try:
            records.append((attribute_id, Status.SUCCESS, attributes.read(attribute_id)))
        except UnsupportedAttributeError as error:
            records.append((attribute_id, error.status, None))
    return write_read_response(records)


def write_attributes(attributes: LocalAttributes, payload: bytes, *, undivided: bool) -> bytes:
    """Write what may be written; return the payload of Write Attributes Response."""
    values = parse_values(payload)
    statuses = [(value, attributes.check_write(value)) for value in values]
    failed = [(value.attribute_id, status) for value, status in statuses if status]
    if not (undivided and failed):
        for value, status in statuses:
            if status == Status.SUCCESS:
                attributes.set(value.attribute_id, value.value)
    return write_write_response(failed)


def discover_attributes(attributes: LocalAttributes, payload: bytes) -> bytes:
    """Return the payload of Discover Attributes Response."""
    reader = Reader(payload)
    first, most = reader.number(2), reader.number(1)
    found = [pair for pair in attributes.types() if pair[0] >= first]
    return write_discover_response(found[:most], complete=len(found) <= most)


def configure_reporting(
    table: ReportingTable, peer: Peer, cluster_id: int, payload: bytes
) -> bytes:
    """Hand the configurations to the table; return the payload of Configure Reporting Response."""
    failed = []
    for record in parse_configure_reporting(payload):
        status = table.configure(peer, cluster_id, record)
        if status != Status.SUCCESS:
            failed.append(ReportingStatusRecord(status, record.direction, record.attribute_id))
    return write_reporting_statuses(failed)


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
