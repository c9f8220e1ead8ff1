"""The payload of a command from records: what a caller may send instead of octets."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sebridge.base.errors import ParameterError
from sebridge.model.values import record_name
from sebridge.zcl.command_table import CLUSTERS, WireCommand
from sebridge.zcl.frame import CONFIGURE_REPORTING
from sebridge.zcl.general import given_value
from sebridge.zcl.general_fields import GENERAL_COMMANDS, write_fields
from sebridge.zcl.record_fields import record_of

MOST_RECORDS: Final = 100
_PATH: Final = "payload"
_CONFIGURATION: Final = {
    "direction": 0,
    "min_interval": 0,
    "max_interval": 0,
    "reportable_change": 0,
    "timeout": 0,
}
"""What may be left out of an AttributeReportingConfigurationRecord."""


def general_payload(command_id: int, records: Sequence[Any]) -> bytes:
    """Return the payload of a general command from its records, or from one with its fields.

    ParameterError names what is wrong, or says that there are no records for this command.
    """
    command = GENERAL_COMMANDS.get(command_id)
    if command is None:
        raise ParameterError(_PATH, f"of general command 0x{command_id:02X} must be octets")
    given = [_fields(record, place) for place, record in enumerate(_few(records))]
    if command_id == CONFIGURE_REPORTING:
        given = [_CONFIGURATION | fields for fields in given]
    try:
        if command.records:
            return write_fields(command, {"records": given})
        return b"".join(write_fields(command, fields) for fields in given)
    except ParameterError as error:
        path = error.path.replace("fields.records", _PATH, 1).replace("fields", _PATH, 1)
        raise ParameterError(path, error.problem) from error


def cluster_payload(
    cluster_id: int, command_id: int, records: Sequence[Any], *, from_server: bool
) -> bytes:
    """Return the payload of a cluster's command from its record, several one after the other.

    The field `type` may name a record of the same cluster and direction; without it the command
    says which one it is. ParameterError names what is wrong.
    """
    octets = bytearray()
    for place, record in enumerate(_few(records)):
        path = f"{_PATH}[{place}]"
        kind = _command(cluster_id, command_id, record, path, from_server=from_server).record
        try:
            octets += record_of(kind, _fields(record, place), path).serialize()
        except ValueError as error:
            raise ParameterError(path, str(error)) from error
    return bytes(octets)


def _command(
    cluster_id: int, command_id: int, record: Any, path: str, *, from_server: bool
) -> WireCommand:
    cluster = CLUSTERS.get(cluster_id)
    if cluster is None:
        raise ParameterError(_PATH, f"for cluster 0x{cluster_id:04X} must be octets")
    named = record.get("type") if isinstance(record, Mapping) else None
    if named is None:
        found = cluster.find(command_id, from_server=from_server)
        if found is None:
            raise ParameterError(_PATH, f"of command 0x{command_id:02X} must be octets")
        return found
    for command in cluster.commands:
        if record_name(command.record) == named and command.from_server == from_server:
            return command
    raise ParameterError(
        f"{path}.type", f"is no record that is sent to this side of {cluster.name}"
    )


def _few(records: Sequence[Any]) -> Sequence[Any]:
    if len(records) > MOST_RECORDS:
        raise ParameterError(_PATH, f"has more than {MOST_RECORDS} records")
    return records


def _fields(record: Any, place: int) -> dict[str, Any]:
    found = given_value(record)
    if not isinstance(found, dict):
        raise ParameterError(f"{_PATH}[{place}]", "is not a record")
    return found
