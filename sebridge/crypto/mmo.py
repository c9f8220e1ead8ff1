"""The hash of ZigBee: AES-128 in the mode of Matyas, Meyer and Oseas, and the HMAC made of it.

Source: ZigBee specification, annex B, block-cipher-based cryptographic hash function.
"""

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

BLOCK_OCTETS: Final = 16
"""Length of a block, a hash, a MAC and a key."""

_LENGTH_OCTETS: Final = 2
_LONGEST: Final = 0x1FFF  # octets: their number of bits fits into 16 bits
_INNER: Final = 0x36
_OUTER: Final = 0x5C


def mmo_hash(octets: bytes) -> bytes:
    """Return the hash of up to 8191 octets; ValueError for more."""
    if len(octets) > _LONGEST:
        raise ValueError(f"{len(octets)} octets are more than {_LONGEST}")
    padded = octets + b"\x80"
    padded += bytes(-(len(padded) + _LENGTH_OCTETS) % BLOCK_OCTETS)
    padded += (8 * len(octets)).to_bytes(_LENGTH_OCTETS, "big")
    digest = bytes(BLOCK_OCTETS)
    for start in range(0, len(padded), BLOCK_OCTETS):
        block = padded[start : start + BLOCK_OCTETS]
        # a single block each: the chain is in the key, which is the hash of all before
        encrypted = Cipher(AES(digest), ECB()).encryptor().update(block)  # noqa: S305
        digest = bytes(one ^ other for one, other in zip(encrypted, block, strict=True))
    return digest


def mmo_hmac(key: bytes, message: bytes) -> bytes:
    """Return the HMAC (FIPS 198) of a message under a key of 16 octets."""
    if len(key) != BLOCK_OCTETS:
        raise ValueError(f"the key has {len(key)} octets instead of {BLOCK_OCTETS}")
    inner = mmo_hash(bytes(octet ^ _INNER for octet in key) + message)
    return mmo_hash(bytes(octet ^ _OUTER for octet in key) + inner)
