"""The non-volatile memory of the stack: items of octets, which the host may read and write.

Items are named by three numbers. Those that older commands know by one number are the table
`LEGACY` of the stack, so there is one memory. Source: Z-Stack Monitor and Test API, the commands
SYS_OSAL_NV and SYS_NV.
"""

from collections.abc import MutableMapping
import enum
from typing import Final

import msgspec

from sebridge.model.data_types import Uint8, Uint16
from sebridge.simulator.modules.znp.status import Status

LONGEST_ITEM: Final = 1024  # octets
MOST_OCTETS: Final = 0x10000
_ITEM_OVERHEAD: Final = 8  # octets that an item takes besides its own
_STACK: Final = 1  # the system that the stack's own items belong to


class Table(enum.IntEnum):
    """Groups of the stack's items."""

    LEGACY = 0x0000
    ADDRESSES = 0x0001
    TRUST_CENTER_KEYS = 0x0004
    CODE_KEYS = 0x0005
    LINK_KEYS = 0x0006
    SECURITY_MATERIAL = 0x0007


class NvId(msgspec.Struct, frozen=True):
    """Which item: that of a system, its table, and the number in the table."""

    system: Uint8
    table: Uint16
    number: Uint16


def in_table(table: Table, number: int) -> NvId:
    """Return the name of an item of the stack."""
    return NvId(_STACK, table, number)


def legacy(number: int) -> NvId:
    """Return the name of an item that older commands know by this number."""
    return in_table(Table.LEGACY, number)


class NvMemory:
    """The items, kept by whoever hands in `items`; their number and size have a bound."""

    def __init__(self, items: MutableMapping[NvId, bytes]) -> None:
        self._items = items
        self._used = sum(len(octets) + _ITEM_OVERHEAD for octets in items.values())

    def get(self, item: NvId) -> bytes | None:
        """Return the whole item; None for one that is not there."""
        return self._items.get(item)

    def put(self, item: NvId, octets: bytes) -> None:
        """Set a whole item, as the stack itself does, which does not outgrow its memory."""
        self.delete(item)
        self._used += len(octets) + _ITEM_OVERHEAD
        self._items[item] = octets

    def items(self) -> dict[NvId, bytes]:
        """Return a copy of everything."""
        return dict(self._items)

    # ------------------------------------------------------------------ what the host asks for

    def length(self, item: NvId) -> int:
        """Return how long an item is: 0 for one that is not there."""
        return len(self._items.get(item, b""))

    def create(self, item: NvId, length: int, begin: bytes = b"") -> Status:
        """Make an item of some octets, the first of them given, the others 0xFF."""
        if item in self._items:
            return Status.SUCCESS
        if not 0 < length <= LONGEST_ITEM or len(begin) > length:
            return Status.NV_BAD_ITEM_LENGTH
        if self._used + length + _ITEM_OVERHEAD > MOST_OCTETS:
            return Status.NV_OPERATION_FAILED
        self.put(item, begin.ljust(length, b"\xff"))
        return Status.NV_ITEM_UNINIT

    def read(self, item: NvId, offset: int, most: int) -> bytes | None:
        """Return a part of an item; None for one that is not there, or not so long."""
        octets = self._items.get(item)
        if octets is None or offset >= len(octets):
            return None
        return octets[offset : offset + most]

    def write(self, item: NvId, offset: int, part: bytes) -> Status:
        """Write a part of an item that is there."""
        octets = self._items.get(item)
        if octets is None:
            return Status.INVALID_PARAMETER
        if offset + len(part) > len(octets):
            return Status.NV_BAD_ITEM_LENGTH
        self._items[item] = octets[:offset] + part + octets[offset + len(part) :]
        return Status.SUCCESS

    def delete(self, item: NvId) -> bool:
        """Drop an item; return whether it was there."""
        octets = self._items.pop(item, None)
        if octets is None:
            return False
        self._used -= len(octets) + _ITEM_OVERHEAD
        return True
