"""Where what was added is kept over restarts: four collections, declared once."""

from collections.abc import Collection, MutableMapping
from typing import Final

import msgspec

from sebridge.base.errors import FullError
from sebridge.settings.additions import AddedCluster, AddedEndpoint
from sebridge.storage.collection import OpenCollection

MOST_ADDED: Final = 240
"""Of each: modules, interfaces, endpoints, clusters."""


class AdditionsStore(msgspec.Struct, frozen=True):
    """The names of modules and interface classes, endpoints by number, clusters by their turn.

    All in the order in which they were added.
    """

    modules: MutableMapping[str, bool]
    interfaces: MutableMapping[str, bool]
    endpoints: MutableMapping[int, AddedEndpoint]
    clusters: MutableMapping[int, AddedCluster]

    @classmethod
    def kept_by(cls, open_collection: OpenCollection) -> "AdditionsStore":
        """Return the collections of a database."""
        return cls(
            open_collection("modules", str, bool),
            open_collection("interfaces", str, bool),
            open_collection("endpoints", int, AddedEndpoint),
            open_collection("clusters", int, AddedCluster),
        )

    def append_cluster(self, entry: AddedCluster) -> int:
        """Keep a cluster behind the others; return its turn."""
        turn = max(self.clusters, default=0) + 1
        self.clusters[turn] = entry
        return turn


def check_room(kept: Collection[object]) -> None:
    """Raise FullError when nothing more can be added."""
    if len(kept) >= MOST_ADDED:
        raise FullError(f"there is no room for more than {MOST_ADDED}")
