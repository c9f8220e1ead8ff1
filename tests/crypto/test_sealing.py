"""Octets under a passphrase: opened by it alone, and by no envelope that was tampered with."""

from collections.abc import Callable
from secrets import token_bytes
from typing import Any

import pytest

from sebridge.base.errors import DecodeError, RefusedError
from sebridge.base.secret import Secret
from sebridge.crypto.sealing import is_sealed, seal, unseal

PASSPHRASE = Secret(b"correct horse")
PLAIN = b'{"network_key": "secret"}'


def sealed() -> dict[str, Any]:
    return seal(PLAIN, PASSPHRASE, token_bytes)


def test_what_was_sealed_is_opened_by_its_passphrase() -> None:
    envelope = sealed()

    assert is_sealed(envelope)
    assert unseal(envelope, PASSPHRASE) == PLAIN


def test_nothing_of_it_shows_and_no_two_are_the_same() -> None:
    first, second = sealed(), sealed()

    assert "secret" not in str(first)
    assert first["ciphertext"] != second["ciphertext"]
    assert first["kdf"]["salt"] != second["kdf"]["salt"]
    assert first["nonce"] != second["nonce"]


def test_another_passphrase_does_not_open_it() -> None:
    with pytest.raises(RefusedError, match="the passphrase is wrong"):
        unseal(sealed(), Secret(b"battery staple"))


def _flip(text: str) -> str:
    return ("B" if text[0] == "A" else "A") + text[1:]


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "ciphertext": lambda e: e.update(ciphertext=_flip(e["ciphertext"])),
    "cut short": lambda e: e.update(ciphertext=e["ciphertext"][:-24]),
    "nonce": lambda e: e.update(nonce="00" * 12),
    "salt": lambda e: e["kdf"].update(salt="00" * 16),
    "cost": lambda e: e["kdf"].update(n=16384),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_tampered_with_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    envelope = sealed()
    change(envelope)

    with pytest.raises(RefusedError, match="or the file was changed"):
        unseal(envelope, PASSPHRASE)


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "another version": lambda e: e.update(version=2),
    "another cipher": lambda e: e.update(cipher="none"),
    "a cost that takes all memory": lambda e: e["kdf"].update(n=1 << 30),
    "blocks that take all memory": lambda e: e["kdf"].update(r=1 << 20),
    "work without an end": lambda e: e["kdf"].update(p=1 << 20),
    "a short salt": lambda e: e["kdf"].update(salt="00"),
    "no base 64": lambda e: e.update(ciphertext="*"),
    "one key more": lambda e: e.update(more=1),
    "one key less": lambda e: e.pop("nonce"),
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_what_is_no_envelope_is_refused_before_any_work(
    spoil: Callable[[dict[str, Any]], object],
) -> None:
    envelope = sealed()
    spoil(envelope)

    with pytest.raises(DecodeError, match="is no sealed file"):
        unseal(envelope, PASSPHRASE)


@pytest.mark.parametrize("document", [None, [], {}, {"format": "zigpy/open-coordinator-backup"}])
def test_other_documents_are_not_sealed(document: Any) -> None:
    assert not is_sealed(document)
