"""Endpoints and clusters that were added: make them, put them among ours, take them away."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from sebridge.base.errors import ParameterError, RefusedError
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.encryption import EncryptionRules
from sebridge.gateway.endpoint import Endpoint, LocalEndpoints
from sebridge.modules.class_table import Kind, KnownClass
from sebridge.modules.cluster_class import ClusterInstance
from sebridge.modules.defaults import PlacedCluster, Side, full_endpoint, named, side_of
from sebridge.modules.endpoint_class import EndpointClass
from sebridge.modules.loaded_modules import LoadedModules
from sebridge.settings.additions import HIGHEST_ENDPOINT, AddedCluster, AddedEndpoint
from sebridge.zcl.identifiers import MIRROR_ENDPOINTS, always_needs_link_key

T = TypeVar("T")

_NO_DEVICE: Final = 0x0000
"""What a simple descriptor has as device identifier where the endpoint has none."""


class Endpoints:
    """The endpoints and clusters that were added and are there, beside those that always are."""

    def __init__(
        self, loaded: LoadedModules, served: LocalEndpoints, encryption: EncryptionRules
    ) -> None:
        self._loaded = loaded
        self._served = served
        self._encryption = encryption
        self._placed: dict[int, str] = {}  # endpoint -> its class
        self._clusters: dict[Side, tuple[PlacedCluster, ClusterInstance]] = {}

    @property
    def placed(self) -> Mapping[int, str]:
        """The class of each endpoint that was added and is there."""
        return self._placed

    @property
    def clusters(self) -> list[PlacedCluster]:
        """The clusters that were added and are there."""
        return [placed for placed, _ in self._clusters.values()]

    def is_taken(self, endpoint_id: int) -> bool:
        """Say whether there is an endpoint of that number, or it is kept for mirrors."""
        return endpoint_id in self._served or endpoint_id in MIRROR_ENDPOINTS

    def has(self, wanted: AddedCluster) -> bool:
        """Say whether an endpoint has a cluster of such an identifier and side, or class."""
        endpoint = self._served.get(wanted.endpoint_id)
        return endpoint is not None and any(
            self._is(cluster, wanted) for cluster in endpoint.clusters
        )

    def _is(self, cluster: LocalCluster, wanted: AddedCluster) -> bool:
        known = self._loaded.classes.get(Kind.CLUSTER, wanted.cluster_class)
        return (
            (known is None or known.subject is type(cluster))
            and wanted.cluster_id in {None, cluster.cluster_id}
            and wanted.server_or_client in {None, int(not cluster.server)}
        )

    # ------------------------------------------------------------------ endpoints

    def place(self, entry: AddedEndpoint) -> AddedEndpoint:
        """Make an endpoint and serve it; return its entry with the defaults of the class.

        ParameterError when its number is not free, or its class not known; ModuleError when the
        class breaks.
        """
        known = self._loaded.classes.find(Kind.ENDPOINT, entry.endpoint_class)
        filled = full_endpoint(known, entry)
        number = entry.endpoint_id
        if not 1 <= number <= HIGHEST_ENDPOINT:
            raise ParameterError("endpoint_id", f"is not in 1..{HIGHEST_ENDPOINT}")
        if self.is_taken(number):
            raise ParameterError("endpoint_id", f"0x{number:02X} is in use")
        endpoint = Endpoint(
            number,
            filled.profile_id or 0,
            filled.device_id or _NO_DEVICE,
            self._made(known, _clusters_of),
            device_version=filled.device_version or 0,
        )
        self._placed[number] = entry.endpoint_class
        self._served.add(endpoint)
        return filled

    async def withdraw(self, endpoint_id: int) -> None:
        """Serve an endpoint that was added no longer, with all its clusters."""
        if endpoint_id in self._placed:
            for side in [side for side in self._clusters if side[0] == endpoint_id]:
                await self.detach(side)
            del self._placed[endpoint_id]
            self._served.remove(endpoint_id)

    # ------------------------------------------------------------------ clusters

    async def attach(self, entry: AddedCluster) -> PlacedCluster:
        """Make a cluster and put it on its endpoint; what serves it runs from now on.

        ParameterError when there is no such endpoint or class, the cluster is there already, or
        something that the class does not say is not given; RefusedError when it should be in the
        clear and Smart Energy encrypts it; ModuleError when the class breaks.
        """
        known = self._loaded.classes.find(Kind.CLUSTER, entry.cluster_class)
        endpoint = self._endpoint(entry.endpoint_id)
        side = side_of(known, entry)
        _, cluster_id, server = side
        if endpoint.cluster(cluster_id, server=server) is not None:
            where = f"endpoint 0x{endpoint.endpoint_id:02X}"
            raise ParameterError(
                "cluster_id", f"{where} has {named(cluster_id, server=server)} already"
            )
        if entry.enable_APS_encryption is False and always_needs_link_key(
            endpoint.profile_id, cluster_id
        ):
            what = named(cluster_id, server=server)
            raise RefusedError(f"Smart Energy always encrypts {what}: it cannot be in the clear")
        instance = self._made(known, lambda make: _instance(known, make, side))
        self._say(side, entry.enable_APS_encryption)
        encrypted = self._encryption.need(
            endpoint.endpoint_id, cluster_id, endpoint.profile_id, server=server
        )
        placed = PlacedCluster(known.name, endpoint.endpoint_id, cluster_id, server, encrypted)
        self._clusters[side] = (placed, instance)
        self._served.add(replace(endpoint, clusters=(*endpoint.clusters, instance.cluster)))
        for service in instance.services:
            await service.start()
        return placed

    async def detach(self, side: Side) -> None:
        """Take away a cluster that was added, and forget what was kept for it."""
        if side in self._clusters:
            _, instance = self._clusters.pop(side)
            self._say(side, None)
            endpoint = self._served[side[0]]
            left = tuple(other for other in endpoint.clusters if other is not instance.cluster)
            self._served.add(replace(endpoint, clusters=left))
            for service in instance.services:
                await service.stop()
            instance.remove()

    async def stop(self) -> None:
        """Stop what serves the clusters; they stay, as all that is kept for them."""
        for _, instance in self._clusters.values():
            for service in instance.services:
                await service.stop()

    async def drop_classes_of(self, owner: str) -> None:
        """Take away all clusters and endpoints of the classes of a module."""
        classes = self._loaded.classes
        for placed in self.clusters:
            if classes.find(Kind.CLUSTER, placed.cluster_class).owner == owner:
                await self.detach(placed.side)
        for endpoint_id, name in tuple(self._placed.items()):
            if classes.find(Kind.ENDPOINT, name).owner == owner:
                await self.withdraw(endpoint_id)

    def _endpoint(self, endpoint_id: int) -> Endpoint:
        if endpoint_id in MIRROR_ENDPOINTS:
            raise RefusedError(f"endpoint 0x{endpoint_id:02X} is kept for mirrors of meters")
        endpoint = self._served.get(endpoint_id)
        if endpoint is None:
            raise ParameterError("endpoint_id", f"the gateway has no endpoint 0x{endpoint_id:02X}")
        return endpoint

    def _say(self, side: Side, encrypted: bool | None) -> None:  # noqa: FBT001  # one of three
        endpoint_id, cluster_id, server = side
        self._encryption.say(endpoint_id, cluster_id, server=server, encrypted=encrypted)

    def _made(self, known: KnownClass, use: Callable[[Callable[[], Any]], T]) -> T:
        if known.make is None:
            raise RefusedError(f"{known.name} is where it belongs; no further one can be made")
        if known.is_built_in:
            return use(known.make)
        try:
            return use(known.make)
        except BaseException as error:  # code of others may raise SystemExit, too
            raise self._loaded.fault(known.owner, error) from error


def _clusters_of(make: Callable[[], EndpointClass]) -> tuple[LocalCluster, ...]:
    clusters = tuple(make().clusters())
    sides = [(_checked(cluster).cluster_id, cluster.server) for cluster in clusters]
    for cluster_id, server in sides:
        if sides.count((cluster_id, server)) > 1:
            raise ValueError(f"{named(cluster_id, server=server)} is there twice")
    return clusters


def _instance(known: KnownClass, make: Callable[..., Any], side: Side) -> ClusterInstance:
    endpoint_id, cluster_id, server = side
    made = make(endpoint_id) if known.is_built_in else ClusterInstance(cluster=make())
    _checked(made.cluster).appear_as(cluster_id, server=server)
    return made


def _checked(cluster: object) -> LocalCluster:
    """Return a cluster that will not break the endpoint that it is on."""
    if not isinstance(cluster, LocalCluster) or not hasattr(cluster, "attributes"):
        raise TypeError(f"{type(cluster).__name__} is no LocalCluster that was initialised")
    return cluster
