"""Commands that modules give each other, as frames between their endpoints 0xE6. Pure.

What goes on the air for them stands nowhere: this is how modules of this air do it.
"""

import struct
from typing import Final

import msgspec

REQUEST: Final = 0x0021
RESPONSE: Final = 0x00A1
"""Clusters of what is asked, and of what is answered."""
_ASKED: Final = struct.Struct(">BB2s")
_ANSWERED: Final = struct.Struct(">B2sB")


class RemoteQuestion(msgspec.Struct, frozen=True):
    """A command: the number of the question, its options, its name, and a value."""

    number: int
    options: int
    name: bytes
    value: bytes = b""

    def serialize(self) -> bytes:
        """Return it as it stands in a frame."""
        return _ASKED.pack(self.number, self.options, self.name) + self.value


class RemoteReply(msgspec.Struct, frozen=True):
    """What became of a command, and what is found."""

    number: int
    name: bytes
    status: int
    found: bytes = b""

    def serialize(self) -> bytes:
        """Return it as it stands in a frame."""
        return _ANSWERED.pack(self.number, self.name, self.status) + self.found


def read_question(data: bytes) -> RemoteQuestion | None:
    """Read a command; None where it is too short."""
    if len(data) < _ASKED.size:
        return None
    number, options, name = _ASKED.unpack_from(data)
    return RemoteQuestion(number, options, name, data[_ASKED.size :])


def read_reply(data: bytes) -> RemoteReply | None:
    """Read what is answered; None where it is too short."""
    if len(data) < _ANSWERED.size:
        return None
    number, name, status = _ANSWERED.unpack_from(data)
    return RemoteReply(number, name, status, data[_ANSWERED.size :])
