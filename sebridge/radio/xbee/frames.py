"""API frames of XBee modules as octets: on the line, and what the fast lane takes of them. Pure.

Source: Digi, XBee/XBee-PRO SE manual, API frame structure and Explicit RX Indicator.
"""

from collections.abc import Mapping
import enum
import struct
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.radio.escaping import unescaped
from sebridge.radio.heard import Heard
from sebridge.radio.radio import FoundModule
from sebridge.zcl.identifiers import ZDO_ENDPOINT

RECEIVED_BROADCAST: Final = 0x02
RECEIVED_ENCRYPTED: Final = 0x20
_START: Final = 0x7E
_CHECKED: Final = 0xFF  # the low octet of the sum over content and checksum
_AROUND: Final = 4  # octets of a frame around its content: start, length, checksum
_ESCAPE: Final = b"\x7d"
_LENGTH: Final = slice(1, 3)
LONGEST_FRAME: Final = 512
"""Octets in a frame: more than any module sends, so that a damaged length is seen as one."""


class FrameType(enum.IntEnum):
    """What a module says to its host, as far as the bridge listens."""

    AT_RESPONSE = 0x88
    MODEM_STATUS = 0x8A
    TRANSMIT_STATUS = 0x8B
    EXPLICIT_RX = 0x91
    REGISTRATION_STATUS = 0xA4


_SHORTEST: Final[Mapping[int, int]] = {
    FrameType.AT_RESPONSE: 5,
    FrameType.MODEM_STATUS: 2,
    FrameType.TRANSMIT_STATUS: 7,
    FrameType.EXPLICIT_RX: 18,
    FrameType.REGISTRATION_STATUS: 3,
}
_ANSWERS: Final = frozenset(
    {FrameType.AT_RESPONSE, FrameType.TRANSMIT_STATUS, FrameType.REGISTRATION_STATUS}
)
_HEAD: Final = struct.Struct(">BQHBBHHB")
"""Type; the sender's two addresses, both endpoints, cluster, profile, options."""


_FOUND: Final = struct.Struct(">HQ")
"""The network address and the address of who is found."""

Piece = tuple[int, bytes | None]
"""How many octets of the line the first thing on it takes, and the content of that frame.

None for the content where it is none: noise, or a damaged frame.
"""


def first_piece(octets: bytearray) -> Piece | None:
    """Return what is at the beginning of the line; None while more has to come.

    An octet 0x7E always begins a frame: within one it is escaped. So the frame that begins with the
    next one is heard, whatever the one before has lost. What stands behind a frame is noise.
    """
    if not octets:
        return None
    begin = octets.find(_START)
    if begin != 0:
        return len(octets) if begin < 0 else begin, None
    end = octets.find(_START, 1)
    line = bytes(octets if end < 0 else octets[:end])
    plain = unescaped(line)
    if plain is None and end < 0:
        plain = unescaped(line.removesuffix(_ESCAPE))  # what is escaped has still to come
    if plain is None:
        return len(line), None
    length = int.from_bytes(plain[_LENGTH], "big")
    if len(plain) < _AROUND + length:
        # the length itself may not be whole yet: then it is less than it will be
        return None if end < 0 and length <= LONGEST_FRAME else (len(line), None)
    content = plain[3 : _AROUND + length]
    if sum(content) & 0xFF != _CHECKED:
        return len(line), None
    return len(line), content[:-1]


def is_whole(frame: bytes) -> bool:
    """Say whether a frame is one that the bridge listens to, with all that belongs to it."""
    return bool(frame) and len(frame) >= _SHORTEST.get(frame[0], len(frame) + 1)


def answered(frame: bytes) -> int | None:
    """Return the number of the command that a whole frame answers; None for what is no answer."""
    return frame[1] if frame[0] in _ANSWERS else None


def module_in(frame: bytes) -> FoundModule | None:
    """Read what a module tells of itself in an answer to ND; None where it cannot be read.

    Source: Digi, XBee 3 Zigbee RF Module User Guide, ND - Network Discover.
    """
    if len(frame) < _FOUND.size:
        return None
    nwk, address = _FOUND.unpack_from(frame)
    name, end, _rest = frame[_FOUND.size :].partition(b"\0")
    return FoundModule(Eui64(address), nwk, name.decode("ascii", "replace")) if end else None


def incoming(frame: bytes) -> tuple[Heard, int] | None:
    """Read a frame from another device, and its sender's EUI-64 as a number.

    None for all that is not common, and left to the library: other frames, broadcasts and ZDO.
    """
    if len(frame) < _HEAD.size:
        return None
    kind, source, nwk, source_endpoint, endpoint, cluster_id, profile_id, options = (
        _HEAD.unpack_from(frame)
    )
    if kind != FrameType.EXPLICIT_RX or endpoint == ZDO_ENDPOINT or options & RECEIVED_BROADCAST:
        return None
    data, encrypted = frame[_HEAD.size :], options & RECEIVED_ENCRYPTED != 0
    heard = Heard(nwk, profile_id, cluster_id, source_endpoint, endpoint, data, encrypted)
    return heard, source
