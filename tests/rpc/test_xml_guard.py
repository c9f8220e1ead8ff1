"""Octets from outside become elements, or are refused with line and column."""

import tracemalloc
from xml.etree.ElementTree import Element

from hypothesis import example, given, strategies as st
import pytest

from sebridge.base.errors import MarkupError
from sebridge.rpc.xml_guard import DEFAULT_LIMITS, XmlLimits, parse, parse_fragment

ROOMY = XmlLimits(size=100_000_000)

REQUEST = b"""<?xml version="1.0" encoding="UTF-8"?>
<rci_request version="1.1">
  <do_command target="RPC_request">
    <!-- one call -->
    <identify synchronous="TRUE"><identify_time>15</identify_time></identify>
  </do_command>
</rci_request>
"""


def shape(element: Element) -> object:
    return element.tag, dict(element.items()), [shape(child) for child in element]


def problem_of(octets: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> MarkupError:
    with pytest.raises(MarkupError) as caught:
        parse(octets, limits)
    return caught.value


def place_of_error(octets: bytes) -> tuple[int, int] | None:
    """Return where a document is refused; None when it is read."""
    try:
        parse(octets)
    except MarkupError as error:
        return error.line, error.column
    return None


def bomb(levels: int) -> bytes:
    entities = "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, levels)
    )
    return f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><x>&e{levels - 1};</x>'.encode()


# ------------------------------------------------------------------ what is read


def test_elements_attributes_and_text_are_read() -> None:
    root = parse(REQUEST)

    assert shape(root) == (
        "rci_request",
        {"version": "1.1"},
        [
            (
                "do_command",
                {"target": "RPC_request"},
                [("identify", {"synchronous": "TRUE"}, [("identify_time", {}, [])])],
            )
        ],
    )
    assert root.findtext("do_command/identify/identify_time") == "15"


def test_character_data_of_all_kinds_is_one_text() -> None:
    root = parse(b"<a>1 &lt; 2<!-- really --> &#38; <![CDATA[<3]]></a>")

    assert root.text == "1 < 2 & <3"


def test_prefixes_are_part_of_the_names() -> None:
    root = parse(b'<r:a xmlns:r="urn:x"><r:b/></r:a>')

    assert [element.tag for element in root.iter()] == ["r:a", "r:b"]


@pytest.mark.parametrize(
    "octets",
    [
        "<a>grün</a>".encode(),
        "\ufeff<a>grün</a>".encode(),
        "<?xml version='1.0' encoding='utf-8'?><a>grün</a>".encode(),
        b"<?xml version='1.0' encoding='US-ASCII'?><a>gr&#252;n</a>",
        "<a>grün</a>".encode("utf-16"),
        "<a>grün</a>".encode("utf-16-le"),
        "<a>grün</a>".encode("utf-16-be"),
        '<?xml version="1.0" encoding="UTF-16"?><a>grün</a>'.encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-16"?><a>grün</a>'.encode("utf-16-be"),
    ],
)
def test_utf_8_ascii_and_utf_16_are_understood(octets: bytes) -> None:
    assert parse(octets).text == "grün"


# ------------------------------------------------------------------ what is no XML


@pytest.mark.parametrize(
    ("octets", "problem", "line", "column"),
    [
        (b"", "no element found", 1, 1),
        (b"  \n ", "no element found", 2, 2),
        (b"get_time", "syntax error", 1, 1),
        (b"<a>\n  <b></a>", "mismatched tag", 2, 8),
        (b"<a/>\n<b/>", "junk after document element", 2, 1),
        (b"<a\n x='1' x='2'/>", "duplicate attribute", 2, 8),
        (b"<a>&nbsp;</a>", "undefined entity", 1, 4),
        (b"<a>&#0;</a>", "invalid character number", 1, 4),
        (b"<a>\x00</a>", "invalid token", 1, 4),
        (b"<a>\n\x1b</a>", "invalid token", 2, 1),
        (b"< a/>", "invalid token", 1, 2),
        (b"<a>\n\xff</a>", "not utf-8: invalid start byte", 2, 1),
        (b"<?xml version='1.0' encoding='ASCII'?>\n<a>\xc3\xbc</a>", "not ascii", 2, 4),
        (b"\xff\xfe<\x00a\x00\n\x00\x00\xd8", "not utf-16-le: unexpected end of data", 2, 1),
        (b"<?xml version='1.0' encoding='latin-1'?><a/>", "encoding 'latin-1' is not", 1, 1),
        (b"<?xml version='1.0' encoding='UTF-16'?><a/>", "encoding 'UTF-16' is not", 1, 1),
        (b"<?xml version='1.0' encoding='UTF-7'?>+ADw-a/+AD4-", "encoding 'UTF-7' is not", 1, 1),
        ("<a/>".encode("utf-32"), "UTF-32 is not understood", 1, 1),
    ],
)
def test_an_error_says_what_is_wrong_and_where(
    octets: bytes, problem: str, line: int, column: int
) -> None:
    error = problem_of(octets)

    assert problem in error.problem
    assert (error.line, error.column) == (line, column)
    assert str(error).startswith(f"line {line}, column {column}: ")
    assert error.details() == {"line": line, "column": column}


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (b"<!DOCTYPE a><a/>", "a DOCTYPE is not allowed"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "a DOCTYPE is not allowed"),
        (b'<!DOCTYPE a PUBLIC "x" "http://example.org/x.dtd"><a/>', "a DOCTYPE is not allowed"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "a DOCTYPE is not"),
        (b'<!DOCTYPE a [<!ENTITY % p "x"> %p;]><a/>', "a DOCTYPE is not allowed"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"), "a DOCTYPE is not allowed"),
        (b"<?php echo 1 ?><a/>", "a processing instruction is not allowed"),
        (b"<a><?xml-stylesheet href='x'?></a>", "a processing instruction is not allowed"),
    ],
)
def test_what_could_cost_or_reach_more_than_itself_is_refused(octets: bytes, problem: str) -> None:
    assert problem in problem_of(octets).problem


# ------------------------------------------------------------------ limits


@pytest.mark.parametrize(
    ("limits", "within", "beyond", "problem"),
    [
        (XmlLimits(size=10), b"<a>123</a>", b"<a>1234</a>", "11 octets are more than the 10"),
        (XmlLimits(depth=2), b"<a><b/><b/></a>", b"<a><b><c/></b></a>", "deeper than 2 levels"),
        (XmlLimits(elements=3), b"<a><b/><b/></a>", b"<a><b/><b/><b/></a>", "than 3 elements"),
        (XmlLimits(attributes=1), b"<a b=''/>", b"<a b='' c=''/>", "more than 1 attributes"),
        (XmlLimits(text=3), b"<a>123<b/>456</a>", b"<a>12<!---->34</a>", "more than 3 characters"),
        (XmlLimits(text=3), b"<a b='1'/>", b"<a b='12'>3</a>", "a tag of more than 3 characters"),
        (XmlLimits(text=3), b"<abc/>", b"<abcd/>", "a tag of more than 3 characters"),
    ],
)
def test_a_document_is_read_up_to_its_limits(
    limits: XmlLimits, within: bytes, beyond: bytes, problem: str
) -> None:
    root = parse(within, limits)
    error = problem_of(beyond, limits)

    assert root.tag in within.decode()
    assert problem in error.problem


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (bomb(10), "a DOCTYPE is not allowed"),
        (
            b'<!DOCTYPE x [<!ENTITY e "' + b"y" * 50_000 + b'">]><x>' + b"&e;" * 50_000 + b"</x>",
            "a DOCTYPE is not allowed",
        ),
        (b'<!DOCTYPE x [<!ENTITY e "' + b"y" * 90_000 + b'">]><x a="&e;&e;"/>', "a DOCTYPE is not"),
        (b"<a>" * 1_000_000, "nested deeper than 32 levels"),
        (b"<a>" + b"<b/>" * 1_000_000 + b"</a>", "more than 10000 elements"),
        (
            b"<a " + b" ".join(map(b'b%d=""'.__mod__, range(1_000_000))) + b"/>",
            "more than 16 attributes",
        ),
        (b"<a>" + b"&amp;" * 1_000_000 + b"</a>", "a text of more than 65536 characters"),
        (b"<a b='" + b"c" * 1_000_000 + b"'/>", "a tag of more than 65536 characters"),
        (b"<" + b"a" * 1_000_000 + b"/>", "a name of more than 255 characters"),
    ],
    ids=[
        "billion laughs",
        "quadratic blowup",
        "blowup in an attribute",
        "depth",
        "elements",
        "attributes",
        "text",
        "attribute",
        "name",
    ],
)
def test_an_attack_is_refused_before_it_grows(octets: bytes, problem: str) -> None:
    tracemalloc.start()

    try:
        error = problem_of(octets, ROOMY)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert problem in error.problem
    assert peak < 30 * len(octets) + 1_000_000


def test_by_default_a_quarter_of_a_megabyte_is_looked_at() -> None:
    octets = b"<a>" + b" " * 65_536 + b"</a>"

    assert parse(octets).tag == "a"
    assert "more than the 262144 allowed" in problem_of(b" " * 262_137 + b"<abcdef/>").problem


# ------------------------------------------------------------------ fragments


def test_a_fragment_may_be_text_and_elements() -> None:
    root = parse_fragment("a<b/>c<d>e</d>")

    assert (root.text, [child.tag for child in root]) == ("a", ["b", "d"])


@pytest.mark.parametrize(
    "text", ["<a>", "</xml><xml>", "<?xml version='1.0'?><a/>", "<!DOCTYPE a>", "\x01", "\ud800"]
)
def test_a_fragment_that_does_not_stand_alone_is_refused(text: str) -> None:
    with pytest.raises(MarkupError):
        parse_fragment(text)


# ------------------------------------------------------------------ anything


@given(octets=st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"<\x00")
@example(b"<?xml encoding='\xff'?>")
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    place = place_of_error(octets)

    assert place is None or min(place) >= 1


@given(data=st.data())
def test_a_spoilt_document_is_read_or_refused(data: st.DataObject) -> None:
    octets = bytearray(REQUEST)
    places = st.integers(0, len(octets) - 1)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(places)
        octets[start : start + data.draw(st.integers(0, 20))] = data.draw(
            st.binary(max_size=4)
            | st.sampled_from([b"<", b">", b"&", b"<![CDATA[", b"<!DOCTYPE a"])
        )

    place = place_of_error(bytes(octets))

    assert place is None or 1 <= place[0] <= octets.count(b"\n") + 1
