"""Seal octets with a passphrase: scrypt (RFC 7914) makes a key of it, AES-256-GCM encrypts."""

import base64
import binascii
from collections.abc import Callable
import hashlib
import json
from typing import Annotated, Any, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
import msgspec

from sebridge.base.errors import DecodeError, RefusedError
from sebridge.base.secret import Secret

FORMAT: Final = "sebridge/sealed"
_VERSION: Final = 1
_SALT, _NONCE, _KEY = 16, 12, 32  # octets
_COST: Final = 32768
_BLOCKS: Final = 8
_PARALLEL: Final = 1
_MEMORY: Final = 1 << 28  # octets, of which scrypt takes 128 * n * r


class _Kdf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the key is made; the limits are what a small machine can be asked for."""

    name: Literal["scrypt"]
    n: Literal[16384, 32768, 65536, 131072]
    r: Literal[8]
    p: Annotated[int, msgspec.Meta(ge=1, le=4)]
    salt: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["sebridge/sealed"]
    version: Literal[1]
    kdf: _Kdf
    cipher: Literal["AES-256-GCM"]
    nonce: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{24}$")]
    ciphertext: str


def seal(plain: bytes, passphrase: Secret, randomness: Callable[[int], bytes]) -> dict[str, Any]:
    """Return the envelope of some octets, as plain JSON values.

    `randomness` returns so many octets that nobody can guess.
    """
    kdf = _Kdf("scrypt", _COST, _BLOCKS, _PARALLEL, randomness(_SALT).hex())
    nonce = randomness(_NONCE)
    envelope = _Envelope(FORMAT, _VERSION, kdf, "AES-256-GCM", nonce.hex(), "")
    sealed = AESGCM(_key(passphrase, kdf)).encrypt(nonce, plain, _bound(envelope))
    told: dict[str, Any] = msgspec.to_builtins(envelope)
    return told | {"ciphertext": base64.b64encode(sealed).decode()}


def is_sealed(document: Any) -> bool:
    """Say whether a JSON document is meant to be such an envelope."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def unseal(document: Any, passphrase: Secret) -> bytes:
    """Return what is in an envelope.

    DecodeError for one that is none, RefusedError when the passphrase does not open it.
    """
    try:
        envelope = msgspec.convert(document, _Envelope)
        sealed = base64.b64decode(envelope.ciphertext, validate=True)
    except (msgspec.ValidationError, binascii.Error) as error:
        raise DecodeError(f"is no sealed file: {error}") from error
    key, nonce = _key(passphrase, envelope.kdf), bytes.fromhex(envelope.nonce)
    try:
        return AESGCM(key).decrypt(nonce, sealed, _bound(envelope))
    except InvalidTag as error:
        raise RefusedError("the passphrase is wrong, or the file was changed") from error


def _key(passphrase: Secret, kdf: _Kdf) -> bytes:
    return hashlib.scrypt(
        passphrase.reveal(),
        salt=bytes.fromhex(kdf.salt),
        n=kdf.n,
        r=kdf.r,
        p=kdf.p,
        maxmem=_MEMORY,
        dklen=_KEY,
    )


def _bound(envelope: _Envelope) -> bytes:
    """Return the head of the envelope, which cannot be changed without its being noticed."""
    head = msgspec.to_builtins(envelope) | {"ciphertext": ""}
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
