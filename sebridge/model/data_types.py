"""The ZCL's data types as annotations: what a value may be, and its form on the air. Data only.

A value of `Uint16` is a plain `int`; the annotation tells readers and writers the rest. Numbers are
little-endian on the air. Source: ZigBee Cluster Library, the table of data types.
"""

from typing import Annotated, Final

import msgspec

from sebridge.base.clock import ZIGBEE_EPOCH


class Integer(msgspec.Struct, frozen=True):
    """A whole number of so many bits, 4 to 64; on the air it has whole octets."""

    bits: int
    signed: bool = False
    epoch: int | None = None
    """Of a time in seconds: what 0 is, in seconds since 1970 UTC. None for any other number."""

    @property
    def size(self) -> int:
        """Octets on the air."""
        return (self.bits + 7) // 8

    @property
    def low(self) -> int:
        """The smallest value."""
        return -(1 << self.bits - 1) if self.signed else 0

    @property
    def high(self) -> int:
        """The largest value."""
        return (1 << self.bits - self.signed) - 1


class CharacterString(msgspec.Struct, frozen=True):
    """Text after one length octet, counted in octets of UTF-8; length 0xFF reads as empty."""


class PrefixedOctets(msgspec.Struct, frozen=True):
    """Octets after one length octet; length 0xFF, "no value", reads as empty."""


class FixedOctets(msgspec.Struct, frozen=True):
    """So many octets, without a length before them."""

    size: int


class RemainingOctets(msgspec.Struct, frozen=True):
    """All octets that are left in the frame, `least` to `most` of them."""

    least: int = 0
    most: int = 0x10000


class CountedBy(msgspec.Struct, frozen=True):
    """A list that is as long as the field `name` before it says, in the bits of `mask`."""

    name: str
    mask: int = 0xFF


class PresentIf(msgspec.Struct, frozen=True):
    """When a field is there: as the field `name` before it says, in the bits of `mask`.

    These must be `wanted`; where that is None, one of them must be set.
    """

    name: str
    mask: int = 0xFF
    wanted: int | None = None

    def is_met(self, value: int) -> bool:
        """Say whether it is there, where the field before it has this value."""
        bits = value & self.mask
        return bits != 0 if self.wanted is None else bits == self.wanted


class Within(msgspec.Struct, frozen=True):
    """A number with limits that is never on the air."""

    low: float
    high: float


_LAST_MOMENT: Final = 253_402_300_799
"""The end of the year 9999: of what comes later no date can be made."""
Moment = Annotated[float, Within(0, _LAST_MOMENT)]
"""A time in seconds since 1970 UTC, of which a date can be made."""
WholeMoment = Annotated[int, Within(0, _LAST_MOMENT)]
"""The same in whole seconds."""
TimeOffset = Annotated[float, Within(-(1 << 32), 1 << 32)]
"""How far a time of ZigBee may be from another, in seconds."""

Form = Integer | CharacterString | PrefixedOctets | FixedOctets | RemainingOctets
"""What a value is on the air."""

LONGEST: Final = 0xFE
"""Octets of the longest text or octet string."""

Uint4 = Annotated[int, Integer(4)]
Uint8 = Annotated[int, Integer(8)]
Uint16 = Annotated[int, Integer(16)]
Uint24 = Annotated[int, Integer(24)]
Uint32 = Annotated[int, Integer(32)]
Uint40 = Annotated[int, Integer(40)]
Uint48 = Annotated[int, Integer(48)]
Uint56 = Annotated[int, Integer(56)]
Uint64 = Annotated[int, Integer(64)]
Int8 = Annotated[int, Integer(8, signed=True)]
Int16 = Annotated[int, Integer(16, signed=True)]
Int24 = Annotated[int, Integer(24, signed=True)]
Int32 = Annotated[int, Integer(32, signed=True)]
Int48 = Annotated[int, Integer(48, signed=True)]
Int64 = Annotated[int, Integer(64, signed=True)]
Enum8 = Annotated[int, Integer(8)]
Enum16 = Annotated[int, Integer(16)]
Bitmap8 = Annotated[int, Integer(8)]
Bitmap16 = Annotated[int, Integer(16)]
Bitmap24 = Annotated[int, Integer(24)]
Bitmap32 = Annotated[int, Integer(32)]
Bitmap48 = Annotated[int, Integer(48)]
Bitmap64 = Annotated[int, Integer(64)]
Boolean = Annotated[int, Integer(8)]
"""0 is false, 1 is true, 0xFF neither."""
UtcTime = Annotated[int, Integer(32, epoch=ZIGBEE_EPOCH)]
"""Seconds since 2000-01-01 00:00:00 UTC; callers may also give text as of ISO 8601."""
UnixTime = Annotated[int, Integer(40, epoch=0)]
"""Seconds since 1970-01-01 00:00:00 UTC; callers may also give text as of ISO 8601."""
Text = Annotated[str, CharacterString()]
OctetString = Annotated[bytes, PrefixedOctets()]
AllOctets = Annotated[bytes, RemainingOctets()]
