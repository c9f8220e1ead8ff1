"""Fields as hex digits: what each can hold, and what is said of the rest."""

import math

from hypothesis import given, strategies as st
import msgspec
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.plugwise.fields import (
    F32,
    S16,
    U8,
    Bcd,
    Hardware,
    Mac,
    digits_of,
    read_record,
    write_record,
)


class Inner(msgspec.Struct, frozen=True):
    octet: U8
    decimal: Bcd


class Outer(msgspec.Struct, frozen=True):
    pair: tuple[Inner, Inner]
    signed: S16
    real: F32
    mac: Mac
    hardware: Hardware


GOOD = Outer((Inner(1, 23), Inner(0xAB, 99)), -2, 0.5, Eui64(0x000D6F0001A400E2), "653909001106")
WRITTEN = "0123AB99FFFE3F000000000D6F0001A400E2653909001106"


def test_fields_follow_each_other() -> None:
    assert digits_of(Outer) == len(WRITTEN)
    assert write_record(GOOD) == WRITTEN
    assert read_record(Outer, WRITTEN) == GOOD


@given(
    st.integers(0, 255),
    st.integers(0, 99),
    st.integers(-(2**15), 2**15 - 1),
    st.floats(width=32, allow_nan=False),
    st.integers(0, 2**64 - 1),
)
def test_what_was_written_is_read(octet: int, two: int, signed: int, real: float, mac: int) -> None:
    record = Outer((Inner(octet, two), Inner(0, 0)), signed, real, Eui64(mac), "0" * 12)

    assert read_record(Outer, write_record(record)) == record


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"pair": (Inner(256, 0), Inner(0, 0))}, r"pair: octet: 256 is not in 0\.\.255"),
        ({"pair": (Inner(0, 100), Inner(0, 0))}, r"pair: decimal: 100 is not in 0\.\.99"),
        ({"pair": (Inner(0, -1), Inner(0, 0))}, r"pair: decimal: -1 is not in 0\.\.99"),
        ({"signed": 0x8000}, r"signed: 32768 is not in -32768\.\.32767"),
        ({"real": 1e300}, "real: 1e\\+300 is too large for a single"),
        ({"hardware": "65390900110"}, "hardware: '65390900110' is not 12 hex digits"),
        ({"hardware": "65390900110x"}, "hardware: '65390900110x' is not 12 hex digits"),
    ],
)
def test_what_a_field_cannot_hold_is_refused(wrong: dict[str, object], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        write_record(msgspec.structs.replace(GOOD, **wrong))


def test_digits_that_say_nothing_are_refused_with_their_place() -> None:
    with pytest.raises(DecodeError, match="pair of Outer cannot be 012AAB99") as caught:
        read_record(Outer, WRITTEN.replace("0123", "012A"))

    assert caught.value.offset == 0


def test_a_real_that_is_no_number_is_read() -> None:
    assert math.isnan(read_record(Outer, WRITTEN.replace("3F000000", "7FC00000")).real)
