"""Escaped octets are what they mean, or nothing."""

from hypothesis import given, strategies as st
import pytest

from sebridge.radio.escaping import unescaped


def escaped(octets: bytes) -> bytes:
    return b"".join(
        bytes((0x7D, octet ^ 0x20)) if octet in b"\x7e\x7d\x11\x13\x18\x1a" else bytes((octet,))
        for octet in octets
    )


def test_an_octet_that_was_escaped_is_itself_again() -> None:
    assert unescaped(bytes.fromhex("01 7d5e 7d5d 02 7d31 7d33 7d38 7d3a")) == bytes.fromhex(
        "01 7e 7d 02 11 13 18 1a"
    )


@pytest.mark.parametrize("octets", ["7d", "017d", "7d7d5e", "7d41", "7d00"])
def test_what_nobody_escapes_so_is_nothing(octets: str) -> None:
    assert unescaped(bytes.fromhex(octets)) is None


@given(st.binary())
def test_all_octets_survive(octets: bytes) -> None:
    assert unescaped(escaped(octets)) == octets


@given(st.binary())
def test_anything_is_read_without_an_error(octets: bytes) -> None:
    plain = unescaped(octets)

    assert plain is None or len(plain) + octets.count(b"\x7d") == len(octets)
