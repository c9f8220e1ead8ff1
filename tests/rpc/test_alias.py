"""Aliases stand for XML, anywhere; what could grow without end is refused."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import AliasError, RefusedError
from sebridge.rpc.alias import MAX_ALIASES, MAX_NESTING, Aliases
from sebridge.rpc.xml_guard import LONGEST_NAME, XmlLimits, parse_fragment
from sebridge.rpc.xml_text import Xml, inner_markup, markup

BOILER = '<destination_address type="MAC">00:13:A2:00:40:11:22:33</destination_address>'


def expanded(aliases: Aliases, text: str) -> str:
    (element,) = parse_fragment(text)
    return "".join(markup(found) for found in aliases.expansion()(element))


def problem_of(aliases: Aliases, text: str) -> AliasError:
    with pytest.raises(AliasError) as caught:
        expanded(aliases, text)
    return caught.value


# ------------------------------------------------------------------ definitions


def test_an_alias_is_kept_until_it_is_removed() -> None:
    store: dict[str, str] = {}
    aliases = Aliases(store)

    aliases.define("BOILER", Xml(BOILER))
    aliases.define("NOTHING", Xml(""))
    aliases.remove("NOTHING")

    assert store == {"BOILER": BOILER}
    assert type(store["BOILER"]) is str
    assert Aliases(store).definitions() == {"BOILER": BOILER}


def test_an_alias_can_be_defined_anew() -> None:
    aliases = Aliases({})

    aliases.define("A", Xml("<b/>"))
    aliases.define("A", Xml("<c/>"))

    assert expanded(aliases, '<A type="alias"/>') == "<c/>"


def test_what_is_lent_stands_for_something_for_a_while_and_is_not_kept() -> None:
    store: dict[str, str] = {}
    aliases = Aliases(store)

    take_back = aliases.lend({"A": Xml("<b/>"), "C": Xml('<A type="alias"/>')}, "the plug-in a")
    meanwhile = expanded(aliases, '<C type="alias"/>'), sorted(aliases.definitions())
    for attempt in (lambda: aliases.define("A", Xml("<d/>")), lambda: aliases.remove("A")):
        with pytest.raises(RefusedError, match="alias A is that of the plug-in a while it runs"):
            attempt()
    take_back()

    assert meanwhile == ("<b/>", ["A", "C"])
    assert (store, aliases.definitions()) == ({}, {})
    aliases.define("A", Xml("<d/>"))


def test_all_aliases_are_lent_or_none() -> None:
    aliases = Aliases({"B": "<b/>"})

    for name, problem in (("B", "is defined already"), ("b c", "must be a tag")):
        with pytest.raises(AliasError, match=problem):
            aliases.lend({"A": Xml("<a/>"), name: Xml("<c/>")}, "the plug-in a")

    assert aliases.definitions() == {"B": "<b/>"}


@pytest.mark.parametrize(
    "name", ["", "a b", "1a", "-a", "a>", "a/", 'a b="c"', "a><b", "a\x00", "\ud800", "a" * 256]
)
def test_a_name_is_a_tag(name: str) -> None:
    store: dict[str, str] = {}

    with pytest.raises(AliasError, match="the name must be a tag of XML"):
        Aliases(store).define(name, Xml("<a/>"))

    assert store == {}


@pytest.mark.parametrize("name", ["A", "_a-b.c1", "Größe", "a" * LONGEST_NAME])
def test_any_tag_is_a_name(name: str) -> None:
    aliases = Aliases({})

    aliases.define(name, Xml("<x/>"))

    assert expanded(aliases, f'<{name} type="alias"/>') == "<x/>"


def test_the_parameter_of_every_request_is_no_name() -> None:
    with pytest.raises(AliasError, match="alias request_identifier: is reserved"):
        Aliases({}).define("request_identifier", Xml("<a/>"))


def test_an_alias_stands_for_elements() -> None:
    with pytest.raises(AliasError, match="alias A: stands for elements, not for text"):
        Aliases({}).define("A", Xml("<a/>5"))


def test_an_alias_that_would_stand_for_itself_is_not_defined() -> None:
    store: dict[str, str] = {}
    aliases = Aliases(store)
    aliases.define("A", Xml('<x><B type="alias"/></x>'))
    aliases.define("B", Xml('<C type="alias"/>'))

    for name in ("A", "B", "C"):
        with pytest.raises(AliasError, match=f"alias {name}: would stand for itself"):
            aliases.define(name, Xml('<y><A type="alias"/><C type="alias"/></y>'))

    assert set(store) == {"A", "B"}


def test_what_is_kept_as_xml_in_an_alias_may_name_it() -> None:
    aliases = Aliases({})
    content = '<add_alias><A type="xml"><A type="alias"/></A></add_alias>'

    aliases.define("A", Xml(content))

    assert expanded(aliases, '<A type="alias"/>') == content


def test_there_is_room_for_so_many() -> None:
    store = {f"a{i}": "" for i in range(MAX_ALIASES)}
    aliases = Aliases(store)

    aliases.define("a0", Xml("<a/>"))
    with pytest.raises(AliasError, match=f"no room for more than {MAX_ALIASES}"):
        aliases.define("another", Xml("<a/>"))


def test_only_what_is_defined_can_be_removed() -> None:
    with pytest.raises(AliasError, match="alias A: is not defined") as caught:
        Aliases({}).remove("A")

    assert caught.value.details() == {"alias": "A"}


# ------------------------------------------------------------------ in place


@pytest.mark.parametrize(
    ("request_text", "whole"),
    [
        (
            '<identify><P type="alias"/><t>15</t></identify>',
            "<identify><a>1</a><b>2</b><t>15</t></identify>",
        ),
        (
            '<m><r type="dict"><P type="alias"/></r></m>',
            '<m><r type="dict"><a>1</a><b>2</b></r></m>',
        ),
        ('<REQUESTS type="alias"/>', '<get_time synchronous="TRUE"/><get_version/>'),
        ('<m><NESTED type="ALIAS">ignored</NESTED></m>', "<m><x><a>1</a><b>2</b></x></m>"),
        ('<m><NONE type="alias"/></m>', "<m/>"),
        ('<m><P type="alias"/><P type="alias"/></m>', "<m><a>1</a><b>2</b><a>1</a><b>2</b></m>"),
        ('<m><P type="int">5</P><P/></m>', '<m><P type="int">5</P><P/></m>'),
        (
            '<add_alias><Q type="xml"><P type="alias"/></Q></add_alias>',
            '<add_alias><Q type="xml"><P type="alias"/></Q></add_alias>',
        ),
        ("<m>a<b/>c<d/>e</m>", "<m>a<b/>c<d/>e</m>"),
    ],
)
def test_the_content_stands_where_the_alias_stood(request_text: str, whole: str) -> None:
    aliases = Aliases({})
    aliases.define("P", Xml("<a>1</a><b>2</b>"))
    aliases.define("REQUESTS", Xml('<get_time synchronous="TRUE"/><get_version/>'))
    aliases.define("NESTED", Xml('<x><P type="alias"/></x>'))
    aliases.define("NONE", Xml(""))

    assert expanded(aliases, request_text) == whole


def test_what_was_read_is_not_changed() -> None:
    aliases = Aliases({"P": "<a/>"})
    root = parse_fragment('<m><P type="alias"/></m>')

    aliases.expansion()(root[0])

    assert inner_markup(root) == '<m><P type="alias"/></m>'


def test_an_unknown_alias_is_named() -> None:
    error = problem_of(Aliases({}), '<m><BOILER type="alias"/></m>')

    assert str(error) == "alias BOILER: is not defined"


def test_aliases_inside_each_other_end_at_the_eighth() -> None:
    store = {f"A{i}": f'<A{i + 1} type="alias"/>' for i in range(1, MAX_NESTING + 1)}
    aliases = Aliases(store)

    error = problem_of(aliases, '<A1 type="alias"/>')
    store[f"A{MAX_NESTING}"] = "<x/>"

    assert f"more than {MAX_NESTING} aliases inside each other" in error.problem
    assert expanded(aliases, '<A1 type="alias"/>') == "<x/>"


def test_a_circle_that_came_into_the_store_is_refused_when_it_is_used() -> None:
    aliases = Aliases({"A": '<x><B type="alias"/></x>', "B": '<A type="alias"/>'})

    assert str(problem_of(aliases, '<A type="alias"/>')) == (
        "alias A: stands for itself, by way of A > B"
    )


def test_a_content_in_the_store_that_is_no_xml_is_refused() -> None:
    error = problem_of(Aliases({"A": "<x>"}), '<A type="alias"/>')

    assert "cannot be read: line 1" in error.problem


@pytest.mark.parametrize(
    ("store", "limits", "problem"),
    [
        (
            {f"A{i}": f'<A{i + 1} type="alias"/>' * 100 for i in range(1, 8)} | {"A8": ""},
            XmlLimits(),
            "alias A1: makes more than 10000 elements",
        ),
        (
            {"A1": '<A2 type="alias"/>' * 100, "A2": f"<x>{'y' * 10_000}</x>"},
            XmlLimits(),
            "alias A1: makes more than 262144 characters",
        ),
        (
            {"A1": '<A2 type="alias"/>' * 100, "A2": f'<x type="xml"><z b="{"y" * 9_000}"/></x>'},
            XmlLimits(),
            "alias A1: makes more than 262144 characters",
        ),
        (
            {"A1": '<a><b><A2 type="alias"/></b></a>', "A2": "<c><d/></c>"},
            XmlLimits(depth=4),
            "alias A1: nested deeper than 4 levels",
        ),
    ],
    ids=["elements", "characters", "kept as they are", "depth"],
)
def test_what_grows_beyond_the_limits_is_refused(
    store: dict[str, str], limits: XmlLimits, problem: str
) -> None:
    error = problem_of(Aliases(store, limits), '<m><A1 type="alias"/></m>')

    assert str(error) == problem


def test_the_limits_hold_for_all_that_a_document_asks() -> None:
    expansion = Aliases({"A": "<x/>" * 6_000}).expansion()
    (element,) = parse_fragment('<A type="alias"/>')

    expansion(element)

    with pytest.raises(AliasError, match="makes more than 10000 elements"):
        expansion(element)


NAMES = st.sampled_from(["A", "B", "C", "D"])


@given(
    store=st.dictionaries(
        NAMES, st.lists(NAMES.map(lambda name: f'<x><{name} type="alias"/></x>')).map("".join)
    )
)
def test_any_store_ends(store: dict[str, str]) -> None:
    try:
        whole = expanded(Aliases(store), '<A type="alias"/>')
    except AliasError:
        whole = ""

    assert "alias" not in whole
