"""Escaped octets are what they mean, or nothing."""

from hypothesis import given, strategies as st
import pytest

from sebridge.radio.escaping import escaped, unescaped


def test_reserved_octets_are_escaped_and_no_others() -> None:
    line, meant = "01 7d5e 7d5d 02 7d31 7d33 7d38 7d3a", "01 7e 7d 02 11 13 18 1a"

    assert escaped(bytes.fromhex(meant)) == bytes.fromhex(line)
    assert unescaped(bytes.fromhex(line)) == bytes.fromhex(meant)


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
