"""Keys and codes in all their notations."""

import base64
from typing import Any

import pytest

from sebridge.api.keys import key_of
from sebridge.base.errors import ParameterError
from sebridge.crypto.install_code import link_key
from sebridge.model.plain import octets_of
from sebridge.model.values import ABSENT

KEY = bytes.fromhex("00112233445566778899aabbccddeeff")
CODE = bytes.fromhex("1234567890abba9e")
NOTATIONS = {
    "octets": lambda octets: octets,
    "base16": lambda octets: octets.hex(),
    "base16 with delimiters": lambda octets: octets.hex(":").upper(),
    "a named base16": lambda octets: {"base16": octets.hex()},
    "a named base64": lambda octets: {"base64": base64.b64encode(octets).decode()},
    "an integer": lambda octets: int.from_bytes(octets, "big"),
}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_key_is_the_same_in_every_notation(notation: str) -> None:
    key = key_of(NOTATIONS[notation](KEY), ABSENT)

    assert key is not None
    assert key.reveal() == KEY


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_code_is_the_same_in_every_notation(notation: str) -> None:
    assert key_of(ABSENT, NOTATIONS[notation](CODE)) == link_key(CODE)


@pytest.mark.parametrize("nothing", [ABSENT, None])
def test_without_both_there_is_no_key(nothing: Any) -> None:
    assert key_of(nothing, nothing) is None


def test_a_code_is_ignored_beside_a_key() -> None:
    assert key_of(KEY, "no code at all") is not None


@pytest.mark.parametrize(
    "value",
    [
        {"base64": "AB-_"},
        {"base64": KEY.hex()[:-1]},
        {"base64": 7},
        {"base32": "AAAA"},
        {"base64": "AAAA", "base16": "00"},
        {},
        b"short",
        "odd",
        True,
        -1,
        1 << 200,
        2.5,
        ["00"],
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(value: Any) -> None:
    with pytest.raises(ParameterError) as raised:
        key_of(value, ABSENT)

    assert raised.value.path == "link_key"
    assert KEY.hex()[:8] not in str(raised.value)


def test_octets_may_be_wrapped_in_lines() -> None:
    assert octets_of({"base64": "ABEi\n Mw==\n"}, "value") == bytes.fromhex("00112233")
