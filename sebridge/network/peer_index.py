"""Who has which cluster, found without looking at anyone else."""

from collections.abc import Iterable, Sequence

from sebridge.base.addresses import Eui64
from sebridge.network.peer import Peer


class PeerIndex:
    """Cluster identifiers and the places that have them, in the order in which they came."""

    def __init__(self) -> None:
        self._by_cluster: dict[int, dict[Peer, None]] = {}
        self._by_device: dict[Eui64, tuple[tuple[int, Peer], ...]] = {}
        self._found: dict[int, tuple[Peer, ...]] = {}

    def put(self, device: Eui64, places: Iterable[tuple[int, Peer]]) -> None:
        """Set the clusters of a device, and where it has them, in the place of earlier ones."""
        wanted = tuple(dict.fromkeys(places))
        if self._by_device.get(device, ()) == wanted:
            return
        self.drop(device)
        self._by_device[device] = wanted
        for cluster_id, peer in wanted:
            self._by_cluster.setdefault(cluster_id, {})[peer] = None
            self._found.pop(cluster_id, None)

    def drop(self, device: Eui64) -> None:
        """Forget a device."""
        for cluster_id, peer in self._by_device.pop(device, ()):
            places = self._by_cluster[cluster_id]
            places.pop(peer, None)
            if not places:
                del self._by_cluster[cluster_id]
            self._found.pop(cluster_id, None)

    def find(self, cluster_id: int) -> Sequence[Peer]:
        """Return the places that have a cluster."""
        found = self._found.get(cluster_id)
        if found is None:
            found = tuple(self._by_cluster.get(cluster_id, ()))
            if found:
                self._found[cluster_id] = found
        return found
