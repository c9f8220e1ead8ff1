"""Addresses of ZigBee devices: 64 bits for life, 16 bits for as long as they are in the network.

Both are numbers, so they hash and compare as fast as numbers do: every frame is looked up by the
address of its sender, many times over. Source: ZigBee specification, addressing.
"""

import enum
from functools import lru_cache
import re
from typing import Final, Self

from typing_extensions import override

from sebridge.base.errors import DecodeError
from sebridge.base.redaction import shown

_OCTETS: Final = 8
_DIGITS: Final = 2 * _OCTETS
_NOT_HEX: Final = re.compile(r"[^0-9a-fA-F]+")
_NETWORK_ADDRESS: Final = re.compile(r"[0-9a-fA-F]{1,4}")


class Eui64(int):
    """A device's 64-bit address (EUI-64, IEEE address), 0 to 2**64 - 1; also an extended PAN ID.

    Prints as its octets, the most significant first: 00:0d:6f:00:0a:00:00:01.
    """

    __slots__ = ()

    def __new__(cls, number: int) -> Self:
        """Take the address as a number; ValueError when it has more than 64 bits."""
        if not 0 <= number < 1 << 64:
            raise ValueError(f"{int(number):#x} is not a 64-bit address")
        return super().__new__(cls, number)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 16 hex digits, whatever stands between them; DecodeError for anything else."""
        digits = _NOT_HEX.sub("", text.removeprefix("0x"))
        if len(digits) != _DIGITS:
            raise DecodeError(f"{shown(text)} is not a 64-bit address of 16 hex digits")
        return cls(int(digits, 16))

    @classmethod
    def from_octets(cls, octets: bytes) -> Self:
        """Read 8 octets as on the air, the least significant first; DecodeError for others."""
        if len(octets) != _OCTETS:
            raise DecodeError(f"{len(octets)} octets are not a 64-bit address of 8")
        return cls(int.from_bytes(octets, "little"))

    def __bytes__(self) -> bytes:
        """Return the 8 octets as on the air, the least significant first."""
        return self.to_bytes(_OCTETS, "little")

    @override
    def __repr__(self) -> str:
        return _text_of(self)

    __str__ = __repr__


class NetworkAddress(int):
    """A device's 16-bit address, 0 to 0xFFFF, which may be another's tomorrow; prints as 5eb1."""

    __slots__ = ()

    def __new__(cls, number: int) -> Self:
        """Take the address as a number; ValueError when it has more than 16 bits."""
        if not 0 <= number < 1 << 16:
            raise ValueError(f"{int(number):#x} is not a 16-bit address")
        return super().__new__(cls, number)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 1 to 4 hex digits, with or without 0x; DecodeError for anything else."""
        digits = text.removeprefix("0x")
        if not _NETWORK_ADDRESS.fullmatch(digits):
            raise DecodeError(f"{shown(text)} is not a 16-bit address of 4 hex digits")
        return cls(int(digits, 16))

    @override
    def __repr__(self) -> str:
        return f"{self:04x}"

    __str__ = __repr__


class Broadcast(enum.IntEnum):
    """Network addresses which mean many devices at once."""

    ALL = 0xFFFF
    LISTENING = 0xFFFD  # whose receivers are always on
    ROUTERS = 0xFFFC


class Group(int):
    """The 16-bit number of a group of endpoints, which are spoken to by one frame."""

    __slots__ = ()


FIRST_GROUP: Final = 0x0001
LAST_GROUP: Final = 0xFFF7
_GROUPS: Final = 0x1_0000
"""What a group's number stands behind where a group is written as if it were a device."""

_BROADCASTS: Final = frozenset(map(int, Broadcast))


def group_address(group: int) -> Eui64:
    """Return how a group is written as if it were a device: 00:00:00:00:00:01 and its number."""
    return Eui64(_GROUPS + group)


def broadcast_of(address: Eui64) -> Broadcast | Group | None:
    """Return whom a caller means who writes an address of many as if it were a device's.

    00:00:00:00:00:00:ff:ff means all, …:ff:fd who listens all the time, …:ff:fc the routers, and
    00:00:00:00:00:01:00:07 the group 7. None for the address of a device.
    """
    if FIRST_GROUP <= address - _GROUPS <= LAST_GROUP:
        return Group(address - _GROUPS)
    return Broadcast(address) if address in _BROADCASTS else None


NOBODY: Final = Eui64((1 << 64) - 1)
"""The address of a radio that has not told its own, and the network of who is on none."""
UNKNOWN_NWK: Final = 0xFFFE
"""The network address of who is on no network, or whose address is not known."""
_FIRST_BROADCAST: Final = 0xFFF8


@lru_cache(maxsize=64)  # a frame's sender is told several times
def _text_of(device: int) -> str:
    return device.to_bytes(_OCTETS, "big").hex(":")


def is_unicast(nwk: int) -> bool:
    """Say whether a network address is that of one device: no broadcast address, and known."""
    return 0 <= nwk < _FIRST_BROADCAST
