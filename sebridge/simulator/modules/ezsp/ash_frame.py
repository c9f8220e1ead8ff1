"""Frames of ASH as the module reads and writes them. Pure.

Source: Silicon Labs UG101, frame formats, byte stuffing, reserved bytes.
"""

import binascii
from collections.abc import Iterator
import enum
from typing import Final, NamedTuple

from sebridge.radio.escaping import unescaped
from sebridge.radio.ezsp.ash_frames import ACKNOWLEDGEMENTS, line, randomized

LONGEST_CONTENT: Final = 220
"""Octets of the longest EZSP frame that the module sends."""
_FLAG, _SUBSTITUTE, _CANCEL = 0x7E, 0x18, 0x1A
_FLOW_CONTROL: Final = b"\x11\x13"
_LONGEST_LINE: Final = 600  # octets: the longest frame, with all of it escaped
_MOST_DATA: Final = 256
_SHORTEST: Final = 3  # octets: control, checksum
_CRC_START: Final = 0xFFFF
_NUMBER: Final = 0x07
_AGAIN: Final = 0x08
_VERSION: Final = 0x02


class Kind(enum.IntEnum):
    """What a frame is; the control octet of all but DATA begins with this."""

    DATA = 0x00
    ACK = 0x80
    NAK = 0xA0
    RST = 0xC0
    RSTACK = 0xC1
    ERROR = 0xC2


class AshFrame(NamedTuple):
    """A frame of the host."""

    kind: Kind
    acknowledged: int = 0  # the number of the frame that is expected of us, 0..7
    number: int = 0  # of a DATA frame, 0..7
    again: bool = False  # whether it was sent before
    content: bytes = b""  # an EZSP frame


def parse(written: bytes) -> AshFrame | None:
    """Read what stands before a flag; None for what is damaged, or for a host to say."""
    plain = unescaped(written)
    if plain is None or not _SHORTEST <= len(plain) <= _MOST_DATA + _SHORTEST:
        return None
    if binascii.crc_hqx(plain, _CRC_START):
        return None
    control, field = plain[0], plain[1:-2]
    if not control & Kind.ACK:
        number, again = control >> 4, bool(control & _AGAIN)
        return AshFrame(Kind.DATA, control & _NUMBER, number, again, randomized(field))
    if control == Kind.RST:
        return AshFrame(Kind.RST)
    for kind in (Kind.ACK, Kind.NAK):
        if control & 0xE0 == kind:
            return AshFrame(kind, control & _NUMBER)
    return None


def data(number: int, acknowledged: int, content: bytes, *, again: bool = False) -> bytes:
    """Return a DATA frame as it is written; both numbers are 0..7."""
    control = number << 4 | (_AGAIN if again else 0) | acknowledged
    return line(control, randomized(content))


def ack(acknowledged: int) -> bytes:
    """Return the acknowledgement of all frames before this number."""
    return ACKNOWLEDGEMENTS[acknowledged]


def nak(acknowledged: int) -> bytes:
    """Return what asks for this frame and all after it once more."""
    return line(Kind.NAK | acknowledged)


def reset_done(code: int) -> bytes:
    """Return what tells that the module was reset, and why."""
    return line(Kind.RSTACK, bytes((_VERSION, code)))


def failed(code: int) -> bytes:
    """Return what tells that the module waits for a reset, and why."""
    return line(Kind.ERROR, bytes((_VERSION, code)))


class LineReader:
    """Finds the frames in what the host sends."""

    def __init__(self) -> None:
        self._octets = bytearray()
        self._is_spoilt = False  # up to the next flag

    def feed(self, octets: bytes) -> Iterator[AshFrame | None]:
        """Take what came, in pieces of any size; yield its frames, None for a damaged one."""
        for octet in octets.translate(None, _FLOW_CONTROL):
            if octet == _FLAG:
                written, is_spoilt = bytes(self._octets), self._is_spoilt
                self._begin()
                if written and not is_spoilt:
                    yield parse(written)
            elif octet == _CANCEL:
                self._begin()
            elif octet == _SUBSTITUTE or len(self._octets) >= _LONGEST_LINE:
                self._is_spoilt = True
            else:
                self._octets.append(octet)

    def _begin(self) -> None:
        self._octets.clear()
        self._is_spoilt = False
