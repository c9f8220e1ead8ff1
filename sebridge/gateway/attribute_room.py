"""Which attributes of devices are kept for people to see: so many of each, and of all. Pure.

A device may report whatever attributes it likes, of clusters that nobody has heard of.
"""

from collections.abc import Iterable
from typing import Final

from sebridge.base.addresses import Eui64

MOST_OF_ONE: Final = 256
"""Attributes of one device."""
MOST_OF_ALL: Final = 65_536
"""Attributes of all devices."""

FROM_BEFORE: Final = -1
"""The usefulness of an attribute that an earlier run has kept, until it is reported again."""

Named = tuple[Eui64, str]


class AttributeRoom:
    """Attributes by name, and how useful each is: where there is no room, the least useful goes.

    `left_out` counts the attributes for which there was none, again with each report.
    """

    def __init__(self, most_of_one: int = MOST_OF_ONE, most_of_all: int = MOST_OF_ALL) -> None:
        self.left_out = 0
        self._most_of_one = most_of_one
        self._most_of_all = most_of_all
        self._kept: dict[Eui64, dict[str, int]] = {}
        self._number = 0
        self._crowded: set[Eui64] = set()

    def __len__(self) -> int:
        return self._number

    @property
    def crowded(self) -> Iterable[Eui64]:
        """The devices that have brought more than there is room for."""
        return tuple(self._crowded)

    def take(self, device: Eui64, name: str, usefulness: int) -> list[Named] | None:
        """Have room for an attribute; return which others go for it, None where there is none.

        Where all together are too many, the device that has most gives one up.
        """
        mine = self._kept.setdefault(device, {})
        if name in mine:
            mine[name] = usefulness
            return []
        gone: list[Named] = []
        if len(mine) >= self._most_of_one:
            gone = self._least_of(device, below=usefulness)
        elif self._number >= self._most_of_all:
            greediest = max(self._kept, key=lambda other: len(self._kept[other]))
            gone = self._least_of(greediest, more_than=len(mine) + 1)
        else:
            self._number += 1
            mine[name] = usefulness
            return []
        if not gone:
            self.left_out += 1
            self._crowded.add(device)
            return None
        for giver, least in gone:
            del self._kept[giver][least]
        mine[name] = usefulness
        return gone

    def _least_of(
        self, device: Eui64, *, below: int | None = None, more_than: int = 0
    ) -> list[Named]:
        """Return the least useful attribute of a device that has more, if it is worth less."""
        kept = self._kept[device]
        least = min(kept, key=kept.__getitem__)
        gives = len(kept) > more_than and (below is None or kept[least] < below)
        return [(device, least)] if gives else []

    def give_up(self, device: Eui64, name: str) -> None:
        """Know that an attribute is not kept any more."""
        if self._kept.get(device, {}).pop(name, None) is not None:
            self._number -= 1

    def forget(self, device: Eui64) -> None:
        """Know that nothing of a device is kept any more."""
        self._number -= len(self._kept.pop(device, {}))
        self._crowded.discard(device)
