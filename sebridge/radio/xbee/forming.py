"""What an XBee needs in its registers to be the coordinator of a Smart Energy network.

Source: Digi, XBee/XBee-PRO SE manual and XBee ZB manual, command reference tables.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from zigpy_xbee.exceptions import InvalidCommand

FORMED: Final = 0x00
"""The association indication (AI) of a coordinator whose network is up."""
STARTING: Final = 0xFF
"""The association indication of a module that scans, or is only just switched on."""
TRUST_CENTER: Final = 0b0010
"""The bit of the encryption options (EO) by which a coordinator is the trust centre."""

_COORDINATOR: Final = 1
_OF_COORDINATOR: Final = 0x0000  # network address
_ENCRYPTED: Final = 1
_ZIGBEE_PRO: Final = 2
_FIRST_CHANNEL: Final = 11
_FRAGMENTED: Final = 128  # octets, and more, are what does not fit one frame on the air
_ENCRYPTION: Final = 9  # octets of a frame, under a link key

Read = Callable[[str], Awaitable[int]]
"""Reads a register; InvalidCommand where the firmware does not have it."""


def wanted(extended_pan_id: int, pan_id: int, channels: Iterable[int]) -> Mapping[str, int]:
    """Return the registers by which a module forms this network; its keys are others.

    The module itself takes the quietest of the channels, 11 to 26. Not every firmware has all.
    """
    return {
        "ID": extended_pan_id,
        "II": pan_id,
        "SC": channel_mask(channels),
        "ZS": _ZIGBEE_PRO,
        "EE": _ENCRYPTED,
        "EO": TRUST_CENTER,
        "CE": _COORDINATOR,
    }


def longest_frame(told: int) -> int:
    """Return the octets that a module takes under a link key, of which it tells by NP.

    Firmware that sends what is long in fragments takes as many in any case; else encryption takes
    its part.
    """
    return told if told >= _FRAGMENTED else told - _ENCRYPTION


def channel_mask(channels: Iterable[int]) -> int:
    """Return what stands in SC for these channels, 11 to 26."""
    return sum(1 << channel - _FIRST_CHANNEL for channel in channels)


async def different(registers: Mapping[str, int], read: Read) -> Mapping[str, int]:
    """Return those that the module has, but with other values; Smart Energy firmware lacks some."""
    found = {name: await _read(name, read) for name in registers}
    return {name: value for name, value in registers.items() if found[name] not in {None, value}}


async def is_set_up(read: Read) -> bool:
    """Say whether the module is set up as the coordinator of an encrypted network of its own.

    One from the shop is not, nor one that gave up its network.
    """
    options = await _read("EO", read)
    return (
        await _read("EE", read) == _ENCRYPTED
        and options is not None
        and options & TRUST_CENTER != 0
        and await _read("ZS", read) in {_ZIGBEE_PRO, None}
        and await _read("CE", read) in {_COORDINATOR, None}
    )


async def is_member(read: Read) -> bool:
    """Say whether the module is in the network of another coordinator."""
    return await read("AI") == FORMED and await read("MY") != _OF_COORDINATOR


async def has_certificate(read: Read) -> bool | None:
    """Say whether the module has a certificate; None where its firmware establishes no keys."""
    checked = await _read("VC", read)
    return None if checked is None else checked == 1


async def _read(name: str, read: Read) -> int | None:
    """Return a register; None where the firmware does not have it."""
    try:
        return await read(name)
    except InvalidCommand:
        return None
