"""What a plug-in keeps: JSON by its keys, as much as there is room for."""

from collections.abc import MutableMapping
from typing import Any, Final

import msgspec

from sebridge.base.errors import FullError

MOST_KEYS: Final = 1_000
MOST_OCTETS: Final = 1024 * 1024
"""Of all keys and values of a plug-in."""
LONGEST_VALUE: Final = 64 * 1024
"""Octets."""

Pages = MutableMapping[tuple[str, str], str]
"""What all plug-ins keep, each by its name and a key; a storage collection."""


class Notebook:
    """What one plug-in keeps among the pages of all."""

    def __init__(self, plugin: str, pages: Pages) -> None:
        self._plugin = plugin
        self._pages = pages
        self._sizes = {
            key: _size(key, text) for (owner, key), text in pages.items() if owner == plugin
        }
        self._octets = sum(self._sizes.values())

    @property
    def keys(self) -> list[str]:
        """All keys, in no order."""
        return list(self._sizes)

    def read(self, key: str) -> dict[str, Any]:
        """Return the value of a key, and whether there is one."""
        text = self._pages.get((self._plugin, key))
        return {"value": None if text is None else msgspec.json.decode(text), "is_one": bool(text)}

    def keep(self, key: str, value: Any) -> None:
        """Keep a value; FullError where there is no room for it."""
        text = msgspec.json.encode(value).decode()
        size = _size(key, text)
        if size > LONGEST_VALUE:
            raise FullError(f"{key} has more than {LONGEST_VALUE} octets")
        octets = self._octets - self._sizes.get(key, 0) + size
        if octets > MOST_OCTETS or (len(self._sizes) >= MOST_KEYS and key not in self._sizes):
            most = f"{MOST_KEYS} keys and {MOST_OCTETS} octets"
            raise FullError(f"there is no room for {key}: a plug-in keeps at most {most}")
        self._pages[self._plugin, key] = text
        self._sizes[key], self._octets = size, octets

    def drop(self, key: str) -> None:
        """Keep nothing under a key."""
        if key in self._sizes:
            del self._pages[self._plugin, key]
            self._octets -= self._sizes.pop(key)


def forget(plugin: str, pages: Pages) -> None:
    """Keep nothing of a plug-in."""
    for owner, key in tuple(pages):
        if owner == plugin:
            del pages[owner, key]


def _size(key: str, text: str) -> int:
    return len(key) + len(text.encode())
