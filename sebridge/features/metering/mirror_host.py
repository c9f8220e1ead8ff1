"""Host mirrors: what a sleeping meter reports to its mirror endpoint is shown there (MET-11)."""

from collections.abc import Callable, MutableMapping
from typing import Protocol

from sebridge.base.signals import SignalBus
from sebridge.features.metering.mirror_server import MirrorServer, MirrorTable
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import METERING, METERING_DEVICE, SE_PROFILE
from sebridge.zcl.metering import NO_MIRROR


class Endpoints(Protocol):
    """Our endpoints, which come and go."""

    def add(self, endpoint: Endpoint) -> None:
        """Serve one more endpoint."""

    def remove(self, endpoint_id: int) -> None:
        """Serve an endpoint no longer; one that is not there is no error."""


class MirrorHost:
    """Gives meters of the Smart Energy profile mirrors, and keeps them up to date.

    `store` keeps who has which over a restart: their endpoints are there at once, the values come
    with the next reports.
    `make_basic` makes the Basic cluster of a mirror. A mirror answers only under its own profile,
    and so never in the clear (SEC-2).
    """

    def __init__(
        self,
        *,
        store: MutableMapping[int, Peer],
        make_basic: Callable[[], LocalCluster],
        endpoints: Endpoints,
        bus: SignalBus,
    ) -> None:
        self._table = MirrorTable(store)
        self._make_basic = make_basic
        self._endpoints = endpoints
        self._servers: dict[int, MirrorServer] = {}
        bus.listen(AttributesReported, self._on_report)
        bus.listen(DeviceRemoved, self._on_removed)
        for endpoint in self._table:
            self._open(endpoint)

    def request(self, meter: Peer) -> int:
        """Return the endpoint that stands for the meter.

        0xFFFF when there is no room, or when the meter asks under another profile.
        """
        if meter.profile_id != SE_PROFILE:
            return NO_MIRROR
        endpoint = self._table.request(meter)
        if endpoint != NO_MIRROR and endpoint not in self._servers:
            self._open(endpoint)
        return endpoint

    def remove(self, meter: Peer) -> int:
        """Give up the meter's mirror; return its endpoint, or 0xFFFF."""
        endpoint = self._table.remove(meter)
        self._close(endpoint)
        return endpoint

    def stands_for(self, meter: Peer) -> bool:
        """Say whether the meter has a mirror: then it sleeps, and is not to be asked."""
        return self._table.has(meter)

    def _open(self, endpoint: int) -> None:
        server = MirrorServer()
        self._servers[endpoint] = server
        clusters = (self._make_basic(), server)
        self._endpoints.add(
            Endpoint(endpoint, SE_PROFILE, METERING_DEVICE, clusters, is_strict=True)
        )

    def _close(self, endpoint: int) -> None:
        self._servers.pop(endpoint, None)
        self._endpoints.remove(endpoint)

    def _on_report(self, signal: AttributesReported) -> None:
        server = self._servers.get(signal.local_endpoint)
        if server is None or signal.cluster_id != METERING or signal.manufacturer_code is not None:
            return
        owner = self._table.owner(signal.local_endpoint)
        if owner is not None and owner.device == signal.device:
            server.take(signal.values)

    def _on_removed(self, signal: DeviceRemoved) -> None:
        for endpoint in self._table.forget(signal.device):
            self._close(endpoint)
