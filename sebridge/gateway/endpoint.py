"""An endpoint of ours: its number, its profile, its clusters."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.errors import UnsupportedAttributeError
from sebridge.base.signals import SignalBus
from sebridge.gateway.cluster import LocalCluster
from sebridge.radio.radio import GroupMember
from sebridge.zcl.identifiers import IDENTIFY
from sebridge.zcl.zdo import SimpleDescriptor

_IDENTIFY_TIME: Final = 0x0000


class Endpoint(msgspec.Struct, frozen=True):
    """An endpoint of ours and the clusters on it.

    `is_strict` ones do not hear frames under any other profile than their own. `device_version`
    has 4 bits. When a cluster comes or goes, another endpoint takes the place: who keeps one may
    count on its number only.
    """

    endpoint_id: int
    profile_id: int
    device_id: int
    clusters: tuple[LocalCluster, ...]
    is_strict: bool = False
    device_version: int = 0

    def hears(self, profile_id: int) -> bool:
        """Say whether frames under this profile are for the endpoint."""
        return not self.is_strict or profile_id == self.profile_id

    def is_in_group(self, group: int) -> bool:
        """Say whether what is sent to a group is for the endpoint."""
        return any(group in cluster.groups for cluster in self.clusters)

    @property
    def is_identifying(self) -> bool:
        """Whether it shows itself, as its Identify cluster says."""
        cluster = self.cluster(IDENTIFY, server=True)
        try:
            return cluster is not None and bool(cluster.attributes.read(_IDENTIFY_TIME).value)
        except UnsupportedAttributeError:  # of a cluster that somebody else wrote
            return False

    def cluster(self, cluster_id: int, *, server: bool) -> LocalCluster | None:
        """Return the cluster of that side, if there is one."""
        for cluster in self.clusters:
            if cluster.cluster_id == cluster_id and cluster.server == server:
                return cluster
        return None

    def descriptor(self) -> SimpleDescriptor:
        """Return what a peer learns of the endpoint by Simple_Desc_req."""
        return SimpleDescriptor(
            endpoint=self.endpoint_id,
            profile_id=self.profile_id,
            device_id=self.device_id,
            device_version=self.device_version,
            input_clusters=tuple(sorted({c.cluster_id for c in self.clusters if c.server})),
            output_clusters=tuple(sorted({c.cluster_id for c in self.clusters if not c.server})),
        )


class EndpointsChanged(msgspec.Struct, frozen=True):
    """An endpoint of ours came or went, or another took its number."""


class GroupsChanged(msgspec.Struct, frozen=True):
    """An endpoint of ours is in other groups than before."""


class LocalEndpoints(Mapping[int, Endpoint]):
    """Our endpoints by their number. They come and go, which the bus is told."""

    def __init__(self, bus: SignalBus, endpoints: Iterable[Endpoint] = ()) -> None:
        self._bus = bus
        self._endpoints = {endpoint.endpoint_id: endpoint for endpoint in endpoints}

    @override
    def __getitem__(self, endpoint_id: int) -> Endpoint:
        return self._endpoints[endpoint_id]

    @override
    def __iter__(self) -> Iterator[int]:
        return iter(self._endpoints)

    @override
    def __len__(self) -> int:
        return len(self._endpoints)

    def descriptors(self) -> list[SimpleDescriptor]:
        """Return what peers learn of them."""
        return [endpoint.descriptor() for endpoint in self._endpoints.values()]

    @property
    def members(self) -> frozenset[GroupMember]:
        """Which of them are in which groups."""
        return frozenset(
            GroupMember(number, group)
            for number, endpoint in self._endpoints.items()
            for cluster in endpoint.clusters
            for group in cluster.groups
        )

    def add(self, endpoint: Endpoint) -> None:
        """Serve one more endpoint, or another one under the same number."""
        self._endpoints[endpoint.endpoint_id] = endpoint
        self._bus.send(EndpointsChanged())

    def remove(self, endpoint_id: int) -> None:
        """Serve an endpoint no longer; one that is not there is no error."""
        if self._endpoints.pop(endpoint_id, None) is not None:
            self._bus.send(EndpointsChanged())
