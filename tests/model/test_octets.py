"""Records on the air: each kind of field, what is left off, what is cut off."""

from typing import Annotated, Any, ClassVar

from hypothesis import example, given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.model.data_types import (
    AllOctets,
    Bitmap48,
    Bitmap64,
    CountedBy,
    FixedOctets,
    Int8,
    Int16,
    Int24,
    Int64,
    OctetString,
    PresentIf,
    RemainingOctets,
    Text,
    Uint8,
    Uint16,
    Uint24,
    Uint32,
    Uint56,
    UtcTime,
)
from sebridge.model.record import Record


class Greeting(Record):
    """A record with fields that may be left off."""

    UNUSED: ClassVar = {"loudness": 0xFF}

    number: Uint16
    words: Text = "hello"
    tone: Int8 = -1
    colour: Uint8 | None = 7
    loudness: Uint8 | None = None
    echo: Uint8 | None = None


class Numbers(Record):
    """Numbers of every size."""

    one: Uint8
    two: Int16
    three: Uint24
    signed_three: Int24
    four: UtcTime
    six: Bitmap48
    seven: Uint56
    eight: Bitmap64
    signed_eight: Int64


SIZE = 42  # octets of Numbers


class Signed(Record):
    """Octets of a fixed number."""

    signature: Annotated[bytes, FixedOctets(4)]


class Certificate(Record):
    """Octets up to the end, one to eight of them."""

    certificate: Annotated[bytes, RemainingOctets(1, 8)]


class Tunnelled(Record):
    """Any octets up to the end."""

    tunnel: Uint8
    data: AllOctets


class Item(Record):
    """A part of a list."""

    number: Uint8
    name: Text


class Shopping(Record):
    """A list that is counted, octets, and a list up to the end."""

    number_of_things: Uint8
    things: Annotated[tuple[Uint16, ...], CountedBy("number_of_things", mask=0x0F)]
    code: OctetString
    items: tuple[Item, ...]


class Nothing(Record):
    """No field at all."""


class Empties(Record):
    """A list of items that have no octets."""

    items: tuple[Nothing, ...]


class Late(Record):
    """Text and a record that may be left off."""

    first: Uint8
    text: Text | None = None
    item: Item | None = None


KINDS: tuple[type[Record], ...] = (
    *(Greeting, Numbers, Signed, Certificate, Tunnelled, Shopping, Nothing, Late),
)


# ------------------------------------------------------------------ there and back


@pytest.mark.parametrize(
    ("record", "payload"),
    [
        (Greeting(number=1), "0100 05 68656c6c6f ff 07"),
        (Greeting(number=1, words="", tone=5, colour=None), "0100 00 05"),
        (Greeting(number=1, words="≥", loudness=3), "0100 03 e289a5 ff 07 03"),
        (Greeting(number=1, words="", loudness=3, echo=4), "0100 00 ff 07 03 04"),
        (
            Numbers(
                one=1,
                two=-2,
                three=3,
                signed_three=-3,
                four=4,
                six=6,
                seven=7,
                eight=8,
                signed_eight=-8,
            ),
            (
                "01 feff 030000 fdffff 04000000 060000000000 07000000000000"
                " 0800000000000000 f8ffffffffffffff"
            ),
        ),
        (Signed(signature=b"abcd"), "61626364"),
        (Certificate(certificate=b"a"), "61"),
        (Tunnelled(tunnel=1, data=b""), "01"),
        (
            Shopping(
                number_of_things=0xF2,
                things=(1, 2),
                code=b"\xaa",
                items=(Item(number=1, name="a"),),
            ),
            "f2 0100 0200 01aa 01 0161",
        ),
        (Nothing(), ""),
        (Late(first=1), "01"),
        (Late(first=1, text="", item=Item(number=2, name="")), "01 00 02 00"),
    ],
)
def test_a_record_is_written_and_read_field_by_field(record: Record, payload: str) -> None:
    octets = bytes.fromhex(payload)

    assert record.serialize() == octets
    assert type(record).deserialize_with_rest(octets) == (record, b"")


def test_a_field_that_the_peer_left_off_stays_left_off() -> None:
    record = Greeting.deserialize(bytes.fromhex("0100 00 ff"))

    assert record.colour is None
    assert record.serialize() == bytes.fromhex("0100 00 ff")


def test_octets_after_the_last_known_field_are_left_over_by_gen_11() -> None:
    octets = bytes.fromhex("0100 00 ff 07 03 04 aabb")

    record, rest = Greeting.deserialize_with_rest(octets)

    assert record.echo == 4
    assert rest == b"\xaa\xbb"
    assert Greeting.deserialize(octets) == record


def test_no_field_is_left_off_before_one_that_is_given() -> None:
    record = Greeting(number=1, words="", colour=None, echo=4)

    assert record.serialize() == bytes.fromhex("0100 00 ff 07 ff 04")
    assert record.colour is None


def test_an_unused_field_without_a_value_of_its_own_is_zero() -> None:
    class Pair(Record):
        first: Uint16 | None = None
        second: Uint8 | None = None

    assert Pair(second=9).serialize() == b"\x00\x00\x09"
    assert Pair().serialize() == b""


@given(payload=st.binary(max_size=80))
@example(payload=b"\x01\x00\xff\xff")
def test_any_octets_are_read_or_refused_and_what_is_read_is_written_again(payload: bytes) -> None:
    places: list[int | None] = []
    for kind in KINDS:
        try:
            record, rest = kind.deserialize_with_rest(payload)
        except DecodeError as error:
            places.append(error.offset)
        else:
            assert kind.deserialize_with_rest(record.serialize() + rest) == (record, rest)
    assert all(place is not None and place <= len(payload) for place in places)


# ------------------------------------------------------------------ text and octets


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("00", ""),
        ("ff", ""),
        ("03616263", "abc"),
        ("05616200 6364", "ab"),
        ("02c328", "\ufffd("),
        ("03e289a5", "≥"),
    ],
)
def test_text_is_read_whatever_it_holds(octets: str, text: str) -> None:
    record = Item.deserialize(b"\x01" + bytes.fromhex(octets))

    assert record.name == text


@pytest.mark.parametrize("octets", ["", "01", "0561626364"])
def test_text_cut_short_is_an_error(octets: str) -> None:
    with pytest.raises(DecodeError, match="Item: name: the payload is cut off") as caught:
        Item.deserialize(b"\x01" + bytes.fromhex(octets))

    assert caught.value.offset == 1


def test_text_is_counted_in_octets() -> None:
    assert Item(number=1, name="≥" * 84).serialize()[1:] == bytes([252]) + "≥".encode() * 84
    assert Item(number=1, name="x" * 254).serialize()[1] == 254
    for text in ("≥" * 85, "x" * 255):
        with pytest.raises(ValueError, match="name: the text is longer than 254 octets"):
            Item(number=1, name=text).serialize()


@pytest.mark.parametrize(
    ("octets", "code"), [("00", b""), ("ff", b""), ("02abcd", b"\xab\xcd"), ("ff0177", b"")]
)
def test_octets_without_a_value_read_as_none(octets: str, code: bytes) -> None:
    class Coded(Record):
        code: OctetString

    assert Coded.deserialize(bytes.fromhex(octets)).code == code


def test_octets_of_the_wrong_number_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="signature: 3 octets instead of 4"):
        Signed(signature=b"abc").serialize()


@pytest.mark.parametrize(("size", "problem"), [(0, "cut off"), (9, "9 octets are more than 8")])
def test_octets_up_to_the_end_have_limits(size: int, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem) as caught:
        Certificate.deserialize(bytes(size))

    assert caught.value.offset == 0


# ------------------------------------------------------------------ lists


def test_a_list_of_another_length_cannot_be_sent() -> None:
    record = Shopping(number_of_things=1, things=(1, 2), code=b"", items=())

    with pytest.raises(ValueError, match="things: 2 items, where number_of_things says length 1"):
        record.serialize()


@pytest.mark.parametrize(
    ("payload", "offset", "field"),
    [
        ("02 0100 02", 3, "things"),
        ("01 0100 00 01 0161 02", 7, "items"),
        ("01 0100 00 01 0161 02 0561", 7, "items"),
    ],
)
def test_a_list_cut_short_is_refused_behind_its_last_whole_item(
    payload: str, offset: int, field: str
) -> None:
    with pytest.raises(DecodeError, match=f"Shopping: {field}: ") as caught:
        Shopping.deserialize(bytes.fromhex(payload))

    assert caught.value.offset == offset


def test_items_without_octets_do_not_make_an_endless_list() -> None:
    with pytest.raises(DecodeError, match="items: an item without octets"):
        Empties.deserialize(b"\x01")


# ------------------------------------------------------------------ what cannot be


@pytest.mark.parametrize(
    ("payload", "offset", "field"),
    [
        ("", 0, "number"),
        ("01", 0, "number"),
        ("0100", 2, "words"),
        ("0100 05 6162", 2, "words"),
        ("0100 00", 3, "tone"),
        ("0100 02 6162", 5, "tone"),
    ],
)
def test_a_payload_cut_short_says_at_which_octet(payload: str, offset: int, field: str) -> None:
    with pytest.raises(DecodeError, match=f"Greeting: {field}: ") as caught:
        Greeting.deserialize(bytes.fromhex(payload))

    assert caught.value.offset == offset


@pytest.mark.parametrize(("cut", "offset", "field"), [(1, 34, "signed_eight"), (9, 26, "eight")])
def test_numbers_that_are_read_together_are_told_apart_when_they_are_cut(
    cut: int, offset: int, field: str
) -> None:
    with pytest.raises(DecodeError, match=f"Numbers: {field}: ") as caught:
        Numbers.deserialize(bytes(SIZE - cut))

    assert caught.value.offset == offset


def test_a_field_that_may_be_left_off_may_not_be_cut() -> None:
    class Wide(Record):
        first: Uint8
        second: Uint32 | None = None

    with pytest.raises(DecodeError, match="second") as caught:
        Wide.deserialize(b"\x01\x02\x03")

    assert caught.value.offset == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"one": 256}, "one: 256 is not in 0..255"),
        ({"two": -0x8001}, "two: -32769 is not in -32768..32767"),
        ({"three": 1 << 24}, "three: 16777216 is not in 0..16777215"),
        ({"eight": -1}, "eight: -1 is not in"),
        ({"one": "1"}, "one: '1' is not in 0..255"),
        ({"one": None}, "one: None is not in 0..255"),
    ],
)
def test_a_number_that_does_not_fit_cannot_be_sent(changes: dict[str, Any], problem: str) -> None:
    numbers = Numbers.deserialize(bytes(SIZE)).replace(**changes)

    with pytest.raises(ValueError, match=problem):
        numbers.serialize()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"words": 5}, "words: 5 is not of its type"),
        ({"words": b"x"}, "words: b'x' is not of its type"),
        ({"colour": 1, "loudness": 1, "echo": 256}, "echo: 256 is not in 0..255"),
    ],
)
def test_a_value_of_another_type_cannot_be_sent(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Greeting(number=1).replace(**changes).serialize()


def test_a_field_without_a_form_on_the_air_is_a_mistake_of_ours() -> None:
    class Odd(Record):
        number: float

    with pytest.raises(TypeError, match="has no form on the air"):
        Odd(number=1.5).serialize()


# ------------------------------------------------------------------ fields that others announce


class Parcel(Record):
    """What is in it is said by bits of its first field."""

    PRESENT_IF: ClassVar = {
        "weight": PresentIf("control", 0x03),
        "label": PresentIf("control", 0x03, 0x02),
    }

    control: Uint8
    weight: Uint16 | None = None
    label: Text | None = None


@pytest.mark.parametrize(
    ("record", "payload"),
    [
        (Parcel(control=0), "00"),
        (Parcel(control=4), "04"),
        (Parcel(control=1, weight=2), "01 0200"),
        (Parcel(control=6, weight=2, label="a"), "06 0200 0161"),
    ],
)
def test_a_field_is_there_when_the_one_before_it_says_so(record: Parcel, payload: str) -> None:
    octets = bytes.fromhex(payload)

    assert record.serialize() == octets
    assert Parcel.deserialize_with_rest(octets + b"\xaa") == (record, b"\xaa")


def test_a_field_that_is_announced_must_be_there() -> None:
    with pytest.raises(DecodeError, match="Parcel: label: the payload is cut off") as caught:
        Parcel.deserialize(b"\x02\x00\x00")
    assert caught.value.offset == 3


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (Parcel(control=0, weight=1), "weight cannot be, as control says"),
        (Parcel(control=2, weight=1), "label is needed, as control says"),
    ],
)
def test_a_field_that_is_not_as_announced_cannot_be_written(record: Parcel, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        record.serialize()


# ------------------------------------------------------------------ older forms


class OldGreeting(Record):
    """A greeting of one octet."""

    number: Uint8


class NewGreeting(Record):
    """A greeting of more octets."""

    OLDER_FORMS: ClassVar = {1: OldGreeting}

    number: Uint16


def test_the_length_of_a_payload_may_tell_that_it_has_an_older_form() -> None:
    old: Record = NewGreeting.deserialize(b"\x05")

    assert old == OldGreeting(number=5)
    assert NewGreeting.deserialize(b"\x05\x00") == NewGreeting(number=5)
    assert NewGreeting.deserialize_with_rest(b"\x05\x00\xaa") == (NewGreeting(number=5), b"\xaa")
