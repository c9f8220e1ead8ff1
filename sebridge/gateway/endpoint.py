"""An endpoint of ours: its number, its profile, its clusters."""

from dataclasses import dataclass

from sebridge.gateway.cluster import LocalCluster
from sebridge.zcl.zdo import SimpleDescriptor


@dataclass(frozen=True, slots=True)
class Endpoint:
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
