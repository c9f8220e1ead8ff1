"""The hash of ZigBee: AES-128 in the mode of Matyas, Meyer and Oseas, and the HMAC made of it."""

from typing import Final

from zigpy.util import aes_mmo_hash

BLOCK_OCTETS: Final = 16
"""Length of a block, a hash, a MAC and a key."""

_LONGEST: Final = 0x1FFF  # octets: their number of bits fits into 16 bits
_INNER: Final = 0x36
_OUTER: Final = 0x5C


def mmo_hash(octets: bytes) -> bytes:
    """Return the hash of up to 8191 octets; ValueError for more."""
    if len(octets) > _LONGEST:
        raise ValueError(f"{len(octets)} octets are more than {_LONGEST}")
    return bytes(aes_mmo_hash(octets).serialize())


def mmo_hmac(key: bytes, message: bytes) -> bytes:
    """Return the HMAC (FIPS 198) of a message under a key of 16 octets."""
    if len(key) != BLOCK_OCTETS:
        raise ValueError(f"the key has {len(key)} octets instead of {BLOCK_OCTETS}")
    inner = mmo_hash(bytes(octet ^ _INNER for octet in key) + message)
    return mmo_hash(bytes(octet ^ _OUTER for octet in key) + inner)
