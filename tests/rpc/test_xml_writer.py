"""Typed values become elements, by their exact type; read again they are the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import enum
import math
from typing import Any

from hypothesis import given, strategies as st
import pytest
import zigpy.types as t

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.secret import Secret
from sebridge.features.messaging.records import CancelledMessageRecord, CancelMessageRecord
from sebridge.features.price.records import PublishPriceRecord
from sebridge.model.values import ABSENT, Absent, Base64, typed
from sebridge.network.descriptors import Power_Desc_rsp, ZDODeviceRecord
from sebridge.rpc.xml_guard import parse_fragment
from sebridge.rpc.xml_reader import BLANK, read_children, read_value
from sebridge.rpc.xml_text import Xml
from sebridge.rpc.xml_writer import write_children, write_value

DEVICE = Eui64.parse("00:13:a2:00:40:11:22:ff")


class Mode(enum.Enum):
    PUSH = "push"


@dataclass(frozen=True)
class Inner:
    size: t.uint8_t
    name: str = "x"


@dataclass(frozen=True)
class Outer:
    status: t.uint8_t
    inner: Inner
    others: Sequence[Inner] = ()
    table: Mapping[str, int] = field(default_factory=dict)
    reason: str | Absent = ABSENT
    value: int | None = None


@pytest.mark.parametrize(
    ("value", "element"),
    [
        (None, "<n/>"),
        (31, '<n type="int">0x1F</n>'),
        (0, '<n type="int">0x0</n>'),
        (-1, '<n type="int">-0x1</n>'),
        (t.uint48_t(0xABC), '<n type="int">0xABC</n>'),
        (t.int16s(-0x8000), '<n type="int">-0x8000</n>'),
        (t.enum8(3), '<n type="int">0x3</n>'),
        (t.bitmap8(0x11), '<n type="int">0x11</n>'),
        (True, '<n type="bool">TRUE</n>'),
        (t.Bool.false, '<n type="bool">FALSE</n>'),
        (21.5, '<n type="float">21.5</n>'),
        (1e-7, '<n type="float">0.0000001</n>'),
        (1e21, '<n type="float">1000000000000000000000</n>'),
        (t.Single(0.5), '<n type="float">0.5</n>'),
        (math.nan, "<n/>"),
        (-math.inf, "<n/>"),
        ("abc", '<n type="string">abc</n>'),
        ("", '<n type="string"></n>'),
        ("<\x07&", '<n type="string">&lt;\ufffd&amp;</n>'),
        (t.CharacterString("a"), '<n type="string">a</n>'),
        (Mode.PUSH, '<n type="string">push</n>'),
        (Secret(b"\x01\x02"), '<n type="string">********</n>'),
        (DEVICE, '<n type="MAC">00:13:A2:00:40:11:22:FF</n>'),
        (NetworkAddress(0xAB), '<n type="MAC">00AB</n>'),
        (b"\x00\xff\x10", '<n type="base16">00FF10</n>'),
        (t.LVBytes(b"\xab"), '<n type="base16">AB</n>'),
        (Base64(b"\x00\xff\x10"), '<n type="base64">AP8Q</n>'),
        (Xml("<a/>b"), '<n type="xml"><a/>b</n>'),
        ([], '<n type="list"></n>'),
        ((1, "a"), '<n type="list"><item type="int">0x1</item><item type="string">a</item></n>'),
        ({7}, '<n type="list"><item type="int">0x7</item></n>'),
        (
            t.LVList[t.uint8_t, t.uint8_t]([t.uint8_t(5)]),
            '<n type="list"><item type="int">0x5</item></n>',
        ),
        ({"a": 1, 2: None, "b": ABSENT}, '<n type="dict"><a type="int">0x1</a><_2/></n>'),
        ({NetworkAddress(0xAB): True}, '<n type="dict"><_00ab type="bool">TRUE</_00ab></n>'),
        (
            Inner(t.uint8_t(1)),
            '<n type="dict"><size type="int">0x1</size><name type="string">x</name></n>',
        ),
        (
            CancelMessageRecord(message_id=16),
            (
                '<n type="CancelMessageRecord"><message_id type="int">0x10</message_id>'
                '<message_control type="int">0x0</message_control></n>'
            ),
        ),
        (
            Power_Desc_rsp(status=0, nwk_addr=1),
            (
                '<n type="Power_Desc_rsp"><status type="int">0x0</status>'
                '<nwk_addr type="int">0x1</nwk_addr></n>'
            ),
        ),
    ],
)
def test_a_value_is_written_by_its_type(value: object, element: str) -> None:
    assert write_value("n", value) == element


def test_what_a_response_holds_is_written_without_what_is_absent() -> None:
    response = Outer(t.uint8_t(0), Inner(t.uint8_t(2)), [Inner(t.uint8_t(3), "y")], {"a": 1})

    assert write_children(response) == (
        '<status type="int">0x0</status>'
        '<inner type="dict"><size type="int">0x2</size><name type="string">x</name></inner>'
        '<others type="list"><item type="dict"><size type="int">0x3</size>'
        '<name type="string">y</name></item></others>'
        '<table type="dict"><a type="int">0x1</a></table>'
        "<value/>"
    )


def test_records_inside_records_are_written() -> None:
    device = ZDODeviceRecord(
        active=True,
        addr_extended=DEVICE,
        addr_short=NetworkAddress(1),
        power_descriptor=Power_Desc_rsp(status=0, nwk_addr=1),
        node_type=-1,
    )

    found = read_children(parse_fragment(write_children({"record_list": [device]})))

    assert found == {
        "record_list": [
            {
                "type": "ZDODeviceRecord",
                "active": True,
                "addr_extended": "00:13:a2:00:40:11:22:ff",
                "addr_short": "0001",
                "power_descriptor": {"type": "Power_Desc_rsp", "status": 0, "nwk_addr": 1},
                "node_type": -1,
            }
        ]
    }


def test_a_record_that_refines_another_goes_by_the_name_that_callers_know() -> None:
    record = CancelledMessageRecord(
        message_id=1,
        message_control=0,
        start_time=0,
        duration_in_minutes=1,
        message="m",
        cancel_message_control=0x80,
    )

    written = write_value("item", record)

    assert written.startswith('<item type="DisplayMessageRecord">')
    assert '<cancel_message_control type="int">0x80</cancel_message_control>' in written


@pytest.mark.parametrize("value", [object(), 1j, Inner])
def test_what_has_no_form_is_a_mistake_of_ours(value: object) -> None:
    with pytest.raises(TypeError, match="has no form in XML"):
        write_value("n", value)


@pytest.mark.parametrize("value", [5, "abc", [1]])
def test_what_has_no_fields_cannot_be_a_response(value: object) -> None:
    with pytest.raises(TypeError, match="has no fields"):
        write_children(value)


# ------------------------------------------------------------------ there and back


def read_back(value: object) -> Any:
    (element,) = parse_fragment(write_value("n", value))
    return read_value(element, "n")


LEGAL = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", min_codepoint=32))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 128), 1 << 128)
    | st.floats(allow_nan=False, allow_infinity=False)
    | LEGAL.map(lambda text: text.strip(BLANK))
    | st.binary(max_size=40)
    | st.just(Xml('<a b="&amp;">c<d/>e</a>f'))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.from_regex(r"[A-Za-z_][\w.\-]{0,8}", fullmatch=True).filter(str.isascii),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(value=VALUES)
def test_what_is_written_reads_the_same(value: object) -> None:
    found = read_back(value)

    assert found == value
    assert type(found) is type(value)


@given(octets=st.binary(min_size=8, max_size=8), short=st.integers(0, 0xFFFF))
def test_addresses_read_the_same(octets: bytes, short: int) -> None:
    assert typed(Eui64, read_back(Eui64.from_octets(octets))) == Eui64.from_octets(octets)
    assert typed(NetworkAddress, read_back(NetworkAddress(short))) == NetworkAddress(short)


@given(
    label=LEGAL.filter(lambda text: len(text.encode()) <= 11).map(lambda text: text.strip(BLANK)),
    price=st.integers(0, 0xFFFFFFFF),
    start=st.integers(0, 0xFFFFFFFF),
)
def test_a_record_reads_the_same(label: str, price: int, start: int) -> None:
    record = PublishPriceRecord(
        issuer_event_id=1, duration_in_minutes=60, rate_label=label, price=price, start_time=start
    )

    assert typed(PublishPriceRecord, read_back(record)) == record


@given(text=st.text())
def test_any_text_of_a_device_leaves_the_document_well_formed(text: str) -> None:
    found = read_back([text, {text: text}])

    assert len(found) == 2


def test_octets_that_were_written_as_base64_are_answered_so() -> None:
    assert write_value("n", Base64(b"\x00\xff\x10")) == '<n type="base64">AP8Q</n>'
    assert write_value("n", b"\x00\xff\x10") == '<n type="base16">00FF10</n>'
