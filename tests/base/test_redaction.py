"""What may be said of values that came from outside."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.redaction import redacted, shown

KEY = "5a6967426565416c6c69616e63653039"


def written(octets: bytes, separator: str, *, upper: bool) -> str:
    text = octets.hex(separator) if separator else octets.hex()
    return text.upper() if upper else text


SECRETS = st.builds(
    written,
    st.one_of(*(st.binary(min_size=size, max_size=size) for size in (10, 12, 14, 16, 18, 32))),
    st.sampled_from(["", ":", "-", " ", "."]),
    upper=st.booleans(),
)


@given(SECRETS, st.sampled_from(["", "0x", "the key ", "('", '{"a":"', "device/"]))
def test_whatever_could_be_a_key_or_a_code_is_masked(secret: str, before: str) -> None:
    found = redacted(f"{before}{secret}, and more")

    assert found == f"{'' if before == '0x' else before}********, and more"


@pytest.mark.parametrize("before", ["\n", "\t", "\x07", "\x85", "\u2028", "a line\n"])
@given(SECRETS)
def test_a_wrong_value_with_a_key_behind_what_cannot_be_printed_is_not_shown(
    before: str, secret: str
) -> None:
    assert shown(f"{before}{secret}") == "********"


@pytest.mark.parametrize("around", ["key{}", "Cl{}te", "{}te", "x{}, y"])
def test_a_key_within_a_word_is_not_shown(around: str) -> None:
    text = around.format(KEY)

    assert KEY not in redacted(text)
    assert shown(text) == "********"


def test_a_key_right_behind_other_letters_is_masked_too() -> None:
    assert redacted(f"no method k{KEY}") == "no method k********"


@given(SECRETS)
def test_a_wrong_value_that_could_be_a_key_is_not_shown(secret: str) -> None:
    assert shown(secret) == "********"


@pytest.mark.parametrize("code", ["83FED3407A93", "83FE D340 7A93 9723", "83:fe:d3:40:7a:93:2b:70"])
def test_a_wrong_value_that_could_be_an_installation_code_is_not_shown(code: str) -> None:
    assert shown(code) == "********"


@pytest.mark.parametrize(
    "text",
    [
        "00:0d:6f:00:01:02:03:04 is not active",
        "000d6f0001020304 is not active",
        "0xFFFFFFFFFFFFFFFF is not in 0..255",
        "device 00000000-00000000-00409DFF-FF0A0B02 is not known here",
        "0.30000000000000004 is not a whole number",
        "a request from 2001:db8:85a3:8d3:1319:8a2e:370:7348 is refused",
        "2026-11-29T11:47:01Z",
        "1300000000.123456",
        "a bad decade: feed a dead cafe",
        "https://example.net/files",
        "somebody@example.net",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mqtt://me:hunter2@host:1883 is away", "mqtt://********@host:1883 is away"),
        ("'https://me:hunt@er2@host/a@b'", "'https://********@host/a@b'"),
        ("2mqtt+x://me:hunter2@host", "2mqtt+x://********@host"),
        ("a b,c=d(é-mqtt://me:hunter2@host", "a b,c=d(é-mqtt://********@host"),
        ("Authorization: Bearer hunter2\nHost: x", "Authorization: ********\nHost: x"),
        ("{'authorization': 'Basic aHVudGVyMg=='}", "{'authorization': ********"),
    ],
)
def test_credentials_are_masked(text: str, found: str) -> None:
    assert redacted(text) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("soon", "'soon'"),
        (256, "256"),
        (1.5, "1.5"),
        (None, "None"),
        ("x" * 50, "'" + "x" * 36 + "..."),
        ({"a": KEY}, "********"),
        (int(KEY, 16), "********"),
    ],
)
def test_other_wrong_values_are_shown_and_cut(value: object, found: str) -> None:
    assert shown(value) == found


@pytest.mark.parametrize(
    "text",
    [
        "the answer of 00:0d:6f:00:0a:00:00:01 cannot be read",
        "00:0d:6f:00:0a:00:00:01 a bad face",
        "no key with 000d6f000a000001, added at 12:30:05",
    ],
)
def test_words_behind_an_address_do_not_make_a_key_of_it(text: str) -> None:
    assert redacted(text) == text


def test_a_key_in_a_word_is_masked() -> None:
    assert redacted("key5A6967426565416C6C69616E63653039x") == "key********x"


@pytest.mark.parametrize(
    "part",
    [
        "x",
        "f",
        "0x",
        "a ",
        "a:",
        "@",
        "://",
        "a://@",
        "authorization ",
        "authorization:",
        "\\x0",
        " ",
    ],
)
def test_a_million_characters_are_read_as_fast_as_a_few(part: str) -> None:
    """What takes a time that grows with the square would not come to an end."""
    text = part * (1_000_000 // len(part))

    assert len(shown(text)) < 50
