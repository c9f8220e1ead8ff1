"""Attribute values of every ZCL data type, read and written."""

import struct
from typing import Any

from hypothesis import example, given, strategies as st
import pytest

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.zcl.attributes import AttributeValue, read_value, readable, write_value
from sebridge.zcl.data_types import is_analog

NUMBERS = {
    0x10: 1,
    **{0x08 + n: n + 1 for n in range(8)},
    **{0x18 + n: n + 1 for n in range(8)},
    **{0x20 + n: n + 1 for n in range(8)},
    **{0x28 + n: n + 1 for n in range(8)},
    0x30: 1,
    0x31: 2,
    0xE0: 4,
    0xE1: 4,
    0xE2: 4,
    0xE8: 2,
    0xE9: 2,
    0xEA: 4,
}
RARE = {0x00, 0x38, 0x39, 0x3A, 0x41, 0x42, 0x43, 0x44, 0x48, 0x4C, 0x50, 0x51, 0xF0, 0xF1}
EVERY_TYPE = sorted({*NUMBERS, *RARE})


@pytest.mark.parametrize(
    ("attribute_type", "octets", "value"),
    [
        (0x00, "", None),
        (0x08, "a5", 0xA5),
        (0x0B, "01020304", 0x04030201),
        (0x10, "01", True),
        (0x10, "00", False),
        (0x18, "ab", 0xAB),
        (0x20, "ff", 255),
        (0x22, "010000", 1),
        (0x25, "ab8967452301", 0x0123456789AB),
        (0x28, "80", -128),
        (0x2A, "24faff", -1500),
        (0x2B, "b0b9ffff", -18000),
        (0x31, "0100", 1),
        (0x38, "003c", 1.0),
        (0x39, "0000c0bf", -1.5),
        (0x3A, "000000000000f03f", 1.0),
        (0x41, "03 0a0b0c", "0a0b0c"),
        (0x42, "04 48e289a5", "H≥"),
        (0x43, "0100 0a", "0a"),
        (0x44, "0200 4869", "Hi"),
        (0x48, "20 0200 01 02", {"attribute_type": 0x20, "value": [1, 2]}),
        (0x50, "42 0100 01 41", {"attribute_type": 0x42, "value": ["A"]}),
        (0x51, "28 0000", {"attribute_type": 0x28, "value": []}),
        (0x4C, "0100 10 01", [{"attribute_type": 0x10, "value": True}]),
        (0xE2, "c067a415", 363_096_000),
        (0xF0, "0807060504030201", "01:02:03:04:05:06:07:08"),
        (0xF1, "000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f"),
    ],
)
def test_a_value_is_read_and_written(attribute_type: int, octets: str, value: Any) -> None:
    raw = bytes.fromhex(octets)

    assert read_value(attribute_type, raw + b"rest") == (value, len(raw))
    assert write_value(attribute_type, value) == raw


@given(st.sampled_from(EVERY_TYPE), st.binary(max_size=40))
@example(0x38, bytes.fromhex("007e"))
@example(0x3A, bytes.fromhex("000000000000f0ff"))
def test_whatever_is_read_can_be_written_and_read_again(attribute_type: int, octets: bytes) -> None:
    try:
        value, end = read_value(attribute_type, octets)
    except DecodeError:
        return

    again = write_value(attribute_type, value)

    assert 0 <= end <= len(octets)
    assert read_value(attribute_type, again) == (value, len(again))


@given(st.integers(0, 255), st.binary(max_size=60), st.integers(0, 60))
def test_any_octets_are_a_value_or_a_decode_error(
    attribute_type: int, octets: bytes, offset: int
) -> None:
    try:
        _, end = read_value(attribute_type, octets, offset)
    except DecodeError:
        return

    assert attribute_type == 0 or end > offset


@pytest.mark.parametrize("attribute_type", [t for t in EVERY_TYPE if t])
def test_a_value_that_is_cut_off_is_refused(attribute_type: int) -> None:
    with pytest.raises(DecodeError, match="cut off") as caught:
        read_value(attribute_type, b"\x20", 1)

    assert caught.value.offset == 1


@pytest.mark.parametrize(("attribute_type", "size"), NUMBERS.items())
def test_a_whole_number_has_the_size_and_limits_of_its_type(attribute_type: int, size: int) -> None:
    highest = (1 << 8 * size) - 1

    assert len(write_value(attribute_type, 1)) == size
    for wrong in (highest + 1, -highest - 1, "many", None, 1.5):
        with pytest.raises(ParameterError):
            write_value(attribute_type, wrong)


@pytest.mark.parametrize(
    ("attribute_type", "octets"),
    [(0x41, "ff"), (0x42, "ff"), (0x43, "ffff"), (0x44, "ffff")],
)
def test_an_invalid_string_reads_as_empty_gen_12(attribute_type: int, octets: str) -> None:
    raw = bytes.fromhex(octets)

    assert read_value(attribute_type, raw + b"xx") == ("", len(raw))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_float_that_is_no_number_is_none_so_that_json_can_hold_it(number: float) -> None:
    value, _ = read_value(0x39, struct.pack("<f", number))

    assert value is None


def test_an_invalid_list_reads_as_empty() -> None:
    assert read_value(0x48, bytes.fromhex("20ffff")) == ({"attribute_type": 0x20, "value": []}, 3)
    assert read_value(0x4C, bytes.fromhex("ffff")) == ([], 2)


def test_text_ends_at_a_zero_octet_and_bad_utf_8_is_replaced() -> None:
    assert read_value(0x42, b"\x04ab\0c") == ("ab", 5)
    assert read_value(0x42, b"\x02a\xff") == ("a�", 3)


def test_a_few_octets_cannot_make_a_long_list() -> None:
    with pytest.raises(DecodeError, match="without data"):
        read_value(0x48, bytes.fromhex("00feff"))
    with pytest.raises(DecodeError, match="without data"):
        read_value(0x4C, bytes.fromhex("feff00"))


def test_lists_in_lists_have_a_limit() -> None:
    with pytest.raises(DecodeError, match="more than 15"):
        read_value(0x4C, bytes.fromhex("01004c") * 16)
    fifteen = bytes.fromhex("01004c") * 14 + bytes.fromhex("0000")
    value, _ = read_value(0x4C, fifteen)
    assert write_value(0x4C, value) == fifteen

    with pytest.raises(ParameterError, match="more than 15"):
        write_value(0x4C, [{"attribute_type": 0x4C, "value": value}])


@pytest.mark.parametrize(
    ("attribute_type", "value"),
    [
        (0x00, 1),
        (0xFF, 0),
        (0x77, 0),
        (0x10, 2),
        (0x10, "maybe"),
        (0x38, 1e9),
        (0x39, "fast"),
        (0x41, "xyz0"),
        (0x41, "00" * 255),
        (0x42, 5),
        (0x42, "x" * 255),
        (0x44, "x" * 0xFFFF),
        (0x48, [1]),
        (0x48, {"attribute_type": 0x20}),
        (0x48, {"attribute_type": 0x20, "value": 5}),
        (0x48, {"attribute_type": 0x20, "value": [256]}),
        (0x48, {"attribute_type": 0x00, "value": [None]}),
        (0x48, {"attribute_type": 300, "value": []}),
        (0x48, {"attribute_type": 0x20, "value": [0] * 0xFFFF}),
        (0x4C, "text"),
        (0x4C, [5]),
        (0xF0, "0102"),
        (0xF1, "0102"),
        (0xF1, 5),
    ],
)
def test_a_value_that_does_not_fit_is_a_parameter_error(attribute_type: int, value: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        write_value(attribute_type, value, "values[3].value")

    assert caught.value.path.startswith("values[3].value")


def test_a_signed_number_may_be_given_by_its_bits() -> None:
    assert write_value(0x29, 0x8000) == write_value(0x29, -0x8000) == b"\x00\x80"


def test_truth_may_be_given_as_0_and_1_or_as_a_word() -> None:
    assert [write_value(0x10, value) for value in (1, "true", 0)] == [b"\x01", b"\x01", b"\x00"]


@pytest.mark.parametrize("attribute_type", EVERY_TYPE)
def test_only_numbers_and_times_have_a_reportable_change(attribute_type: int) -> None:
    floats, times = {0x38, 0x39, 0x3A}, {0xE0, 0xE1, 0xE2}
    analog = 0x20 <= attribute_type <= 0x2F or attribute_type in floats | times

    assert is_analog(attribute_type) == analog


def test_an_unknown_type_has_no_reportable_change() -> None:
    assert not is_analog(0xFF)


# ------------------------------------------------------------------ octets that are text


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("4d61696e", "Main"),
        ("4d61696e0000", "Main"),
        ("c3a9", "é"),
        ("c3", None),
        ("4d0061", None),
        ("4d0a", None),
        ("0000", None),
        ("", None),
    ],
)
def test_octets_are_text_where_all_of_them_can_be_read(octets: str, text: str | None) -> None:
    assert readable(bytes.fromhex(octets)) == text


@pytest.mark.parametrize(
    ("attribute_type", "value", "shown", "octets"),
    [
        (0x41, "4d61696e", "Main", "4d61696e"),
        (0x43, "ff00", "ff00", "ff00"),
        (0x42, "4d61696e", "4d61696e", None),
        (0x20, 77, 77, None),
    ],
)
def test_an_octet_string_is_shown_as_text_with_its_octets_beside_it(
    attribute_type: int, value: object, shown: object, octets: str | None
) -> None:
    attribute = AttributeValue(0, attribute_type, value, b"")

    assert (attribute.shown, attribute.octets) == (shown, octets)
