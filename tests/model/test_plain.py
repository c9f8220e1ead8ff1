"""Typed values <-> plain dicts, lists, strings and numbers."""

from collections.abc import Mapping, Sequence
import contextlib
from dataclasses import dataclass, field
import enum
import re
from typing import Any, Generic, Literal, TypeVar

from hypothesis import given, strategies as st
import msgspec
import pytest

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.features.messaging.records import CancelledMessageRecord, CancelMessageRecord
from sebridge.features.price.records import PublishPriceRecord
from sebridge.model.data_types import Int8, Int16, Moment, Uint8, UnixTime, UtcTime
from sebridge.model.plain import from_plain, hex_octets, integer, to_plain
from sebridge.model.record import record_name
from sebridge.model.values import ABSENT, Absent, Base64
from sebridge.network.descriptors import Power_Desc_rsp

T = TypeVar("T")

DEVICE = Eui64.parse("00:0d:6f:00:0a:90:69:e7")


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Status(enum.IntEnum):
    GOOD = 1
    BAD = 2


class Shade(str):
    __slots__ = ()


class Level(int):
    __slots__ = ()


@dataclass(frozen=True)
class Inner:
    size: Uint8
    name: str = "x"


@dataclass(frozen=True)
class SizeRecord:
    size: Uint8


@dataclass(frozen=True)
class Outer:
    inner: Inner
    others: Sequence[Inner] = field(default_factory=list)
    table: Mapping[str, Uint8] = field(default_factory=dict)
    note: str | Absent = ABSENT


@dataclass(frozen=True)
class Box(Generic[T]):
    content: T


class Bag(msgspec.Struct, Generic[T], frozen=True):
    content: T
    owner: str | None = None
    note: str | Absent = ABSENT


# ------------------------------------------------------------------ typed -> plain


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        (0x0700, 0x0700),
        (-5, -5),
        (NetworkAddress(0x00AB), "00ab"),
        (DEVICE, "00:0d:6f:00:0a:90:69:e7"),
        (Secret(b"\x01"), "********"),
        (Colour.RED, "red"),
        (b"\x01\xff", "01ff"),
        (bytearray(b"\x02"), "02"),
        ("text", "text"),
        ((1, "a"), [1, "a"]),
        (frozenset({3}), [3]),
        ({NetworkAddress(1): 2, 3: None}, {"0001": 2, "3": None}),
        (Inner(3), {"size": 3, "name": "x"}),
        (
            Outer(Inner(3)),
            {"inner": {"size": 3, "name": "x"}, "others": [], "table": {}},
        ),
        (Outer(Inner(1), note="n").note, "n"),
        (Bag(Inner(3)), {"content": {"size": 3, "name": "x"}, "owner": None}),
    ],
)
def test_values_become_plain(value: object, shown: object) -> None:
    found = to_plain(value)

    assert found == shown
    assert type(found) is type(shown)


def test_a_records_fields_without_a_value_are_left_out() -> None:
    record = PublishPriceRecord(issuer_event_id=7, duration_in_minutes=60, price=1250)

    shown = to_plain(record)

    assert shown["price"] == 1250
    assert shown["rate_label"] == ""
    assert "price_control" not in shown
    assert all(type(value) in {int, str} for value in shown.values())


def test_what_has_no_plain_form_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="object has no plain form"):
        to_plain(object())


def test_a_class_is_not_mistaken_for_its_values() -> None:
    with pytest.raises(TypeError, match="type has no plain form"):
        to_plain(Inner)


# ------------------------------------------------------------------ plain -> typed


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (Any, {"a": 1}, {"a": 1}),
        (object, "x", "x"),
        (int, 5, 5),
        (int, 5.0, 5),
        (int, " 42 ", 42),
        (int, "-0x10", -16),
        (Uint8, "0xFF", 255),
        (Int16, 0x8000, -0x8000),
        (Int16, "-32768", -0x8000),
        (Int8, 0x80, -0x80),
        (bool, True, True),
        (bool, " True ", True),
        (bool, "FALSE", False),
        (float, 2, 2.0),
        (float, 2.5, 2.5),
        (Moment, 253_402_300_799, 253_402_300_799.0),
        (str, "text", "text"),
        (bytes, "01 02-ff", b"\x01\x02\xff"),
        (bytes, b"\x03", b"\x03"),
        (bytes, Base64(b"\x03"), Base64(b"\x03")),
        (Eui64, "00:0D:6F:00:0A:90:69:E7", DEVICE),
        (Eui64, "0x000d6f000a9069e7", DEVICE),
        (Eui64, DEVICE, DEVICE),
        (NetworkAddress, "00ab", NetworkAddress(0xAB)),
        (NetworkAddress, "0xab", NetworkAddress(0xAB)),
        (NetworkAddress, 171, NetworkAddress(0xAB)),
        (Secret, "01:02", Secret(b"\x01\x02")),
        (Secret, b"\x01\x02", Secret(b"\x01\x02")),
        (Secret, 258, Secret(b"\x01\x02")),
        (Secret, 0, Secret(b"\x00")),
        (Colour, "blue", Colour.BLUE),
        (Literal["a", 3], "a", "a"),
        (str | None, None, None),
        (str | None, "x", "x"),
        (int | str, "x", "x"),
        (str | Absent, "x", "x"),
        (None | int, "7", 7),
        (list[int], ["1", 2], [1, 2]),
        (tuple[int, str], ["1", "a"], (1, "a")),
        (frozenset[int], ["1", 1], frozenset({1})),
        (Shade, "x", Shade("x")),
        (Level, "0x10", Level(16)),
        (Status, "0x02", Status.BAD),
        (bytearray, "0102", bytearray(b"\x01\x02")),
        (Secret, Secret(b"\x01"), Secret(b"\x01")),
        (Sequence[str], ("a",), ["a"]),
        (tuple[int, ...], [1, 2], (1, 2)),
        (dict[str, int], {"a": "0x10"}, {"a": 16}),
        (type(None), None, None),
        (Inner, {"size": 3}, Inner(3)),
        (Box[Inner], {"content": {"size": 3}}, Box(Inner(3))),
        (Bag[Inner], {"content": {"size": 3}}, Bag(Inner(3))),
        (Bag[int], {"content": "3", "owner": None, "note": "n"}, Bag(3, None, "n")),
        (Inner, Inner(4), Inner(4)),
        (
            Outer,
            {"inner": {"size": 1}, "others": [{"size": 2, "name": "y"}], "table": {"a": 9}},
            Outer(Inner(1), [Inner(2, "y")], {"a": 9}),
        ),
    ],
)
def test_plain_values_are_read_as_what_is_declared(kind: Any, value: Any, read: object) -> None:
    found = from_plain(kind, value)

    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        (int, True, "True is not a whole number"),
        (int, 1.5, "1.5 is not a whole number"),
        (int, "five", "'five' is not a whole number"),
        (int, "1_000", "'1_000' is not a whole number"),
        (int, "9" * 5000, "is not a whole number"),
        (int, None, "None is not a whole number"),
        (int, float("inf"), "inf is not a whole number"),
        (Uint8, 256, "256 is not in 0..255"),
        (Uint8, -1, "-1 is not in 0..255"),
        (Uint8, 1e300, "******** is not in 0..255"),
        (Int16, 0x10000, "65536 is not in -32768..32767"),
        (Int16, -0x8001, "-32769 is not in -32768..32767"),
        (bool, "yes", "'yes' is neither true nor false"),
        (bool, 1, "1 is neither true nor false"),
        (float, "1.5", "'1.5' is not a number"),
        (Moment, -0.5, "-0.5 is not in 0..253402300799"),
        (Moment, float("nan"), "nan is not in 0..253402300799"),
        (Moment, "1.5", "'1.5' is not a number"),
        (float, True, "True is not a number"),
        (str, 5, "5 is not text"),
        (bytes, "123", "odd number of hex digits"),
        (bytes, 5, "must be hex digits"),
        (Eui64, "00:0d", "is not a 64-bit address"),
        (Eui64, 5, "is not a 64-bit address"),
        (NetworkAddress, "12345", "is not a 16-bit address"),
        (NetworkAddress, 0x10000, "is not a 16-bit address"),
        (NetworkAddress, True, "is not a 16-bit address"),
        (NetworkAddress, "xyz", "is not a 16-bit address"),
        (Colour, "green", "'green' is none of red, blue"),
        (Status, 3, "3 is none of 1, 2"),
        (Status, "x", "'x' is not a whole number"),
        (Literal["a", "b"], "c", "'c' is none of a, b"),
        (type(None), 5, "must be empty"),
        (int | None, "x", "'x' is not a whole number"),
        (None | Absent, "x", "'x' is not allowed"),
        (list[int], "12", "'12' is not a list"),
        (list[int], {"a": 1}, "is not a list"),
        (dict[str, int], [1], "is not an object"),
        (list[int], b"12", "is not a list"),
        (Inner, [], "is not an object"),
        (PublishPriceRecord, 5, "5 is not an object"),
    ],
)
def test_what_cannot_be_read_says_why(kind: Any, value: Any, problem: str) -> None:
    with pytest.raises(ParameterError) as caught:
        from_plain(kind, value, "here")

    assert caught.value.path == "here"
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    ("kind", "value", "path"),
    [
        (list[int], [1, "x"], "p[1]"),
        (tuple[int, str], [1, 2], "p[1]"),
        (tuple[int, str], [1], "p"),
        (SizeRecord, {"type": "SizeRecord", "size": "x"}, "p.size"),
        (dict[str, int], {"a": "x"}, "p.a"),
        (Inner, {}, "p.size"),
        (Inner, {"size": 1, "colour": 2}, "p.colour"),
        (Inner, {"size": 300}, "p.size"),
        (Outer, {"inner": {"size": 1}, "others": [{"size": 1}, {"size": "x"}]}, "p.others[1].size"),
        (PublishPriceRecord, {"price": 1}, "p.duration_in_minutes"),
        (PublishPriceRecord, {"cost": 1}, "p.cost"),
    ],
)
def test_an_error_names_the_path_of_what_is_wrong(kind: Any, value: Any, path: str) -> None:
    with pytest.raises(ParameterError) as caught:
        from_plain(kind, value, "p")

    assert caught.value.path == path


def test_at_the_top_a_path_has_no_dot() -> None:
    with pytest.raises(ParameterError) as caught:
        from_plain(Inner, {})

    assert caught.value.path == "size"


def test_a_kind_that_cannot_be_read_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="complex'> has no shape"):
        from_plain(complex, 1)


def test_a_secret_is_not_part_of_its_error() -> None:
    with pytest.raises(ParameterError) as caught:
        from_plain(Secret, "12345", "link_key")

    assert "12345" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_long_value_is_shown_cut() -> None:
    with pytest.raises(ParameterError) as caught:
        from_plain(int, "x" * 1000)

    assert len(caught.value.problem) < 100


def test_a_record_is_read_by_its_declaration() -> None:
    given_fields = {
        "type": "PublishPriceRecord",
        "issuer_event_id": "0x07",
        "duration_in_minutes": 60,
        "price": 1,
    }

    record = from_plain(PublishPriceRecord, given_fields)

    assert record == PublishPriceRecord(issuer_event_id=7, duration_in_minutes=60, price=1)
    assert from_plain(PublishPriceRecord, record) is record


def test_a_record_accepts_the_other_spellings_of_its_fields() -> None:
    fields = {"issuer_event_id": 7, "duration_in_minutes": 60, "price": 1}

    record = from_plain(PublishPriceRecord, fields | {"alternate_cost_delivered": 5})

    assert record.alternate_cost_deliverd == 5


@pytest.mark.parametrize(
    ("kind", "given_value", "problem"),
    [
        (
            PublishPriceRecord,
            {"type": "CancelMessageRecord", "message_id": 1},
            "record: is a CancelMessageRecord, must be a PublishPriceRecord",
        ),
        (
            PublishPriceRecord | CancelMessageRecord | None,
            {"type": "Other", "message_id": 1},
            "record: is a Other, must be a PublishPriceRecord or a CancelMessageRecord",
        ),
        (
            PublishPriceRecord | CancelMessageRecord,
            {"type": "CancelMessageRecord"},
            "record.message_id: is missing",
        ),
        (
            Sequence[SizeRecord],
            [{"type": "Inner", "size": 1}],
            "record[0]: is a Inner, must be a SizeRecord",
        ),
        (Inner, {"type": "Inner", "size": 1}, "record.type: is unknown"),
    ],
)
def test_a_record_of_another_class_is_refused(kind: Any, given_value: Any, problem: str) -> None:
    with pytest.raises(ParameterError) as caught:
        from_plain(kind, given_value, "record")

    assert str(caught.value) == problem


def test_the_class_named_chooses_among_several_records() -> None:
    kind = PublishPriceRecord | CancelMessageRecord | Inner
    named = {"type": "CancelMessageRecord", "message_id": 7}

    assert from_plain(kind, named) == CancelMessageRecord(message_id=7)
    assert from_plain(kind, {"message_id": 7}) == CancelMessageRecord(message_id=7)
    assert from_plain(kind, {"size": 7}) == Inner(7)


def test_a_dataclass_that_callers_know_as_a_record_may_be_named() -> None:
    assert from_plain(SizeRecord, {"type": "SizeRecord", "size": 1}) == SizeRecord(1)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (PublishPriceRecord, "PublishPriceRecord"),
        (CancelledMessageRecord, "DisplayMessageRecord"),
        (SizeRecord, "SizeRecord"),
        (Power_Desc_rsp, "Power_Desc_rsp"),
        (Inner, None),
        (int, None),
    ],
)
def test_records_have_the_names_of_the_reference(kind: type, name: str | None) -> None:
    assert record_name(kind) == name


def test_absent_is_false_and_prints_its_name() -> None:
    assert not ABSENT
    assert repr(ABSENT) == "UNSET"


def test_an_address_is_shown_as_people_write_it() -> None:
    assert to_plain(DEVICE) == "00:0d:6f:00:0a:90:69:e7"


@given(octets=st.binary(min_size=8, max_size=8))
def test_addresses_survive_the_way_there_and_back(octets: bytes) -> None:
    address = Eui64.from_octets(octets)

    assert from_plain(Eui64, to_plain(address)) == address


@given(octets=st.binary(max_size=50))
def test_octets_survive_the_way_there_and_back(octets: bytes) -> None:
    assert hex_octets(octets.hex()) == octets


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "kind",
    [
        *(int, bool, float, str, bytes, Uint8, Int16, Eui64, NetworkAddress, Secret, Colour),
        *(Outer, PublishPriceRecord, list[int], dict[str, int], int | None, Literal["a"]),
    ],
)
@given(junk=JUNK)
def test_junk_is_read_or_refused_and_nothing_else(kind: Any, junk: Any) -> None:
    with contextlib.suppress(ParameterError):
        from_plain(kind, junk)


@given(number=st.integers(-(10**38), 10**38))
def test_integers_are_read_from_text(number: int) -> None:
    assert integer(str(number)) == number


def test_octets_written_as_base64_stay_so_also_in_their_plain_form() -> None:
    octets = Base64(b"\x01\x02")

    assert isinstance(from_plain(bytes, octets), Base64)
    assert isinstance(from_plain(bytes | int, octets), Base64)
    assert to_plain(octets) == {"base64": "AQI="}
    assert from_plain(bytes, to_plain(octets)) == octets


@dataclass(frozen=True)
class Tree:
    name: str
    branches: "Sequence[Tree]" = ()


def test_a_value_may_hold_others_of_its_own_kind() -> None:
    tree = Tree("a", [Tree("b"), Tree("c", [Tree("d")])])

    assert from_plain(Tree, to_plain(tree)) == Tree(
        "a", [Tree("b", []), Tree("c", [Tree("d", [])])]
    )
    with pytest.raises(ParameterError) as caught:
        from_plain(Tree, {"name": "a", "branches": [{"name": "b", "branches": [{}]}]})
    assert caught.value.path == "branches[0].branches[0].name"


@pytest.mark.parametrize(
    ("given", "kind", "seconds"),
    [
        (5, UtcTime, 5),
        ("0x10", UtcTime, 16),
        ("20260101", UtcTime, 20_260_101),
        ("2026-01-01T00:00:00Z", UtcTime, 820_540_800),
        ("2026-01-01T00:00:00+01:00", UtcTime, 820_537_200),
        ("2026-01-01T00:00:00", UtcTime, 820_540_800),
        ("2026-01-01 00:00", UtcTime, 820_540_800),
        ("2026-01-01", UtcTime, 820_540_800),
        (" 2026-01-01T00:00:00.9Z ", UtcTime, 820_540_800),
        ("2136-02-07T06:28:15Z", UtcTime, 0xFFFFFFFF),
        ("2026-01-01T00:00:00Z", UnixTime, 1_767_225_600),
    ],
)
def test_a_time_may_be_iso_8601_and_is_in_utc_without_an_offset(
    given: object, kind: object, seconds: int
) -> None:
    assert from_plain(kind, given, "start_time") == seconds


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("soon", "'soon' is neither a whole number nor a time such as 2000-01-01T00:00:00Z"),
        ("2026-02-30", "'2026-02-30' is neither a whole number nor a time"),
        ("1999-12-31", "'1999-12-31' is not in 0..4294967295 seconds since 2000-01-01T00:00:00Z"),
        ("2137-01-01", "'2137-01-01' is not in 0..4294967295 seconds since 2000"),
        (-1, "-1 is not in 0..4294967295 seconds since 2000"),
        (1 << 32, "4294967296 is not in 0..4294967295 seconds since 2000"),
        (True, "True is not a whole number"),
        (1.5, "1.5 is not a whole number"),
        ("9" * 100, "is not a whole number"),
    ],
)
def test_what_is_no_time_is_refused_with_what_would_be_one(given: object, problem: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(problem)) as refused:
        from_plain(UtcTime, given, "start_time")

    assert refused.value.path == "start_time"
