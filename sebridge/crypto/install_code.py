"""Installation code -> link key.

A code is 48, 64, 96 or 128 bits printed on the device, followed by their CRC-16/X-25 with its low
octet first. Its link key is the AES-MMO hash of the code with its CRC (rule NET-1).
"""

from typing import Final

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.crypto.mmo import mmo_hash
from sebridge.model.plain import hex_octets

LENGTHS: Final = (8, 10, 14, 18)
"""How many octets a code has, its CRC included."""

LONGEST: Final = 16
"""How many octets the longest code has, without its CRC."""

_CRC_OCTETS: Final = 2
_POLYNOMIAL: Final = 0x8408  # x^16 + x^12 + x^5 + 1, the lowest power in the highest bit


def crc16_x25(octets: bytes) -> int:
    """Return the CRC-16/X-25 of some octets; 0x906E for the text "123456789"."""
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
    return crc ^ 0xFFFF


def check(code: bytes) -> bytes:
    """Return the CRC with which a code ends."""
    return crc16_x25(code).to_bytes(_CRC_OCTETS, "little")


def parse_install_code(code: str | bytes | Secret) -> Secret:
    """Return the octets of a code, CRC included.

    In text everything that is not a hex digit is dropped. Raises ParameterError for a wrong
    length or CRC; the error never shows the code.
    """
    octets = _octets(code)
    if len(octets) not in LENGTHS:
        raise ParameterError(
            "installation_code",
            f"has {len(octets)} octets instead of 8, 10, 14 or 18 with its CRC",
        )
    data, given = octets[:-_CRC_OCTETS], octets[-_CRC_OCTETS:]
    expected = check(data)
    if given != expected:
        raise ParameterError(
            "installation_code",
            f"does not end in the CRC of its first {len(data)} octets, which is"
            f" {expected.hex()}: a digit is wrong",
        )
    return Secret(octets)


def link_key(code: str | bytes | Secret) -> Secret:
    """Return the link key of 16 octets that belongs to a code; ParameterError for a wrong one."""
    return Secret(mmo_hash(parse_install_code(code).reveal()))


def _octets(code: str | bytes | Secret) -> bytes:
    if isinstance(code, Secret):
        return code.reveal()
    if isinstance(code, bytes):
        return code
    try:
        return hex_octets(code)
    except ParameterError as error:
        raise ParameterError("installation_code", error.problem) from None
