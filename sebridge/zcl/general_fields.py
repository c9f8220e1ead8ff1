"""The payloads of the general commands as plain fields, named as in the RPC record reference.

Every command is one table of parts, read and written by the same table. A command is either a few
fields, or these and a list `records`. Source: ZigBee Cluster Library, general commands.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.model.plain import integer
from sebridge.zcl.attributes import write_value
from sebridge.zcl.data_types import is_analog
from sebridge.zcl.general import Reader
from sebridge.zcl.status import Status

_Fields = dict[str, Any]
_Condition = Callable[[_Fields, bool], bool]  # of the fields so far, and whether octets are left


def _always(_fields: _Fields, _more: bool) -> bool:  # noqa: FBT001  # called by position
    return True


def _read(fields: _Fields, _more: bool) -> bool:  # noqa: FBT001
    return bool(fields["status"] == Status.SUCCESS)


def _failed_or_named(fields: _Fields, more: bool) -> bool:  # noqa: FBT001
    return more or fields["status"] != Status.SUCCESS  # a single 0 stands for "all went well"


def _for_sending(fields: _Fields, _more: bool) -> bool:  # noqa: FBT001
    return not fields["direction"] and not fields.get("status")


def _for_receiving(fields: _Fields, _more: bool) -> bool:  # noqa: FBT001
    return bool(fields["direction"]) and not fields.get("status")


def _analog_for_sending(fields: _Fields, more: bool) -> bool:  # noqa: FBT001
    return _for_sending(fields, more) and is_analog(fields["attribute_type"])


class _Part(msgspec.Struct, frozen=True):
    """One field: its size in octets (0: a value of the record's attribute_type), and when."""

    name: str
    size: int
    when: _Condition = _always


class GeneralCommand(msgspec.Struct, frozen=True):
    """A general command: its name, its own fields, and the parts of each of its records."""

    name: str
    fields: tuple[_Part, ...] = ()
    records: tuple[_Part, ...] = ()


_ATTRIBUTE: Final = _Part("attribute_id", 2)
_TYPE: Final = _Part("attribute_type", 1)
_STATUS: Final = _Part("status", 1)
_DIRECTION: Final = _Part("direction", 1)
_WRITE: Final = (_ATTRIBUTE, _TYPE, _Part("value", 0))
_CONFIGURATION: Final = (
    _Part("attribute_type", 1, _for_sending),
    _Part("min_interval", 2, _for_sending),
    _Part("max_interval", 2, _for_sending),
    _Part("reportable_change", 0, _analog_for_sending),
    _Part("timeout", 2, _for_receiving),
)
_DISCOVER: Final = (_Part("start_attribute_id", 2), _Part("maximum_number_of_attributes", 1))
_DISCOVER_COMMANDS: Final = (_Part("start_command_id", 1), _Part("maximum_number_of_commands", 1))
_COMPLETE: Final = (_Part("discovery_complete", 1),)
_COMMAND: Final = _Part("command_id", 1)

GENERAL_COMMANDS: Final[Mapping[int, GeneralCommand]] = {
    0x00: GeneralCommand("read_attributes", records=(_ATTRIBUTE,)),
    0x01: GeneralCommand(
        "read_attributes_response",
        records=(
            _ATTRIBUTE,
            _STATUS,
            _Part("attribute_type", 1, _read),
            _Part("value", 0, _read),
        ),
    ),
    0x02: GeneralCommand("write_attributes", records=_WRITE),
    0x03: GeneralCommand("write_attributes_undivided", records=_WRITE),
    0x04: GeneralCommand(
        "write_attributes_response", records=(_STATUS, _Part("attribute_id", 2, _failed_or_named))
    ),
    0x05: GeneralCommand("write_attributes_no_response", records=_WRITE),
    0x06: GeneralCommand("configure_reporting", records=(_DIRECTION, _ATTRIBUTE, *_CONFIGURATION)),
    0x07: GeneralCommand(
        "configure_reporting_response",
        records=(
            _STATUS,
            _Part("direction", 1, _failed_or_named),
            _Part("attribute_id", 2, _failed_or_named),
        ),
    ),
    0x08: GeneralCommand("read_reporting_configuration", records=(_DIRECTION, _ATTRIBUTE)),
    0x09: GeneralCommand(
        "read_reporting_configuration_response",
        records=(_STATUS, _DIRECTION, _ATTRIBUTE, *_CONFIGURATION),
    ),
    0x0A: GeneralCommand("report_attributes", records=_WRITE),
    0x0B: GeneralCommand("default_response", fields=(_COMMAND, _STATUS)),
    0x0C: GeneralCommand("discover_attributes", fields=_DISCOVER),
    0x0D: GeneralCommand(
        "discover_attributes_response", fields=_COMPLETE, records=(_ATTRIBUTE, _TYPE)
    ),
    0x11: GeneralCommand("discover_commands_received", fields=_DISCOVER_COMMANDS),
    0x12: GeneralCommand(
        "discover_commands_received_response", fields=_COMPLETE, records=(_COMMAND,)
    ),
    0x13: GeneralCommand("discover_commands_generated", fields=_DISCOVER_COMMANDS),
    0x14: GeneralCommand(
        "discover_commands_generated_response", fields=_COMPLETE, records=(_COMMAND,)
    ),
    0x15: GeneralCommand("discover_attributes_extended", fields=_DISCOVER),
    0x16: GeneralCommand(
        "discover_attributes_extended_response",
        fields=_COMPLETE,
        records=(_ATTRIBUTE, _TYPE, _Part("access", 1)),
    ),
}
"""By command identifier; structured access (0x0E to 0x10) is not used in Smart Energy."""

COMMAND_IDS: Final = {item.name: number for number, item in GENERAL_COMMANDS.items()}


def read_fields(command: GeneralCommand, payload: bytes) -> dict[str, Any]:
    """Return the fields of a general command; raise DecodeError with the octet."""
    reader = Reader(payload)
    fields = _read_parts(reader, command.fields)
    if command.records:
        records = []
        while reader.more:
            records.append(_read_parts(reader, command.records))
        fields["records"] = records
    return fields


def _read_parts(reader: Reader, parts: tuple[_Part, ...]) -> _Fields:
    fields: _Fields = {}
    for part in parts:
        if part.when(fields, reader.more):
            number = part.size
            fields[part.name] = (
                reader.number(number) if number else reader.value(fields["attribute_type"])
            )
    return fields


def write_fields(command: GeneralCommand, fields: Mapping[str, Any]) -> bytes:
    """Return the payload of a general command; raise ParameterError that names what is wrong."""
    known = {part.name for part in command.fields} | ({"records"} if command.records else set())
    _refuse_unknown(fields, known, "fields")
    octets = bytearray(_write_parts(command.fields, fields, "fields"))
    records = fields.get("records", [])
    if not isinstance(records, list):
        raise ParameterError("fields.records", "is not a list")
    names = {part.name for part in command.records}
    for place, record in enumerate(records):
        path = f"fields.records[{place}]"
        if not isinstance(record, Mapping):
            raise ParameterError(path, "is not an object")
        _refuse_unknown(record, names, path)
        octets += _write_parts(command.records, record, path)
    return bytes(octets)


def _refuse_unknown(given: Mapping[str, Any], known: set[str], path: str) -> None:
    for name in given:
        if name not in known:
            raise ParameterError(f"{path}.{name}", "is unknown")


def _write_parts(parts: tuple[_Part, ...], given: Mapping[str, Any], path: str) -> bytes:
    octets = bytearray()
    fields: _Fields = {}
    for part in parts:
        if not part.when(fields, part.name in given):
            continue
        place = f"{path}.{part.name}"
        if part.name not in given:
            raise ParameterError(place, "is missing")
        if part.size:
            fields[part.name] = _number(given[part.name], part.size, place)
            octets += fields[part.name].to_bytes(part.size, "little")
        else:
            octets += write_value(fields["attribute_type"], given[part.name], place)
    return bytes(octets)


def _number(value: Any, size: int, path: str) -> int:
    number = integer(value, path)
    if not 0 <= number < 1 << 8 * size:
        raise ParameterError(path, f"{number} does not fit {size} octets")
    return number
