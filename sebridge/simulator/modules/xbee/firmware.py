"""The families of firmware: what they have in their registers when they come from the shop.

XBee 3 has the registers of Zigbee 3.0, and is a coordinator or a router by CE. Smart Energy
firmware has no ZS, KT, II and CE: which of its programs was loaded makes the role, and it speaks
only the API.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from sebridge.simulator.modules.xbee.frame import ApiMode
from sebridge.simulator.modules.xbee.registers import (
    Access,
    Number,
    Octets,
    Register,
    Registers,
    Text,
)

NOT_JOINED: Final = 0xFFFE
"""The network address of who has none."""
PAYLOAD: Final = 84
"""Octets that fit one frame on the air, where nothing is encrypted."""
ENCRYPTION: Final = 18
"""Octets less, under the network key."""
BROADCAST: Final = 8
"""Octets more, in a broadcast."""
KEY_OCTETS: Final = 16


def room(registers: Registers) -> int:
    """Return the octets for which there is room in one frame on the air, to a device."""
    return PAYLOAD - (ENCRYPTION if registers["EE"] else 0)


_READ_ONLY: Final = Access.READ_ONLY
_WRITE_ONLY: Final = Access.WRITE_ONLY


class Firmware(msgspec.Struct, frozen=True):
    """A firmware. `coordinates` is None where the register CE says whether it does.

    `longest` is how many octets are sent to a device, in fragments, and put together.
    """

    name: str
    registers: Mapping[str, Register]
    coordinates: bool | None = None
    establishes_keys: bool = False
    longest: int = 255


_COMMON: Final[Mapping[str, Register]] = {
    # addresses
    "SH": Number(4, access=_READ_ONLY),
    "SL": Number(4, access=_READ_ONLY),
    "MY": Number(2, NOT_JOINED, access=_READ_ONLY),
    "MP": Number(2, NOT_JOINED, access=_READ_ONLY),
    "NC": Number(2, 20, access=_READ_ONLY),
    "DH": Number(4),
    "DL": Number(4),
    "NI": Text(20, b" "),
    "SE": Number(1, 0xE8),
    "DE": Number(1, 0xE8),
    "CI": Number(2, 0x0011),
    "DD": Number(4, 0xA0000),
    "NP": Number(2, PAYLOAD, access=_READ_ONLY),
    # the network
    "ID": Number(8),
    "OP": Number(8, access=_READ_ONLY),
    "OI": Number(2, 0xFFFF, access=_READ_ONLY),
    "CH": Number(1, access=_READ_ONLY),
    "AI": Number(1, 0xFF, access=_READ_ONLY),
    "NH": Number(1, 0x1E),
    "BH": Number(1, 0, high=0x1E),
    "NT": Number(2, 0x3C, 0x20, 0x2FFF),
    "NO": Number(1, 0, high=3),
    "SC": Number(2, 0x7FFF, 1),
    "SD": Number(1, 3, high=7),
    "NW": Number(2, 0, high=0x64FF),
    "JV": Number(1, 0, high=1),
    "JN": Number(1, 0, high=1),
    "AR": Number(1, 0xFF),
    # security
    "NK": Number(KEY_OCTETS, access=_WRITE_ONLY),
    "KY": Number(KEY_OCTETS, access=_WRITE_ONLY),
    # the radio, the serial line and the lamps
    "PL": Number(1, 4, high=4),
    "PM": Number(1, 1, high=1),
    "PP": Number(1, 8, access=_READ_ONLY),
    "DB": Number(1, access=_READ_ONLY),
    "BD": Number(4, 3),
    "NB": Number(1, 0, high=3),
    "SB": Number(1, 0, high=1),
    "RO": Number(1, 3),
    # the lines
    "D0": Number(1, 1, high=5),
    "D1": Number(1, 0, high=6),
    "D2": Number(1, 0, high=5),
    "D3": Number(1, 0, high=5),
    "D4": Number(1, 0, high=5),
    "D5": Number(1, 1, high=5),
    "D6": Number(1, 0, high=5),
    "D7": Number(1, 1, high=7),
    "D8": Number(1, 1, high=5),
    "D9": Number(1, 1, high=6),
    "P0": Number(1, 1, high=5),
    "P1": Number(1, 0, high=5),
    "P2": Number(1, 0, high=5),
    "P3": Number(1, 1, high=5),
    "P4": Number(1, 1, high=5),
    "LT": Number(1, 0),
    # sleep
    "SM": Number(1, 0, high=5),
    "SN": Number(2, 1, 1),
    "SP": Number(2, 0x20, 0x20, 0xAF0),
    "ST": Number(2, 0x1388, 1),
    "SO": Number(1, 0),
    "PO": Number(2, 0, high=0x3E8),
    # command mode
    "CC": Number(1, ord("+")),
    "CT": Number(2, 0x64, 2, 0x1770),  # 100 ms
    "GT": Number(2, 1000, 2, 0xCE4),  # ms
    # what it is
    "HV": Number(2, 0x4247, access=_READ_ONLY),
    "%V": Number(2, 3300, access=_READ_ONLY),  # mV
    "TP": Number(2, 25, access=_READ_ONLY),
}

ZIGBEE: Final = Firmware(
    "zb",
    {
        **_COMMON,
        "VR": Number(2, 0x1010, access=_READ_ONLY),
        "AP": Number(1, ApiMode.TRANSPARENT, high=ApiMode.ESCAPED),
        "AO": Number(1, 0),
        "CE": Number(1, 0, high=1),
        "ZS": Number(1, 0, high=2),
        "II": Number(2, 0xFFFF),
        "NJ": Number(1, 0xFE),
        "DJ": Number(1, 0, high=1),
        "DC": Number(2, 0),
        "EE": Number(1, 0, high=1),
        "EO": Number(1, 0),
        "KT": Number(2, 0x12C, 0x1E),  # s
    },
)
"""An XBee 3."""

_SMART_ENERGY: Final[Mapping[str, Register]] = {
    **_COMMON,
    "AP": Number(1, ApiMode.PLAIN, ApiMode.PLAIN, ApiMode.ESCAPED),
    "AO": Number(1, 1, high=3),
    "NJ": Number(1, 0xFE, high=0xFE),  # never for ever
    "EE": Number(1, 0, high=1),
    "ZU": Octets(22),
    "ZT": Octets(48),
    "ZV": Octets(21, _WRITE_ONLY),
}
CERTIFICATE: Final = ("ZU", "ZT", "ZV")
"""The registers of the authority's public key, the certificate, and the private key."""
TRUST_CENTER: Final = 0x02
"""The bit of EO by which a coordinator is the trust centre."""
AUTHENTICATION: Final = 0x08
"""The bit of EO by which a router proves itself to the trust centre before it counts as joined."""

SE_COORDINATOR: Final = Firmware(
    "se",
    {
        **_SMART_ENERGY,
        "VR": Number(2, 0x3119, access=_READ_ONLY),
        "EO": Number(1, TRUST_CENTER, access=_READ_ONLY),
    },
    coordinates=True,
    establishes_keys=True,
    longest=128,
)
"""The coordinator of Smart Energy."""

SE_ROUTER: Final = Firmware(
    "se-router",
    {
        **_SMART_ENERGY,
        "VR": Number(2, 0x3319, access=_READ_ONLY),
        "EO": Number(1, 0, high=0x0F),
    },
    coordinates=False,
    establishes_keys=True,
    longest=128,
)
"""The router of Smart Energy."""

FIRMWARE: Final = {firmware.name: firmware for firmware in (ZIGBEE, SE_COORDINATOR, SE_ROUTER)}
"""The families, by name."""
