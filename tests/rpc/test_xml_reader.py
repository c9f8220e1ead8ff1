"""Elements become plain values by their type; what does not fit is named by its path."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.features.messaging.records import CancelMessageRecord, DisplayMessageRecord
from sebridge.model.plain import from_plain
from sebridge.model.values import Base64
from sebridge.rpc.xml_guard import XmlLimits, parse_fragment
from sebridge.rpc.xml_reader import is_alias, is_verbatim, read_children, read_value
from sebridge.rpc.xml_text import Xml

ADDRESS = "00:13:a2:00:40:11:22:33"


def read(text: str) -> Any:
    (element,) = parse_fragment(text)
    return read_value(element, "n")


def problem_of(text: str) -> ParameterError:
    with pytest.raises(ParameterError) as caught:
        read_children(parse_fragment(text))
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('<n type="int">31</n>', 31),
        ('<n type="int">0x1F</n>', 31),
        ('<n type="int">-0x1f</n>', -31),
        ('<n type="int">+7</n>', 7),
        ('<n type="int">\n  8\n</n>', 8),
        ('<n type="int">007</n>', 7),
        ('<n type="float">21.5</n>', 21.5),
        ('<n type="float">-.5</n>', -0.5),
        ('<n type="float">4</n>', 4.0),
        ('<n type="float">1e-3</n>', 0.001),
        ('<n type="bool">TRUE</n>', True),
        ('<n type="bool">false</n>', False),
        ('<n type="bool"> True </n>', True),
        ('<n type="string">abc</n>', "abc"),
        ('<n type="string">\n two words\n</n>', "two words"),
        ('<n type="string">12</n>', "12"),
        ('<n type="string"/>', ""),
        ('<n type="string">\u00a0x\u00a0</n>', "\u00a0x\u00a0"),
        (f'<n type="MAC">{ADDRESS}</n>', ADDRESS),
        ('<n type="MAC">0013A200-40112233</n>', ADDRESS),
        ('<n type="MAC">0x0013A20040112233</n>', ADDRESS),
        ('<n type="mac">00.13.A2.00.40.11.22.33</n>', ADDRESS),
        ('<n type="MAC">00AB</n>', "00ab"),
        ('<n type="MAC">00:AB</n>', "00ab"),
        ('<n type="base16">00FF10</n>', b"\x00\xff\x10"),
        ('<n type="base16">0x00 ff\n10</n>', b"\x00\xff\x10"),
        ('<n type="base16"/>', b""),
        ('<n type="base64">AP8Q</n>', Base64(b"\x00\xff\x10")),
        ('<n type="base64">AP\n8Q</n>', Base64(b"\x00\xff\x10")),
        ('<n type="none"/>', None),
        ('<n type="list"/>', []),
        ('<n type="list"><item>1</item><other>2</other></n>', [1, 2]),
        ('<n type="dict"/>', {}),
        ('<n type="dict"><a>1</a><b><!-- none --></b></n>', {"a": 1, "b": None}),
        ('<n type="xml"> <a b="c">&lt;</a>d </n>', Xml('<a b="c">&lt;</a>d')),
        ('<n type="xml"><a type="alias"/></n>', Xml('<a type="alias"/>')),
        ('<n type="GetLastMessageRecord"/>', {"type": "GetLastMessageRecord"}),
        ("<n>TRUE</n>", True),
        ("<n>1</n>", 1),
        ("<n>0x10</n>", 16),
        ("<n>1.0</n>", 1.0),
        ("<n/>", None),
        ("<n>  \n </n>", None),
        ('<n index="0x1" unit="W">5</n>', 5),
    ],
)
def test_a_value_is_read_by_its_type(text: str, value: object) -> None:
    found = read(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "path", "problem"),
    [
        ("<n>abc</n>", "n", "has no type and is no bool, int or float"),
        ("<n><m>1</m></n>", "n", "holds elements and has no type"),
        ('<n type="int">1.5</n>', "n", "is not a whole number"),
        ('<n type="int">0x</n>', "n", "is not a whole number"),
        ('<n type="int"/>', "n", "is not a whole number"),
        (f'<n type="int">{"9" * 5000}</n>', "n", "is not a whole number"),
        ('<n type="int">1<m/></n>', "n", "holds elements where a value is expected"),
        ('<n type="float">NaN</n>', "n", "is not a number"),
        ('<n type="float">1e999</n>', "n", "is not a number"),
        ('<n type="float">1,5</n>', "n", "is not a number"),
        ('<n type="bool">1</n>', "n", "is neither TRUE nor FALSE"),
        ('<n type="MAC">00:13</n><m type="MAC">1</m>', "m", "is not an address of 16 or 4"),
        ('<n type="base16">0F1</n>', "n", "odd number of hex digits"),
        ('<n type="base16">0G</n>', "n", "must be hex digits"),
        ('<n type="base64">A</n>', "n", "is not base64"),
        ('<n type="base64">ü</n>', "n", "is not base64"),
        ('<n type="none">x</n>', "n", "must be empty"),
        ('<n type="list">x<item>1</item></n>', "n", "holds text where elements are expected"),
        ('<n type="dict"><a>1</a>x</n>', "n", "holds text where elements are expected"),
        ('<n type="dict"><a>1</a><a>2</a></n>', "n.a", "is given twice"),
        ('<n type="list"><i>1</i><i type="list"><i>x</i></i></n>', "n[1][0]", "has no type"),
        ('<n type="itn">5</n>', "n", "type 'itn' is none of int, float, bool, string, MAC"),
        ('<n type="XRecord"><type>5</type></n>', "n.type", "no record has a field of this name"),
        ('<n type="XRecord"><a type="int">b</a></n>', "n.a", "is not a whole number"),
        ('<n type="alias"/>', "n", "is an alias, which cannot stand here"),
        ("<n/><n/>", "n", "is given twice"),
        ("<n/>5", "", "holds text where elements are expected"),
    ],
)
def test_what_does_not_fit_is_named_by_its_path(text: str, path: str, problem: str) -> None:
    error = problem_of(text)

    assert error.path == path
    assert problem in error.problem


@pytest.mark.parametrize("kind", ["int", "float", "bool", "MAC", "base16", "base64", "none", ""])
def test_a_text_that_may_be_a_key_is_not_part_of_the_error(kind: str) -> None:
    error = problem_of(f'<link_key type="{kind}">5A6967-Bee-Alliance</link_key>')

    assert "Alliance" not in str(error)
    assert error.__cause__ is None


def test_a_piece_of_xml_keeps_to_the_limits_where_the_document_may_be_larger() -> None:
    text = f'<n type="xml">{"<a>" * 35}{"</a>" * 35}</n>'

    with pytest.raises(ParameterError, match="n: line 1, column 99: nested deeper than 32 levels"):
        read_children(parse_fragment(text, XmlLimits(depth=40)))


def test_parameters_are_read_from_a_whole_request() -> None:
    request = """
      <levels type="list"><item>1</item><item>FALSE</item><item type="string">low</item></levels>
      <limits type="dict"><min>5</min><max>30.5</max><active>TRUE</active></limits>
      <record type="CancelMessageRecord"><message_id>0x10</message_id></record>
    """

    assert read_children(parse_fragment(request)) == {
        "levels": [1, False, "low"],
        "limits": {"min": 5, "max": 30.5, "active": True},
        "record": {"type": "CancelMessageRecord", "message_id": 16},
    }


def test_what_was_read_is_taken_as_declared() -> None:
    values = read_children(
        parse_fragment("""
          <destination_address type="MAC">00-13-A2-00-40-11-22-33</destination_address>
          <addr_short type="MAC">FFFD</addr_short>
          <link_key type="base16">5A6967</link_key>
          <record type="CancelMessageRecord"><message_id>0x10</message_id></record>
        """)
    )

    assert from_plain(Eui64, values["destination_address"]) == Eui64.parse(ADDRESS)
    assert from_plain(NetworkAddress, values["addr_short"]) == NetworkAddress(0xFFFD)
    assert from_plain(Secret, values["link_key"]) == Secret(b"Zig")
    assert from_plain(CancelMessageRecord, values["record"]) == CancelMessageRecord(message_id=16)


def test_a_record_of_another_class_is_refused() -> None:
    record = read('<record type="CancelMessageRecord"><message_id>1</message_id></record>')

    with pytest.raises(ParameterError) as caught:
        from_plain(DisplayMessageRecord, record, "record")

    assert str(caught.value) == "record: is a CancelMessageRecord, must be a DisplayMessageRecord"


@pytest.mark.parametrize(
    ("text", "alias", "verbatim"),
    [
        ('<a type="alias"/>', True, False),
        ('<a type=" Alias "/>', True, False),
        ('<a type="xml"/>', False, True),
        ('<a type="int"/>', False, False),
        ("<alias/>", False, False),
    ],
)
def test_what_is_an_alias_and_what_is_kept_as_it_is(
    text: str, *, alias: bool, verbatim: bool
) -> None:
    (element,) = parse_fragment(text)

    assert (is_alias(element), is_verbatim(element)) == (alias, verbatim)


TYPES = ["", "int", "float", "bool", "string", "MAC", "base16", "base64", "list", "dict", "XRecord"]


@given(kind=st.sampled_from(TYPES), text=st.text("01xXaAfF.:-+eE \nTRUtru=é", max_size=12))
def test_any_text_of_any_type_is_read_or_refused(kind: str, text: str) -> None:
    element = parse_fragment(f'<n type="{kind}">{text}</n>')

    try:
        found = set(read_children(element))
    except ParameterError as error:
        found = {error.path}

    assert found == {"n"}


def test_a_time_may_be_text_in_xml() -> None:
    record = read(
        '<n type="DisplayMessageRecord"><duration_in_minutes>1</duration_in_minutes>'
        '<start_time type="string">2026-01-01T00:00:00+01:00</start_time>'
        '<message type="string">Hello</message></n>'
    )

    assert from_plain(DisplayMessageRecord, record).start_time == 820_537_200
