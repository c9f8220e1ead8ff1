"""Signatures of files in the form of minisign, Ed25519 and BLAKE2b. Pure.

Source: minisign's own description of its keys and signatures.
"""

import base64
import binascii
import hashlib
from typing import Final

import msgspec

from sebridge.base.errors import DecodeError

_PLAIN: Final = b"Ed"
_HASHED: Final = b"ED"
_TRUSTED: Final = "trusted comment: "
_KEY_ID: Final = 8  # octets
_KEY: Final = 32
_SIGNATURE: Final = 64
_LINES: Final = 4


class PublicKey(msgspec.Struct, frozen=True):
    """Who may sign: the number that signatures name, and the key of Ed25519."""

    key_id: bytes
    key: bytes

    @classmethod
    def read(cls, text: str) -> "PublicKey":
        """Return the key of a line such as minisign prints it; DecodeError."""
        octets = _octets(text, len(_PLAIN) + _KEY_ID + _KEY, "public key")
        if octets[:2] != _PLAIN:
            raise DecodeError("the public key is not one of Ed25519")
        return cls(octets[2 : 2 + _KEY_ID], octets[2 + _KEY_ID :])


def is_signed(octets: bytes, signature: str, keys: tuple[PublicKey, ...]) -> bool:
    """Say whether what a file holds was signed by one of these; DecodeError for no signature.

    The trusted comment of the signature must be signed as well.
    """
    lines = signature.splitlines()
    if len(lines) != _LINES or not lines[2].startswith(_TRUSTED):
        raise DecodeError("is not a signature of minisign")
    head = _octets(lines[1], 2 + _KEY_ID + _SIGNATURE, "signature")
    of_comment = _octets(lines[3], _SIGNATURE, "signature of the comment")
    kind, key_id, of_file = head[:2], head[2 : 2 + _KEY_ID], head[2 + _KEY_ID :]
    if kind not in {_PLAIN, _HASHED}:
        raise DecodeError("is a signature of another kind")
    signed = octets if kind == _PLAIN else hashlib.blake2b(octets).digest()
    comment = of_file + lines[2].removeprefix(_TRUSTED).encode()
    return any(
        _verified(key.key, of_file, signed) and _verified(key.key, of_comment, comment)
        for key in keys
        if key.key_id == key_id
    )


def _verified(key: bytes, signature: bytes, signed: bytes) -> bool:
    # what is native of it takes megabytes, and few check a signature
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _octets(text: str, length: int, what: str) -> bytes:
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    if len(octets) != length:
        raise DecodeError(f"the {what} is not {length} octets in base64")
    return octets
