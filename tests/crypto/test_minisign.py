"""Signatures in minisign's form."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import pytest

from sebridge.base.errors import DecodeError
from sebridge.crypto.minisign import PublicKey, is_signed

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_ID = b"12345678"
KEY = PublicKey(KEY_ID, SECRET.public_key().public_bytes_raw())


def text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def signature(octets: bytes, kind: bytes = b"ED", comment: str = "file:a.zip") -> str:
    signed = SECRET.sign(hashlib.blake2b(octets).digest() if kind == b"ED" else octets)
    of_comment = SECRET.sign(signed + comment.encode())
    return (
        "untrusted comment: by a test\n"
        f"{text(kind + KEY_ID + signed)}\n"
        f"trusted comment: {comment}\n{text(of_comment)}\n"
    )


@pytest.mark.parametrize("kind", [b"ED", b"Ed"])
def test_what_was_signed_is_known(kind: bytes) -> None:
    assert is_signed(b"a package", signature(b"a package", kind), (KEY,))
    assert not is_signed(b"another", signature(b"a package", kind), (KEY,))


def test_only_the_keys_that_are_trusted_count() -> None:
    signed = signature(b"a package")
    stranger = PublicKey(KEY_ID, Ed25519PrivateKey.generate().public_key().public_bytes_raw())

    assert not is_signed(b"a package", signed, ())
    assert not is_signed(b"a package", signed, (stranger,))
    assert not is_signed(b"a package", signed, (PublicKey(b"87654321", KEY.key),))


def test_the_comment_is_signed_too() -> None:
    changed = signature(b"a package").replace("file:a.zip", "file:b.zip")

    assert not is_signed(b"a package", changed, (KEY,))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "a\nb\nc\nd",
        signature(b"").replace("trusted comment: file", "comment: file"),
        signature(b"", b"XX"),
        "untrusted comment: a\n!!\ntrusted comment: b\n!!",
    ],
)
def test_what_is_no_signature_is_told(wrong: str) -> None:
    with pytest.raises(DecodeError):
        is_signed(b"", wrong, (KEY,))


def test_a_key_is_read_as_minisign_prints_it() -> None:
    assert PublicKey.read(text(b"Ed" + KEY_ID + KEY.key)) == KEY
    with pytest.raises(DecodeError, match="not 42 octets"):
        PublicKey.read("RWQ")
    with pytest.raises(DecodeError, match="not one of Ed25519"):
        PublicKey.read(text(b"ED" + KEY_ID + KEY.key))
