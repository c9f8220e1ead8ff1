"""Frames of the ZigBee device object: a sequence number and the fields of a command.

zigpy declares the commands; here they are written and read, and everything a peer can do wrong
becomes a DecodeError.
"""

from collections.abc import Mapping
from typing import Any, Final

import zigpy.types as t
from zigpy.zdo.types import CLUSTERS, Status, ZDOCmd

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError

ANSWER_BIT: Final = 0x8000
"""An answer has its question's cluster identifier with this bit set."""

_STATUS: Final = "Status"

Fields = Mapping[str, Any]
"""The fields of a command by the names that zigpy gives them."""


def encode(command: ZDOCmd, sequence: int, *values: object) -> bytes:
    """Return the octets of a request; `values` are its fields in their order."""
    names, kinds = CLUSTERS[command]
    if len(values) != len(names):
        raise ValueError(f"{command.name} has the fields {', '.join(names)}")
    given = (bytes(value) if isinstance(value, Eui64) else value for value in values)
    fields = (kind(value) for kind, value in zip(kinds, given, strict=True))
    return bytes((sequence,)) + b"".join(field.serialize() for field in fields)


def decode(command_id: int, octets: bytes) -> tuple[int, Fields]:
    """Read a frame: its sequence number and its fields by name.

    An answer that refuses may end after its status. Octets after the last field are ignored.
    Raises DecodeError for an unknown command, a missing field or one that cannot be read.
    """
    if not octets:
        raise DecodeError("the ZDO frame is empty", 0)
    try:
        names, kinds = CLUSTERS[ZDOCmd(command_id)]
    except (KeyError, ValueError) as error:
        raise DecodeError(f"0x{command_id:04X} is no ZDO command") from error
    fields: dict[str, Any] = {}
    rest = octets[1:]
    for name, kind in zip(names, kinds, strict=True):
        if not rest and fields.get(_STATUS, Status.SUCCESS) != Status.SUCCESS:
            break
        try:
            value, rest = kind.deserialize(rest)
            fields[name] = Eui64.from_octets(bytes(value)) if kind is t.EUI64 else value
        except (ValueError, KeyError, OverflowError, AssertionError) as error:
            raise DecodeError(f"{name}: {error}", len(octets) - len(rest)) from error
    return octets[0], fields
