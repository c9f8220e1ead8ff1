"""Who a module is, as ND and node identification tell it. Pure.

Source: Digi, XBee 3 Zigbee RF Module User Guide, ND, NO, Node Identification Indicator - 0x95.
"""

import enum
import struct
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.simulator.modules.xbee.firmware import NOT_JOINED
from sebridge.zcl import digi

Fields = tuple[bytes | str, ...]
"""What a command finds, in its parts: text is text, the others are numbers."""

_ADDRESSES: Final = struct.Struct(">HQ")
_REST: Final = struct.Struct(">HBBHH")


SHORTEST: Final = _ADDRESSES.size + 1 + _REST.size
"""Octets of what a module tells of itself that has no name."""


class DiscoveryOption(enum.IntFlag):
    """What NO says."""

    DEVICE_TYPE = 0x01
    OURSELVES = 0x02


class Reason(enum.IntEnum):
    """Why a module tells who it is."""

    ASKED = 0x00
    BUTTON = 0x01


def identity(
    address: Eui64,
    nwk: int,
    name: bytes,
    reason: Reason,
    *,
    is_router: bool,
    device_type: bytes = b"",
) -> bytes:
    """Return what a module tells of itself, with its type (DD) where that is wanted."""
    told = _ADDRESSES.pack(nwk, address) + name + b"\0"
    return (
        told
        + _REST.pack(NOT_JOINED, is_router, reason, digi.PROFILE, digi.MANUFACTURER)
        + (device_type)
    )


def fields_of(told: bytes) -> Fields:
    """Return the parts of what a module tells of itself: addresses, name, and the rest."""
    name, _, rest = told[_ADDRESSES.size :].partition(b"\0")
    return *_cut(told, 2, 4, 4), name.decode("latin-1"), *_cut(rest, 2, 1, 1, 2, 2, 4)


def octets_of(fields: Fields) -> bytes:
    """Return parts as they stand in a frame, text with a zero behind it."""
    return b"".join(
        field.encode("latin-1") + b"\0" if isinstance(field, str) else field for field in fields
    )


def _cut(octets: bytes, *sizes: int) -> list[bytes]:
    """Return pieces of these sizes, as far as there are octets."""
    pieces = []
    for size in sizes:
        pieces.append(octets[:size])
        octets = octets[size:]
    return [piece for piece in pieces if piece]
