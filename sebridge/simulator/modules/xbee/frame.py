"""API frames on the line, with and without escaped octets. Pure.

Source: Digi, XBee 3 Zigbee RF Module User Guide, API frame format.
"""

import enum
from typing import Final

from sebridge.radio.xbee.frames import LONGEST_FRAME, first_piece

_START: Final = 0x7E
_ESCAPE: Final = 0x7D
_FLIPPED: Final = 0x20
_TO_ESCAPE: Final = b"\x7e\x7d\x11\x13"
_CHECKED: Final = 0xFF
_HEAD: Final = 3  # octets before the content: start, length
_AROUND: Final = 4  # the same, and the checksum


class ApiMode(enum.IntEnum):
    """What the register AP says."""

    TRANSPARENT = 0
    PLAIN = 1
    ESCAPED = 2


class Request(enum.IntEnum):
    """What the host says."""

    AT_COMMAND = 0x08
    QUEUED_AT_COMMAND = 0x09
    TRANSMIT = 0x10
    EXPLICIT_TRANSMIT = 0x11
    REMOTE_AT_COMMAND = 0x17
    REGISTER_JOINING_DEVICE = 0x24


class Report(enum.IntEnum):
    """What the module says."""

    AT_RESPONSE = 0x88
    MODEM_STATUS = 0x8A
    TRANSMIT_STATUS = 0x8B
    RECEIVE = 0x90
    EXPLICIT_RECEIVE = 0x91
    NODE_IDENTIFICATION = 0x95
    REMOTE_AT_RESPONSE = 0x97
    REGISTRATION_STATUS = 0xA4


class ModemStatus(enum.IntEnum):
    """What the module says of itself, unasked."""

    HARDWARE_RESET = 0x00
    WATCHDOG_RESET = 0x01
    JOINED = 0x02
    DISASSOCIATED = 0x03
    COORDINATOR_STARTED = 0x06
    NETWORK_KEY_UPDATED = 0x07
    KEY_ESTABLISHED = 0x10
    CHANNEL_CHANGED = 0x1E


def packed(content: bytes, mode: ApiMode) -> bytes:
    """Return a frame as it is written in a mode."""
    checksum = _CHECKED - sum(content) % 0x100
    body = len(content).to_bytes(2, "big") + content + bytes((checksum,))
    if mode is ApiMode.ESCAPED:
        body = b"".join(
            bytes((_ESCAPE, octet ^ _FLIPPED)) if octet in _TO_ESCAPE else bytes((octet,))
            for octet in body
        )
    return bytes((_START,)) + body


class Unpacker:
    """Takes frames out of what comes on the line; what is none is thrown away without a word."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def clear(self) -> None:
        """Forget what is not a whole frame yet."""
        self._buffer.clear()

    def feed(self, octets: bytes) -> None:
        """Take octets of the line."""
        self._buffer += octets

    def next(self, mode: ApiMode) -> bytes | None:
        """Return the content of the next whole frame, and forget it; None while there is none."""
        find = first_piece if mode is ApiMode.ESCAPED else _first_plain_piece
        while (piece := find(self._buffer)) is not None:
            size, content = piece
            del self._buffer[:size]
            if content:
                return content
        return None


def _first_plain_piece(octets: bytearray) -> tuple[int, bytes | None] | None:
    """Return the same as `first_piece`, where nothing is escaped."""
    if not octets:
        return None
    begin = octets.find(_START)
    if begin != 0:
        return len(octets) if begin < 0 else begin, None
    if len(octets) < _HEAD:
        return None
    size = _AROUND + int.from_bytes(octets[1:_HEAD], "big")
    if size > LONGEST_FRAME:
        return 1, None
    if len(octets) < size:
        return None
    content = bytes(octets[_HEAD:size])
    is_right = sum(content) & 0xFF == _CHECKED
    return size, content[:-1] if is_right else None
