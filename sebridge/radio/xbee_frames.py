"""API frame 0x91 of XBee modules as octets: what the fast lane takes of them. Pure.

Source: Digi, XBee/XBee-PRO SE manual, API frame structure and Explicit RX Indicator.
"""

import struct
from typing import Final

from sebridge.radio.escaping import unescaped
from sebridge.radio.heard import Heard
from sebridge.zcl.identifiers import ZDO_ENDPOINT

RECEIVED_BROADCAST: Final = 0x02
RECEIVED_ENCRYPTED: Final = 0x20
_START: Final = 0x7E
_CHECKED: Final = 0xFF  # the low octet of the sum over content and checksum
_AROUND: Final = 4  # octets of a frame around its content: start, length, checksum
_EXPLICIT_RX: Final = 0x91
_HEAD: Final = struct.Struct(">BQHBBHHB")
"""Type; the sender's two addresses, both endpoints, cluster, profile, options."""


def content(octets: bytearray) -> tuple[bytes, int] | None:
    """Return what is in the frame at the beginning, and how many octets of the line it takes.

    None for what is not whole, not sound, or not written as modules write it.
    """
    end = octets.find(_START, 1)
    line = bytes(octets if end < 0 else octets[:end])
    plain = unescaped(line)
    if plain is None or len(plain) < _AROUND or plain[0] != _START:
        return None
    length = int.from_bytes(plain[1:3], "big")
    if length != len(plain) - _AROUND or sum(plain[3:]) & 0xFF != _CHECKED:
        return None
    return plain[3:-1], len(line)


def incoming(frame: bytes) -> tuple[Heard, int] | None:
    """Read a frame from another device, and its sender's EUI-64 as a number.

    None for all that is not common, and left to the library: other frames, broadcasts and ZDO.
    """
    if len(frame) < _HEAD.size:
        return None
    kind, source, nwk, source_endpoint, endpoint, cluster_id, profile_id, options = (
        _HEAD.unpack_from(frame)
    )
    if kind != _EXPLICIT_RX or endpoint == ZDO_ENDPOINT or options & RECEIVED_BROADCAST:
        return None
    data, encrypted = frame[_HEAD.size :], options & RECEIVED_ENCRYPTED != 0
    heard = Heard(nwk, profile_id, cluster_id, source_endpoint, endpoint, data, encrypted)
    return heard, source
