"""Installation codes: published vectors, and what a person may type wrong."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.crypto.install_code import LENGTHS, crc16_x25, link_key, parse_install_code

VECTORS = [
    # code with its CRC, link key; the first and the last are published examples
    ("83fed3407a93 2b70", "cd4fa064773f46941ec986c09963d1a8"),
    ("83fed3407a939723 97fc", "850be0bf5b369ac441280a53265db167"),
    ("83fed3407a939723a5c639ff 4c12", "58c1828cf7f1c3fe29e7b1024ad84bfa"),
    ("83fed3407a939723a5c639b26916d505 c3b5", "66b6900981e1ee3ca4206b6b861c02bb"),
]


@pytest.mark.parametrize(("code", "key"), VECTORS)
def test_a_code_of_each_length_gives_its_link_key(code: str, key: str) -> None:
    assert link_key(code) == Secret(bytes.fromhex(key))


def test_the_crc_is_the_published_one() -> None:
    assert crc16_x25(b"123456789") == 0x906E


@pytest.mark.parametrize(
    "text", ["12:34:56:78:90:AB:BA:9E", "0x1234567890abba9e", "1234-5678 90ab_ba9e\n"]
)
def test_any_delimiters_are_dropped(text: str) -> None:
    assert parse_install_code(text).reveal() == bytes.fromhex("1234567890ABBA9E")


@pytest.mark.parametrize("length", [0, 1, 2, 7, 9, 12, 16, 17, 19, 1000])
def test_a_code_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ParameterError, match=f"has {length} octets"):
        parse_install_code(bytes(length))


def test_a_wrong_digit_is_named_with_the_crc_that_was_expected() -> None:
    with pytest.raises(
        ParameterError, match=r"CRC of its first 6 octets, which is [0-9a-f]{4}: "
    ) as caught:
        parse_install_code("2234567890ABBA9E")

    assert caught.value.path == "installation_code"


def test_an_odd_number_of_digits_is_refused_under_the_parameters_name() -> None:
    with pytest.raises(ParameterError, match="installation_code: has an odd number"):
        parse_install_code("1234567890ABBA9")


def test_an_error_never_shows_the_code() -> None:
    code = "83fed3407a939723a5c639b26916d506c3b5"

    with pytest.raises(ParameterError) as caught:
        parse_install_code(code)

    assert "83fed3" not in str(caught.value)
    assert "16d506" not in str(caught.value)


@given(st.sampled_from(LENGTHS).flatmap(lambda n: st.binary(min_size=n - 2, max_size=n - 2)))
def test_a_code_with_its_crc_is_taken_and_with_any_flipped_bit_refused(data: bytes) -> None:
    code = data + crc16_x25(data).to_bytes(2, "little")
    flipped = bytes((code[0] ^ 0x10,)) + code[1:]

    assert parse_install_code(code) == Secret(code)
    assert len(link_key(Secret(code))) == 16
    with pytest.raises(ParameterError, match="a digit is wrong"):
        parse_install_code(flipped)
