"""Which clusters a ZCL request is between, and what every answer says of that."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, Self

import msgspec

from sebridge.base.addresses import Eui64, broadcast_of
from sebridge.base.errors import ParameterError, RefusedError, RequestError
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.pairing import OURSELVES, Pairing
from sebridge.model.values import ABSENT, Absent
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import ALL_ENDPOINTS, ZDO_ENDPOINT, ZDO_PROFILE
from sebridge.zcl.status import Status, status_name

SERVER: Final = 0
CLIENT: Final = 1


class ServerPlaces(Protocol):
    """Who knows what the endpoints of a device have."""

    def servers_of(self, device: Eui64, cluster_id: int) -> Sequence[Peer]:
        """Return those with the server side of a cluster; UnknownDeviceError."""


class Profiles(Protocol):
    """Who knows which profile an endpoint of a device has."""

    def profile_of(self, device: Eui64, endpoint: int) -> int | None:
        """Return it; None while unknown. Raises UnknownDeviceError for an unknown device."""


class ClusterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who answered; the last four only where another device did, or a code was in force."""

    cluster_id: int
    server_or_client: int
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int | Absent = ABSENT
    source_address: Eui64 | Absent = ABSENT
    manufacturer_code: int | Absent = ABSENT


class RemoteClusterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Which cluster of a device answered."""

    cluster_id: int
    server_or_client: int
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int
    source_address: Eui64
    manufacturer_code: int | Absent = ABSENT


class DeviceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Which server of a device answered a question of one feature."""

    cluster_id: int
    profile_id: int
    source_address: Eui64
    source_endpoint_id: int


class StatusAnswer(DeviceAnswer, frozen=True, kw_only=True):
    """The ZCL status of the device's answer: 0 is done; `reason` if it is not."""

    status: int
    reason: str | Absent = ABSENT

    @classmethod
    def of(cls, peer: Peer, cluster_id: int, status: int, about: str = "") -> Self:
        """Return what a server has answered; `about` is said before the reason."""
        return cls(
            cluster_id=cluster_id,
            profile_id=peer.profile_id,
            source_address=peer.device,
            source_endpoint_id=peer.endpoint,
            status=status,
            reason=ABSENT if status == Status.SUCCESS else about + status_name(status),
        )


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster that a request names, as it is named in the answer."""

    cluster_id: int
    server_or_client: int
    destination_endpoint_id: int
    source_endpoint_id: int | Absent = ABSENT
    destination_address: Eui64 | Absent = ABSENT
    manufacturer_code: int | Absent = ABSENT

    @property
    def of_server(self) -> bool:
        """Say whether the server side is meant; ParameterError where neither is."""
        if self.server_or_client not in {SERVER, CLIENT}:
            raise ParameterError("server_or_client", "must be 0 (server) or 1 (client)")
        return self.server_or_client == SERVER

    def head(self, pairing: Pairing) -> dict[str, Any]:
        """Return the fields that every answer begins with."""
        remote: dict[str, Any] = {}
        if self.destination_address is not ABSENT:
            remote["destination_endpoint_id"] = pairing.local_endpoint
            remote["source_address"] = self.destination_address
        return remote | {
            "cluster_id": pairing.cluster_id,
            "server_or_client": self.server_or_client,
            "profile_id": pairing.peer.profile_id,
            "source_endpoint_id": self.destination_endpoint_id,
            "manufacturer_code": self.manufacturer_code,
        }


def peer_of(peers: Sequence[Peer], device: Eui64, endpoint: int | Absent, kind: str) -> Peer:
    """Return the one that a request means of the peers that a device has: by default the first.

    `kind` says what such a device is. ParameterError where there is none, or none there.
    """
    if not peers:
        raise ParameterError("destination_address", f"{device} is not a {kind}")
    for peer in peers:
        if endpoint in {ABSENT, peer.endpoint}:
            return peer
    places = ", ".join(f"0x{peer.endpoint:02X}" for peer in peers)
    raise ParameterError("destination_endpoint_id", f"the device's {kind}s are at {places}")


class Addressing:
    """Finds our endpoint and the peer for a request.

    `own_address` gives the address of the gateway: whoever names it means our own clusters.
    """

    def __init__(
        self,
        endpoints: Mapping[int, Endpoint],
        profiles: Profiles,
        own_address: Callable[[], Eui64],
    ) -> None:
        self._endpoints = endpoints
        self._profiles = profiles
        self.own_address = own_address

    def pairing(self, target: Target, *, may_be_broadcast: bool = False) -> Pairing:
        """Return the clusters that a request is between.

        ParameterError for an endpoint or cluster that the gateway does not have, and for many
        devices where one must answer; RequestError where it has no opposite cluster to speak with
        a device's, UnknownDeviceError.
        """
        device = target.destination_address
        if device is not ABSENT and not may_be_broadcast and broadcast_of(device) is not None:
            problem = "is a broadcast address, and broadcasts are not answered"
            raise ParameterError("destination_address", problem)
        if device is ABSENT or self.is_own(device):
            return self._near(target)
        local = self.sender(
            target.source_endpoint_id, target.cluster_id, server=not target.of_server
        )
        peer = self.peer(device, target.destination_endpoint_id, local)
        return _pairing(peer, local, target)

    def guessed(self, target: Target) -> Pairing:
        """Return the same where the source endpoint may be left out: the one that fits best."""
        device = target.destination_address
        if target.source_endpoint_id is not ABSENT or device is ABSENT or self.is_own(device):
            return self.pairing(target)
        profile = self._profiles.profile_of(device, target.destination_endpoint_id)
        fitting = [
            endpoint
            for endpoint in self._endpoints.values()
            if endpoint.cluster(target.cluster_id, server=not target.of_server) is not None
        ]
        if not fitting:
            raise RequestError(
                f"the gateway has no cluster to speak with 0x{target.cluster_id:04X}"
            )
        local = next((e for e in fitting if e.profile_id == profile), fitting[0])
        return _pairing(self.peer(device, target.destination_endpoint_id, local), local, target)

    def is_own(self, device: Eui64) -> bool:
        """Say whether an address is that of the gateway."""
        return device == self.own_address()

    def local(self, endpoint_id: int, parameter: str) -> Endpoint:
        """Return an endpoint of ours; ParameterError for the parameter that names it."""
        endpoint = self._endpoints.get(endpoint_id)
        if endpoint is None:
            raise ParameterError(parameter, f"the gateway has no endpoint 0x{endpoint_id:02X}")
        return endpoint

    def sender(self, endpoint_id: int | Absent, cluster_id: int, *, server: bool) -> Endpoint:
        """Return the endpoint that a remote request goes out from."""
        if endpoint_id is ABSENT:
            raise ParameterError("source_endpoint_id", "is needed for a remote request")
        endpoint = self.local(endpoint_id, "source_endpoint_id")
        if endpoint.cluster(cluster_id, server=server) is None:
            side = "server" if server else "client"
            raise RequestError(
                f"endpoint 0x{endpoint.endpoint_id:02X} has no {side} of cluster"
                f" 0x{cluster_id:04X} to send this from"
            )
        return endpoint

    def peer(self, device: Eui64, endpoint: int, local: Endpoint) -> Peer:
        """Return an endpoint of a device, or of many; UnknownDeviceError for an unknown device.

        Raises RefusedError where it would be that of device management (profile 0, endpoint 0),
        where the octets of any command could be a request to leave.
        """
        everyone = broadcast_of(device) is not None
        known = None if everyone else self._profiles.profile_of(device, endpoint)
        if endpoint == ALL_ENDPOINTS or known is None:
            known = local.profile_id
        if ZDO_ENDPOINT in {endpoint, local.endpoint_id} or known == ZDO_PROFILE:
            raise RefusedError("nothing is sent with profile 0, nor from or to endpoint 0")
        return Peer(device, endpoint, known)

    def _near(self, target: Target) -> Pairing:
        endpoint = self.local(target.destination_endpoint_id, "destination_endpoint_id")
        if endpoint.cluster(target.cluster_id, server=target.of_server) is None:
            problem = f"endpoint 0x{endpoint.endpoint_id:02X} has no such cluster"
            raise ParameterError("cluster_id", problem)
        return _pairing(
            Peer(OURSELVES, endpoint.endpoint_id, endpoint.profile_id), endpoint, target
        )


def _pairing(peer: Peer, local: Endpoint, target: Target) -> Pairing:
    code = target.manufacturer_code
    return Pairing(
        peer,
        local.endpoint_id,
        target.cluster_id,
        not target.of_server,
        None if code is ABSENT else int(code),
    )
