"""YAML as we read it: lines are known, nothing is executed, nothing grows without end."""

from typing import Any

from hypothesis import example, given, strategies as st
import pytest

from sebridge.settings.document import (
    MAX_OCTETS,
    Document,
    Origin,
    UnknownNameError,
    parse,
)
from sebridge.settings.scalar import Scalar


def problems(text: str) -> list[str]:
    return [problem for _, problem in parse(text, {}).problems]


def test_a_tree_knows_its_lines() -> None:
    document = parse("a:\n  b: 1\n  c:\n    - x\n    - y\n", {})

    assert document.tree == {"a": {"b": Scalar("1", 1), "c": [Scalar("x", "x"), Scalar("y", "y")]}}
    assert document.origins["a", "c", 1] == Origin("line 5", 5)
    assert document.problems == []


@pytest.mark.parametrize("text", ["", "# nothing", "---\n", "~", "null"])
def test_a_text_without_content_is_an_empty_tree(text: str) -> None:
    document = parse(text, {})

    assert document.tree == {}
    assert document.problems == []


def test_quoted_text_is_text() -> None:
    tree = parse("a: '1'\nb: \"yes\"\nc: !!str 5", {}).tree

    assert [tree[name].value for name in "abc"] == ["1", "yes", "5"]


def test_addresses_and_dates_stay_text_in_a_file() -> None:
    tree = parse("a: 10:20:30:40:50:00:00:01\nb: 2024-01-01\nc: =", {}).tree

    assert [tree[name].value for name in "abc"] == ["10:20:30:40:50:00:00:01", "2024-01-01", "="]


def test_a_key_given_twice_is_a_problem_and_the_first_counts() -> None:
    document = parse("a: 1\nb:\n  c: 1\n  c: 2\n", {})

    assert document.problems == [(3, "b.c (line 3): is given again in line 4; once is enough")]
    assert document.tree["b"]["c"] == Scalar("1", 1)


def test_a_tag_gives_a_value() -> None:
    document = parse("a: !upper word", {"!upper": lambda text: Scalar(text.upper(), text.upper())})

    assert document.tree == {"a": Scalar("WORD", "WORD")}


def test_a_tag_that_fails_says_why() -> None:
    def fail(text: str) -> Scalar:
        raise UnknownNameError(f"no {text} here")

    document = parse("a:\n  - !secret key", {"!secret": fail})

    assert document.problems == [(2, "a[0] (line 2): no key here")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: !python x", "a (line 1): the tag !python is unknown"),
        ("a: !secret [x]", "a (line 1): the tag !secret cannot stand here"),
        (
            "a: !!python/object/apply:os.system ['true']",
            "a (line 1): the tag tag:yaml.org,2002:python/object/apply:os.system cannot stand here",
        ),
        ("a: !!binary aGk=", "a (line 1): the tag tag:yaml.org,2002:binary is unknown"),
        ("? [a]\n: 1", "line 1: the key in line 1 is not text"),
        ("- a", "line 1: must be a mapping of keys"),
        ("5", "line 1: must be a mapping of keys"),
        ("a: [", "line 1: expected the node content, but found '<stream end>'"),
        ("a: 1\nb: c: d", "line 2: mapping values are not allowed here"),
        ("a: *b", "line 1: found undefined alias 'b'"),
        ("a: 1\n---\nb: 2", "line 2: but found another document"),
        ("a: \x00", "character 3 is not allowed in YAML"),
        ("[" * 100, "is nested deeper than 20 levels (line 1)"),
        ("a: " + "x" * MAX_OCTETS, "is longer than 256 KiB"),
    ],
    ids=lambda text: text[:12],
)
def test_what_cannot_be_is_named_with_its_line(text: str, problem: str) -> None:
    assert problems(text) == [problem]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]",
        "\n".join(
            ["a0: &a0 [x, x, x, x, x, x, x, x]"]
            + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 9)]
        ),
    ],
    ids=["endless", "exploding"],
)
def test_aliases_cannot_make_it_endless(text: str) -> None:
    assert problems(text) == ["line 1: its aliases (*name) make it too large or too deep"]


def test_an_error_of_syntax_does_not_show_what_stands_there() -> None:
    assert "hunter2" not in "".join(problems("password: 'hunter2\nb: ["))


def test_a_problem_is_put_to_the_nearest_line_that_is_known() -> None:
    document = Document(origins={("a",): Origin("line 3", 3)})

    document.complain(("a", "b"), "is missing")
    document.complain(("a", "b"), "is also small")
    document.complain(("c",), "is strange")

    assert document.problems == [(3, "a.b (line 3): is missing"), (0, "c: is strange")]


@given(st.text(alphabet=st.sampled_from("ab:-[]{}*&!'\"#|> \n\t\x00é\ud800,?%@`=<1~"), max_size=60))
@example("a: &x\n  <<: *x")
def test_any_text_gives_a_tree_or_problems(text: str) -> None:
    document = parse(text, {})

    assert_plain(document.tree)


def assert_plain(tree: Any) -> None:
    for item in tree.values() if isinstance(tree, dict) else tree:
        if not isinstance(item, Scalar):
            assert isinstance(item, (dict, list))
            assert_plain(item)
