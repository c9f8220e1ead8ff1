"""One object for values that are equal: what is kept of devices of one kind is mostly the same.

What is handed in cannot change, and neither may what is handed out. Of the values that were shared
last 1,024 are at hand; others stay as they are, and are made anew when they come again.
"""

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)

_MOST: Final = 1024


def shared(value: V) -> V:
    """Return the value, or one before it that is equal and of the same type."""
    found: V = _first(value)
    return found


def shared_mapping(items: tuple[tuple[K, V], ...]) -> Mapping[K, V]:
    """Return a mapping that has these items."""
    return _mapping(items)


@lru_cache(_MOST, typed=True)
def _first(value: Any) -> Any:
    return value


@lru_cache(_MOST)
def _mapping(items: tuple[tuple[Any, Any], ...]) -> Mapping[Any, Any]:
    return dict(items)
