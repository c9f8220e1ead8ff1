"""XML as text: whatever is written in, the document stays well-formed."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import MarkupError, ParameterError
from sebridge.model.values import plain, typed
from sebridge.rpc.xml_guard import parse_fragment
from sebridge.rpc.xml_text import (
    UNFIT,
    Xml,
    attribute,
    escaped,
    inner_markup,
    markup,
    tag,
    timestamp_attribute,
    wrapped,
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("]]>", "]]&gt;"),
        ("\"'", "\"'"),
        ("one\ntwo\tthree\rfour", "one\ntwo\tthree&#13;four"),
        ("grün €", "grün €"),
        ("a\x00b\x1bc\x7f", f"a{UNFIT}b{UNFIT}c\x7f"),
        ("\ud800\ufffe\uffff", UNFIT * 3),
        ("\U0001f50c", "\U0001f50c"),
    ],
)
def test_text_is_written_so_that_it_can_be_read(text: str, written: str) -> None:
    assert escaped(text) == written


@given(text=st.text())
def test_any_text_stands_between_tags_and_in_attributes(text: str) -> None:
    document = f"<a{attribute('b', text)}>{escaped(text)}</a>"

    (element,) = parse_fragment(document)

    read = "".join(
        c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else UNFIT for c in text
    )
    assert (element.text or "") == element.get("b") == read


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("endpoint_0x5E", "endpoint_0x5E"),
        ("RPC_Manager.use_push", "RPC_Manager.use_push"),
        ("0x0700", "_0x0700"),
        ("-1", "_-1"),
        ("a b<c>/", "a_b_c__"),
        ("größe", "gr__e"),
        ("", "_"),
    ],
)
def test_any_name_becomes_a_tag(name: str, written: str) -> None:
    assert tag(name) == written


@given(name=st.text(max_size=10))
def test_a_tag_can_be_read(name: str) -> None:
    (element,) = parse_fragment(f"<{tag(name)}/>")

    assert element.tag == tag(name)


def test_an_element_with_nothing_in_it_is_closed_at_once() -> None:
    assert wrapped("a", attribute("b", "c"), "") == '<a b="c"/>'
    assert wrapped("a", "", "d") == "<a>d</a>"


@pytest.mark.parametrize(
    ("time", "written"),
    [
        (None, ""),
        (1_300_000_000, ' timestamp="1300000000.0"'),
        (1_300_000_010.50049, ' timestamp="1300000010.5"'),
    ],
)
def test_a_timestamp_has_milliseconds(time: float | None, written: str) -> None:
    assert timestamp_attribute(time) == written


@pytest.mark.parametrize(
    "text", ['<a b="1 &quot;2&quot;">x<c/>y&amp;<d>z</d></a>', "just text", "<a/><b/> <c/>", ""]
)
def test_what_was_read_is_written_as_it_was(text: str) -> None:
    root = parse_fragment(text)

    assert inner_markup(root) == text


def test_what_follows_an_element_is_not_part_of_it() -> None:
    first, second = parse_fragment("<a/> and <b>c</b>.")

    assert (markup(first), markup(second)) == ("<a/>", "<b>c</b>")


def test_a_piece_of_xml_is_text_that_is_known_to_be_well_formed() -> None:
    piece = Xml("<a>1</a><b/>")

    assert piece == "<a>1</a><b/>"
    assert [child.tag for child in piece.root] == ["a", "b"]
    assert plain(piece) == "<a>1</a><b/>"
    with pytest.raises(MarkupError):
        Xml("<a>")


def test_a_parameter_that_is_xml_is_checked() -> None:
    assert isinstance(typed(Xml, "<a/>"), Xml)
    with pytest.raises(ParameterError, match="content: line 1, column 11: not XML: mismatched tag"):
        typed(Xml, "<a>", "content")
