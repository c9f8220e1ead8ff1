"""Frames of EZSP: a head, and the fields of the command. Pure.

A host begins with the head of the first versions, and goes on with that of the later ones once it
knows the version. Source: Silicon Labs UG100, the EZSP frame.
"""

import struct
from typing import Final, NamedTuple

VERSION, INVALID_COMMAND = 0x0000, 0x0058
"""Frames that belong to the protocol itself."""
_RESPONSE, _CALLBACK = 0x80, 0x90
_FORMAT, _FORMAT_MASK = 0x01, 0x03
_OLD_HEAD: Final = struct.Struct("<BBB")  # sequence number, control, command
_HEAD: Final = struct.Struct("<BBBH")  # the same, with another octet of control


class Request(NamedTuple):
    """A command of the host."""

    sequence: int
    frame_id: int
    fields: bytes
    is_old: bool  # whether its head is that of the first versions


def read(octets: bytes) -> Request | None:
    """Read a frame of the host; None for what has no such head.

    With the head of the first versions only the version can be asked for.
    """
    if len(octets) >= _HEAD.size and octets[2] & _FORMAT_MASK == _FORMAT:
        sequence, _, _, frame_id = _HEAD.unpack_from(octets)
        return Request(sequence, frame_id, octets[_HEAD.size :], is_old=False)
    if len(octets) >= _OLD_HEAD.size and octets[2] == VERSION:
        return Request(octets[0], VERSION, octets[_OLD_HEAD.size :], is_old=True)
    return None


def response(request: Request, frame_id: int, fields: bytes) -> bytes:
    """Return the octets of the answer to a request, with a head like its own."""
    if request.is_old:
        return _OLD_HEAD.pack(request.sequence, _RESPONSE, frame_id) + fields
    return _HEAD.pack(request.sequence, _RESPONSE, _FORMAT, frame_id) + fields


def callback(sequence: int, frame_id: int, fields: bytes) -> bytes:
    """Return the octets of what nobody asked for; its number is that of the last answer."""
    return _HEAD.pack(sequence, _CALLBACK, _FORMAT, frame_id) + fields
