"""How payloads are declared, read and written."""

from typing import Any, ClassVar, Self

from hypothesis import example, given, strategies as st
import pytest
from typing_extensions import override
import zigpy.types as t
from zigpy.zcl.clusters.smartenergy import Metering

from sebridge.base.errors import DecodeError
from sebridge.zcl.record import (
    Octets42,
    OctetString,
    Record,
    Text,
    attribute,
    command,
    counted_by,
    decode,
    decode_with_rest,
    field,
)


class Greeting(Record):
    """A record with every kind of field."""

    UNUSED: ClassVar = {"loudness": 0xFF}

    number: t.uint16_t
    words: Text = field("hello")
    tone: t.int8s = field(-1)
    colour: t.uint8_t = field(7, optional=True)
    loudness: t.uint8_t = field(optional=True)
    echo: t.uint8_t = field(optional=True)


class Signed(Record):
    """A record with a signature."""

    signature: Octets42


@pytest.mark.parametrize(
    ("record", "payload"),
    [
        (Greeting(number=1), "0100 05 68656c6c6f ff 07"),
        (Greeting(number=1, words="", tone=5, colour=None), "0100 00 05"),
        (Greeting(number=1, words="≥", loudness=3), "0100 03 e289a5 ff 07 03"),
        (Greeting(number=1, words="", loudness=3, echo=4), "0100 00 ff 07 03 04"),
    ],
)
def test_a_record_is_written_and_read_field_by_field(record: Greeting, payload: str) -> None:
    octets = bytes.fromhex(payload)

    assert record.serialize() == octets
    assert Greeting.deserialize(octets) == (record, b"")


def test_a_record_with_a_missing_field_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="Greeting lacks number"):
        Greeting(words="x")


def test_a_field_that_the_peer_left_off_stays_left_off() -> None:
    record, _ = Greeting.deserialize(bytes.fromhex("0100 00 ff"))

    assert record.colour is None
    assert record.serialize() == bytes.fromhex("0100 00 ff")


def test_what_the_peer_left_off_can_be_filled_with_defaults() -> None:
    record, _ = Greeting.deserialize(bytes.fromhex("0100 00 ff"))

    assert record.filled() == Greeting(number=1, words="")
    assert record.filled().colour == 7
    assert record.filled().loudness is None


def test_octets_after_the_last_known_field_are_left_over_by_gen_11() -> None:
    record, rest = Greeting.deserialize(bytes.fromhex("0100 00 ff 07 03 04 aabb"))

    assert record.echo == 4
    assert rest == b"\xaa\xbb"
    assert decode(Greeting, bytes.fromhex("0100 00 ff 07 03 04 aabb")) == record


def test_no_field_is_left_off_before_one_that_is_given() -> None:
    record = Greeting(number=1, words="", colour=None, echo=4)

    assert record.serialize() == bytes.fromhex("0100 00 ff 07 ff 04")
    assert record.colour is None


def test_an_unused_field_without_a_value_of_its_own_is_zero() -> None:
    class Pair(Record):
        first: t.uint16_t = field(optional=True)
        second: t.uint8_t = field(optional=True)

    assert Pair(second=9).serialize() == b"\x00\x00\x09"
    assert Pair().serialize() == b""


def test_a_copy_may_differ_in_some_fields() -> None:
    record = Greeting(number=1)

    copy = record.but(number=2, words="bye")

    assert (copy.number, copy.words, copy.tone) == (2, "bye", -1)
    assert record.number == 1


def test_a_copy_must_be_complete_too() -> None:
    with pytest.raises(ValueError, match="lacks number"):
        Greeting(number=1).but(number=None)


# ------------------------------------------------------------------ text and octets


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("00", ""),
        ("ff", ""),
        ("03616263", "abc"),
        ("05616200 6364", "ab"),
        ("02c328", "�("),
        ("03e289a5", "≥"),
    ],
)
def test_text_is_read_whatever_it_holds(octets: str, text: str) -> None:
    assert Text.deserialize(bytes.fromhex(octets)) == (text, b"")


@pytest.mark.parametrize("octets", ["", "01", "0561626364"])
def test_text_cut_short_is_an_error(octets: str) -> None:
    with pytest.raises(ValueError, match="too short"):
        Text.deserialize(bytes.fromhex(octets))


def test_text_is_counted_in_octets() -> None:
    assert Text("≥" * 84).serialize() == bytes([252]) + "≥".encode() * 84
    assert Text("x" * 254).serialize()[0] == 254
    with pytest.raises(ValueError, match="longer than 254 octets"):
        Text("≥" * 85).serialize()
    with pytest.raises(ValueError, match="longer than 254 octets"):
        Text("x" * 255).serialize()


def test_a_signature_has_42_octets() -> None:
    octets = bytes(range(42))

    assert Octets42.deserialize(octets + b"rest") == (octets, b"rest")
    assert Octets42(octets).serialize() == octets
    with pytest.raises(ValueError, match="too short"):
        Octets42.deserialize(octets[:41])
    with pytest.raises(ValueError, match="41 octets instead of 42"):
        Octets42(octets[:41]).serialize()


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("payload", "offset"),
    [
        ("", 0),
        ("01", 0),
        ("0100", 2),
        ("0100 05 6162", 2),
        ("0100 00", 3),
        ("0100 02 6162", 5),
    ],
)
def test_a_payload_cut_short_says_at_which_octet(payload: str, offset: int) -> None:
    with pytest.raises(DecodeError, match="Greeting: ") as caught:
        decode(Greeting, bytes.fromhex(payload))

    assert caught.value.offset == offset
    assert caught.value.__cause__ is not None


def test_an_optional_field_cut_short_says_so_too() -> None:
    class Wide(Record):
        first: t.uint8_t
        second: t.uint32_t = field(optional=True)

    with pytest.raises(DecodeError) as caught:
        decode(Wide, b"\x01\x02\x03")

    assert caught.value.offset == 1


def test_a_list_cut_short_says_where_the_payload_ends() -> None:
    profile = Metering.ClientCommandDefs.get_profile_response.schema

    with pytest.raises(DecodeError) as caught:
        decode(profile, bytes.fromhex("c067a415 00 02 04 fa0000 000000"))

    assert caught.value.offset == 13


@given(payload=st.binary(max_size=80))
@example(payload=b"\x01\x00\xff\xff")
def test_any_octets_decode_or_are_refused(payload: bytes) -> None:
    for kind in (Greeting, Signed):
        try:
            record = decode(kind, payload)
        except DecodeError:
            continue
        assert isinstance(record, kind)


# ------------------------------------------------------------------ declarations


def test_a_command_is_declared_by_its_id_and_its_record() -> None:
    declared: Any = command(0x05, Greeting)

    assert declared.id == 5
    assert declared.schema is Greeting


def test_an_attribute_may_be_read_and_written() -> None:
    declared: Any = attribute(0x0102, t.uint8_t)

    assert declared.id == 0x0102
    assert str(declared.access) == "ZCLAttributeAccess.Read|Write"


# ------------------------------------------------------------------ lists, older forms


class Shopping(Record):
    """A record with a list that it counts."""

    number_of_things: t.uint8_t
    things: t.List[t.uint16_t] = counted_by("number_of_things", mask=0x0F)
    code: OctetString


class OldGreeting(Record):
    """A greeting of one octet."""

    number: t.uint8_t


class NewGreeting(Record):
    """A greeting of more octets."""

    OLDER_FORMS: ClassVar = {1: OldGreeting}

    number: t.uint16_t


def test_a_list_is_as_long_as_its_field_says() -> None:
    octets = bytes.fromhex("f2 0100 0200 01aa")

    record = decode(Shopping, octets)

    assert record == Shopping(number_of_things=0xF2, things=[1, 2], code=b"\xaa")
    assert record.serialize() == octets


def test_a_list_of_another_length_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="length 1"):
        Shopping(number_of_things=1, things=[1, 2], code=b"").serialize()


def test_a_list_cut_short_is_refused_behind_its_last_whole_item() -> None:
    with pytest.raises(DecodeError, match="things") as caught:
        decode(Shopping, bytes.fromhex("02 0100 02"))

    assert caught.value.offset == 3


def test_octets_without_a_value_read_as_none() -> None:
    assert OctetString.deserialize(b"\xff\x01") == (b"", b"\x01")
    assert OctetString.deserialize(b"\x02abc") == (b"ab", b"c")
    assert OctetString(b"ab").serialize() == b"\x02ab"


def test_the_length_of_a_payload_may_tell_that_it_has_an_older_form() -> None:
    assert decode(NewGreeting, b"\x05") == OldGreeting(number=5)
    assert decode(NewGreeting, b"\x05\x00") == NewGreeting(number=5)


def test_octets_behind_the_last_field_can_be_had() -> None:
    assert decode_with_rest(NewGreeting, b"\x05\x00\xaa\xbb") == (
        NewGreeting(number=5),
        b"\xaa\xbb",
    )


def test_a_record_that_refuses_its_fields_together_says_where_the_payload_ends() -> None:
    class Pair(Record):
        low: t.uint8_t
        high: t.uint8_t

        @override
        @classmethod
        def deserialize(cls, data: bytes) -> tuple[Self, bytes]:
            raise ValueError("low is above high")

    with pytest.raises(DecodeError, match="Pair: end: low is above high") as caught:
        decode(Pair, b"\x02\x01")

    assert caught.value.offset == 2
