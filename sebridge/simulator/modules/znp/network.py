"""The network as the stack keeps it in its memory: what forms it, and what tells of it.

The layouts are those of a 32-bit processor, which aligns numbers. Source: Z-Stack Monitor and Test
API, the appendix of non-volatile items; Z-Stack's structures as the host reads them.
"""

import enum
import random
import struct
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.simulator.modules.znp.items import (
    ANY_PAN,
    KEY_INFO,
    KEY_OCTETS,
    MATERIAL,
    Item,
    first_octet,
    own_address,
)
from sebridge.simulator.modules.znp.nv import NvMemory, Table, in_table, legacy

_CHANNEL_11: Final = 1 << 11
_ALL_CHANNELS: Final = 0x07FFF800
_NO_KEYS: Final = (bytes(KEY_OCTETS), b"\xff" * KEY_OCTETS)
_NO_EXTENDED_PAN: Final = (b"", bytes(8), b"\xff" * 8)
_FIRST_FRAME: Final = 1000  # the number of the first frame under a new network key


class _Base(enum.IntEnum):
    """Where fields of the network's base begin, which has 116 octets."""

    CHANNEL = 24
    PAN_ID = 36
    CHANNELS = 40
    EXTENDED_PAN_ID = 57
    KEY_LOADED = 65
    UPDATE_ID = 114


_BASE_SIZE: Final = 116
_BASE_DEFAULTS: Final = {
    1: 5,  # passive acknowledgement time-out
    2: 2,  # broadcast retries
    3: 20,  # children
    4: 15,  # depth
    5: 20,  # routers
    7: 30,  # broadcast delivery time
    11: 1,  # all frames are secure
    12: 5,  # security level
    13: 1,  # a link key for each pair
    16: 7,  # transaction persistence time
    18: 2,  # protocol version
    19: 13,  # route discovery time
    20: 30,  # route expiry time
    38: 8,  # state: a router's
    44: 15,  # beacon order
    45: 15,  # superframe order
    46: 4,  # scan duration
    102: 15,  # link status period
    103: 3,  # router age limit
    105: 1,  # it is a concentrator
    106: 120,  # concentrator discovery time
    107: 10,  # concentrator radius
}


class Network(msgspec.Struct, frozen=True):
    """The network that the memory tells of."""

    pan_id: int
    extended_pan_id: Eui64
    channel: int  # 11..26
    key: Secret
    update_id: int = 0


def network_of(memory: NvMemory) -> Network | None:
    """Return the network to resume; None where there is none, or what tells of it is no such."""
    base = memory.get(legacy(Item.NETWORK_BASE))
    key = memory.get(legacy(Item.ACTIVE_KEY))
    if base is None or len(base) != _BASE_SIZE or key is None or len(key) != 1 + KEY_OCTETS:
        return None
    if not first_octet(memory, Item.IS_ON_A_NETWORK) or not base[_Base.KEY_LOADED]:
        return None
    return Network(
        pan_id=int.from_bytes(base[_Base.PAN_ID : _Base.PAN_ID + 2], "little"),
        extended_pan_id=Eui64.from_octets(base[_Base.EXTENDED_PAN_ID : _Base.EXTENDED_PAN_ID + 8]),
        channel=base[_Base.CHANNEL],
        key=Secret(key[1:]),
        update_id=base[_Base.UPDATE_ID],
    )


def form(memory: NvMemory, channels: int, seed: random.Random) -> Network:
    """Choose a network by what the host has configured, and keep it.

    `channels` is the mask of the channels that it may be on.
    """
    network = Network(
        pan_id=_pan_id(memory, seed),
        extended_pan_id=_extended_pan_id(memory),
        channel=_lowest(channels & _ALL_CHANNELS or _CHANNEL_11),
        key=_network_key(memory, seed),
    )
    key = network.key.reveal()
    memory.put(legacy(Item.NETWORK_BASE), _base(network, channels))
    memory.put(legacy(Item.ACTIVE_KEY), b"\0" + key)
    memory.put(legacy(Item.ALTERNATE_KEY), b"\0" + key)
    memory.put(legacy(Item.NETWORK_KEY), KEY_INFO.pack(0, key, _FIRST_FRAME))
    memory.put(legacy(Item.IS_ON_A_NETWORK), b"\x01")
    material = MATERIAL.pack(_FIRST_FRAME, network.extended_pan_id)
    memory.put(in_table(Table.SECURITY_MATERIAL, 0), material)
    return network


def move(memory: NvMemory, channel: int, update_id: int) -> None:
    """Keep that the network is on another channel now, and which change of it that is."""
    memory.write(legacy(Item.NETWORK_BASE), _Base.CHANNEL, bytes((channel,)))
    memory.write(legacy(Item.NETWORK_BASE), _Base.UPDATE_ID, bytes((update_id,)))


def keep_next_key(memory: NvMemory, number: int, key: Secret) -> None:
    """Keep a network key, and its number, that is to be used one day."""
    memory.put(legacy(Item.ALTERNATE_KEY), bytes((number,)) + key.reveal())


def switch_key(memory: NvMemory, number: int) -> Secret | None:
    """Have the key in use that was kept under a number, and return it; None where none was."""
    active, kept = (
        memory.get(legacy(item)) or b"" for item in (Item.ACTIVE_KEY, Item.ALTERNATE_KEY)
    )
    if len(kept) != 1 + KEY_OCTETS or kept[0] != number or kept == active:
        return None
    memory.put(legacy(Item.ACTIVE_KEY), kept)
    memory.put(legacy(Item.ALTERNATE_KEY), active)
    memory.put(legacy(Item.NETWORK_KEY), KEY_INFO.pack(number, kept[1:], _FIRST_FRAME))
    return Secret(kept[1:])


# ------------------------------------------------------------------ what a network is formed of


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _pan_id(memory: NvMemory, seed: random.Random) -> int:
    wanted = int.from_bytes((memory.get(legacy(Item.PAN_ID)) or b"\xff\xff")[:2], "little")
    return seed.randrange(1, ANY_PAN - 1) if wanted == ANY_PAN else wanted


def _extended_pan_id(memory: NvMemory) -> Eui64:
    wanted = (memory.get(legacy(Item.USED_EXTENDED_PAN_ID)) or b"")[:8]
    if wanted in _NO_EXTENDED_PAN:
        return own_address(memory)
    return Eui64.from_octets(wanted.ljust(8, b"\0"))


def _network_key(memory: NvMemory, seed: random.Random) -> Secret:
    wanted = memory.get(legacy(Item.PRECONFIGURED_KEY)) or b""
    if len(wanted) != KEY_OCTETS or wanted in _NO_KEYS:
        return Secret(seed.randbytes(KEY_OCTETS))
    return Secret(wanted)


def _base(network: Network, channels: int) -> bytes:
    base = bytearray(_BASE_SIZE)
    for offset, value in _BASE_DEFAULTS.items():
        base[offset] = value
    struct.pack_into("<B", base, _Base.CHANNEL, network.channel)
    struct.pack_into("<H", base, _Base.PAN_ID, network.pan_id)
    struct.pack_into("<I", base, _Base.CHANNELS, channels)
    struct.pack_into("<QB", base, _Base.EXTENDED_PAN_ID, network.extended_pan_id, 1)
    return bytes(base)
