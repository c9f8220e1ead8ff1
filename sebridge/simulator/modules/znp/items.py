"""The stack's own items in its memory: what they are in the factory, and what a reset forgets.

The layouts are those of a 32-bit processor, which aligns numbers. Source: Z-Stack Monitor and Test
API, the appendix of non-volatile items; Z-Stack's structures as the host reads them.
"""

import enum
import random
import struct
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.simulator.modules.znp.nv import NvId, NvMemory, Table, in_table, legacy

TABLE_SIZE: Final = 64
"""Items of each table of keys and addresses."""


class Item(enum.IntEnum):
    """The stack's own items that matter here."""

    EXTENDED_ADDRESS = 0x0001
    STARTUP_OPTION = 0x0003
    NETWORK_BASE = 0x0021  # the "NIB"
    EXTENDED_PAN_ID = 0x002D
    BROADCAST_DELIVERY_TIME = 0x0030
    CONCENTRATOR = 0x0032
    CONCENTRATOR_DISCOVERY = 0x0033
    CONCENTRATOR_CACHE = 0x0036
    SOURCE_ROUTE_EXPIRY = 0x0038
    ACTIVE_KEY = 0x003A
    ALTERNATE_KEY = 0x003B
    CHILD_AGING = 0x003E
    USED_EXTENDED_PAN_ID = 0x0047
    COMMISSIONED_ADDRESS = 0x0049
    LINK_KEY_TABLE = 0x004C
    IS_ON_A_NETWORK = 0x0055
    PRECONFIGURED_KEY = 0x0062
    PRECONFIGURED_KEYS = 0x0063
    NETWORK_KEY = 0x0082
    PAN_ID = 0x0083
    CHANNELS = 0x0084
    LOGICAL_TYPE = 0x0087
    DIRECT_CALLBACKS = 0x008F
    TRUST_CENTER_SEED = 0x0101


CLEAR_CONFIGURATION: Final = 0x01
CLEAR_STATE: Final = 0x02
"""Bits of the start-up option: what the next reset forgets."""

_CONFIGURED: Final = (
    Item.EXTENDED_PAN_ID,
    Item.USED_EXTENDED_PAN_ID,
    Item.PRECONFIGURED_KEY,
    Item.PRECONFIGURED_KEYS,
    Item.PAN_ID,
    Item.CHANNELS,
)
KEY_OCTETS: Final = 16
KEY_INFO: Final = struct.Struct("<B16sI3x")
"""The network key: its number, the key, and the number of the next frame; aligned."""
MATERIAL: Final = struct.Struct("<IQ")
"""The number of the next frame, and the network that it is of."""

ANY_PAN: Final = 0xFFFF
_CHANNEL_11: Final = 1 << 11


def restart(memory: NvMemory, chip: Eui64, seed: random.Random) -> None:
    """Do what a reset does to the memory: forget what the start-up option says.

    What is missing then comes as it is in the factory, where the address is that of the chip.
    """
    options = first_octet(memory, Item.STARTUP_OPTION)
    configured = {legacy(item) for item in _CONFIGURED}
    forgotten = configured if options & CLEAR_CONFIGURATION else set()
    if options & CLEAR_STATE:
        kept = configured | {legacy(Item.EXTENDED_ADDRESS)}
        forgotten = forgotten | (memory.items().keys() - kept)
    for item in forgotten | {legacy(Item.STARTUP_OPTION)}:
        memory.delete(item)
    for item, octets in _factory(chip, seed).items():
        if not memory.length(item):
            memory.put(item, octets)


def _factory(chip: Eui64, seed: random.Random) -> dict[NvId, bytes]:
    """Return what a new module has in its memory."""
    own = {
        Item.EXTENDED_ADDRESS: bytes(chip),
        Item.STARTUP_OPTION: b"\0",
        Item.EXTENDED_PAN_ID: b"\xff" * 8,
        Item.BROADCAST_DELIVERY_TIME: b"\x1e",
        Item.CONCENTRATOR: b"\x01",
        Item.CONCENTRATOR_DISCOVERY: b"\x78",
        Item.CONCENTRATOR_CACHE: b"\x01",
        Item.SOURCE_ROUTE_EXPIRY: b"\xff",
        Item.CHILD_AGING: b"\x00",
        Item.USED_EXTENDED_PAN_ID: bytes(8),
        Item.COMMISSIONED_ADDRESS: b"\xfe\xff",
        Item.LINK_KEY_TABLE: bytes(2 + 6 * TABLE_SIZE),
        Item.IS_ON_A_NETWORK: b"\0",
        Item.PRECONFIGURED_KEY: b"\xff" * KEY_OCTETS,
        Item.PRECONFIGURED_KEYS: b"\0",
        Item.NETWORK_KEY: bytes(KEY_INFO.size),
        Item.PAN_ID: ANY_PAN.to_bytes(2, "little"),
        Item.CHANNELS: _CHANNEL_11.to_bytes(4, "little"),
        Item.LOGICAL_TYPE: b"\0",
        Item.DIRECT_CALLBACKS: b"\x01",
        Item.TRUST_CENTER_SEED: seed.randbytes(KEY_OCTETS),
    }
    tables = {
        Table.ADDRESSES: b"\xff" * 12,
        Table.TRUST_CENTER_KEYS: bytes(20),
        Table.LINK_KEYS: bytes(24),
        Table.SECURITY_MATERIAL: bytes(MATERIAL.size),
    }
    return {legacy(item): octets for item, octets in own.items()} | {
        in_table(table, number): octets
        for table, octets in tables.items()
        for number in range(TABLE_SIZE)
    }


def own_address(memory: NvMemory) -> Eui64:
    """Return the address that the stack goes by: the host may have written another than its own."""
    octets = memory.get(legacy(Item.EXTENDED_ADDRESS)) or b""
    return Eui64.from_octets(octets.ljust(8, b"\xff")[:8])


def configured_channels(memory: NvMemory) -> int:
    """Return the mask of channels that the host wrote before it had a command for it."""
    return int.from_bytes((memory.get(legacy(Item.CHANNELS)) or b"")[:4], "little")


def direct_callbacks(memory: NvMemory) -> bool:
    """Say whether answers of device objects are told as callbacks of their own."""
    return bool(first_octet(memory, Item.DIRECT_CALLBACKS))


def first_octet(memory: NvMemory, item: Item) -> int:
    """Return the first octet of an item; 0 where it is not there."""
    octets = memory.get(legacy(item))
    return octets[0] if octets else 0
