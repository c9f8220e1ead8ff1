"""What a plug-in keeps: found again, bounded, and gone when it is forgotten."""

from typing import Any

import pytest

from sebridge.base.errors import FullError
from sebridge.plugins.notebook import LONGEST_VALUE, MOST_KEYS, MOST_OCTETS, Notebook, forget

LONG = "x" * (LONGEST_VALUE - 100)


@pytest.mark.parametrize("value", [None, 0, "", "text", [1, {"a": 2.5}], True])
def test_what_is_kept_is_found_again_by_the_next_run(value: Any) -> None:
    pages: dict[tuple[str, str], str] = {}
    Notebook("a", pages).keep("key", value)
    again = Notebook("a", pages)

    assert again.read("key") == {"value": value, "is_one": True}
    assert again.keys == ["key"]
    assert again.read("other") == {"value": None, "is_one": False}


def test_each_plugin_has_its_own() -> None:
    pages: dict[tuple[str, str], str] = {}
    one, other = Notebook("a", pages), Notebook("b", pages)
    one.keep("key", 1)
    other.keep("key", 2)

    forget("a", pages)

    assert other.read("key")["value"] == 2
    assert pages == {("b", "key"): "2"}


def test_nothing_more_than_there_is_room_for_is_kept() -> None:
    book = Notebook("a", {})
    with pytest.raises(FullError, match=f"key has more than {LONGEST_VALUE} octets"):
        book.keep("key", "x" * LONGEST_VALUE)
    for number in range(MOST_OCTETS // LONGEST_VALUE):
        book.keep(str(number), LONG)
    with pytest.raises(FullError, match="there is no room for more: a plug-in keeps at most"):
        book.keep("more", LONG)

    book.drop("3")
    book.drop("3")
    book.keep("more", LONG)
    book.keep("more", LONG)


def test_there_are_so_many_keys() -> None:
    book = Notebook("a", {(name, str(key)): "1" for name in "ab" for key in range(MOST_KEYS)})

    with pytest.raises(FullError, match=f"at most {MOST_KEYS} keys"):
        book.keep("more", 1)
    book.keep("7", 2)
