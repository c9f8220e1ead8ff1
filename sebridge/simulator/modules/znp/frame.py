"""Frames of the Monitor and Test interface: start, length, command, data, check. Pure.

Source: Z-Stack Monitor and Test API, general serial packet and UART transport.
"""

from collections.abc import Iterator
import enum
from typing import Final, NamedTuple

START: Final = 0xFE
LONGEST_DATA: Final = 250  # octets
_KIND: Final = 0xE0
_HEAD: Final = 4  # start, length, two octets of command
_AROUND: Final = _HEAD + 1  # and the check octet


class Kind(enum.IntEnum):
    """Who speaks, and whether an answer is waited for: the upper three bits of a command."""

    POLL = 0x00
    REQUEST = 0x20
    CALLBACK = 0x40
    RESPONSE = 0x60


class Subsystem(enum.IntEnum):
    """Which part of the stack is meant: the lower five bits of a command."""

    RPC = 0
    SYS = 1
    AF = 4
    ZDO = 5
    UTIL = 7
    APP_CNF = 15


class Frame(NamedTuple):
    """A frame from the host; the octet before the command has kind and subsystem."""

    head: int
    command: int
    data: bytes

    @property
    def kind(self) -> int:
        """A `Kind`, or a number that is reserved."""
        return self.head & _KIND

    @property
    def subsystem(self) -> int:
        """A `Subsystem`, or one that this stack does not have."""
        return self.head & ~_KIND


def encode(kind: Kind, subsystem: int, command: int, data: bytes = b"") -> bytes:
    """Return the octets of a frame; ValueError for more than 250 octets of data."""
    if len(data) > LONGEST_DATA:
        raise ValueError(f"{len(data)} octets are more than {LONGEST_DATA}")
    body = bytes((len(data), kind | subsystem, command)) + data
    return bytes((START,)) + body + bytes((_check(body),))


class FrameReader:
    """Finds the frames in what the host sends; what is none is skipped up to the next start."""

    def __init__(self) -> None:
        self.skipped = 0  # octets
        self._octets = bytearray()

    def feed(self, octets: bytes) -> Iterator[Frame]:
        """Take what came, in pieces of any size; yield the frames that are whole now."""
        self._octets += octets
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> Frame | None:
        buffer = self._octets
        while True:
            start = buffer.find(START)
            self._skip(len(buffer) if start < 0 else start)
            if len(buffer) < _AROUND:
                return None
            end = buffer[1] + _AROUND
            if buffer[1] <= LONGEST_DATA:
                if len(buffer) < end:
                    return None
                if _check(buffer[1 : end - 1]) == buffer[end - 1]:
                    break
            self._skip(1)
        frame = Frame(buffer[2], buffer[3], bytes(buffer[_HEAD : end - 1]))
        del buffer[:end]
        return frame

    def _skip(self, count: int) -> None:
        self.skipped += count
        del self._octets[:count]


def _check(octets: bytes | bytearray) -> int:
    check = 0
    for octet in octets:
        check ^= octet
    return check
