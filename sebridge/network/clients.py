"""Who is to be told what servers of ours have to tell."""

from collections.abc import Iterable, Sequence

from sebridge.network.directory import Directory
from sebridge.network.peer import Peer
from sebridge.radio.zdo_server import Binding


class Clients:
    """The remote clients of a cluster: by their descriptors, and those that bound themselves to us.

    A device that got a client after its interview has told us of it only by its binding.
    """

    def __init__(self, directory: Directory, bindings: Iterable[Binding]) -> None:
        self._directory = directory
        self._bindings = bindings

    def clients(self, cluster_id: int) -> Sequence[Peer]:
        """Return those on devices that are there."""
        described = self._directory.clients(cluster_id)
        bound = (peer for binding in self._bindings if (peer := self._peer(binding, cluster_id)))
        return tuple(dict.fromkeys((*described, *bound)))

    def _peer(self, binding: Binding, cluster_id: int) -> Peer | None:
        device, endpoint = binding.device, binding.device_endpoint
        if binding.cluster_id != cluster_id or device is None or endpoint is None:
            return None
        if not self._directory.is_active(device):
            return None
        profile = self._directory.profile_of(device, endpoint)
        return None if profile is None else Peer(device, endpoint, profile)
