"""ZCL requests: read attributes, identify."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from zigpy.types import EUI64, uint8_t, uint16_t
from zigpy.zcl.foundation import Status

from sebridge.base.errors import ParameterError, RequestError, UnsupportedAttributeError
from sebridge.base.values import ABSENT, Absent
from sebridge.clusters.cluster import LocalCluster, Outcome
from sebridge.clusters.endpoint import Endpoint
from sebridge.clusters.exchange import Exchange
from sebridge.clusters.identify import IdentifyRecord, IdentifyServer
from sebridge.devices.peer import Peer
from sebridge.reporting.reader import RemoteReader
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method
from sebridge.smartenergy.identifiers import ALL_ENDPOINTS, BROADCAST_ADDRESS, IDENTIFY
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import ReadAttributeRecord, ReadAttributeStatusRecord


class Routes(Protocol):
    """Our endpoints, and the way to do what their clusters want done."""

    @property
    def endpoints(self) -> Mapping[int, Endpoint]:
        """Our endpoints by their id."""

    @property
    def exchange(self) -> Exchange:
        """The way to send frames."""

    def carry_out(self, endpoint: Endpoint, cluster: LocalCluster, outcome: Outcome) -> None:
        """Tell the bus what happened, and send what the cluster wants sent."""


class Profiles(Protocol):
    """Who knows which profile an endpoint of a device has."""

    def profile_of(self, device: EUI64, endpoint: int) -> int | None:
        """Return it; None while unknown. Raises UnknownDeviceError for an unknown device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAttributesResponse:
    """What was read, and who answered."""

    cluster_id: int
    server_or_client: int
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int | Absent = ABSENT
    source_address: EUI64 | Absent = ABSENT
    manufacturer_code: int | Absent = ABSENT
    record_list: Sequence[ReadAttributeStatusRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyResponse:
    """Who identifies, and for how long."""

    cluster_id: int = IDENTIFY
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int | Absent = ABSENT
    source_address: EUI64 | Absent = ABSENT
    identify_time: int


class ZclMethods:
    """Requests that become ZCL commands, or are answered by our own clusters."""

    def __init__(self, routes: Routes, reader: RemoteReader, profiles: Profiles) -> None:
        self._routes = routes
        self._reader = reader
        self._profiles = profiles

    @method(scope=Scope.READ)
    async def read_attributes(  # noqa: PLR0913  # the parameters of the RPC reference
        self,
        *,
        cluster_id: uint16_t,
        server_or_client: uint8_t,
        destination_endpoint_id: uint8_t,
        record_list: Sequence[ReadAttributeRecord],
        source_endpoint_id: uint8_t | Absent = ABSENT,
        destination_address: EUI64 | Absent = ABSENT,
        manufacturer_code: uint16_t | Absent = ABSENT,
    ) -> ReadAttributesResponse:
        """Read attributes of a remote cluster, or without destination_address of a local one.

        A remote request needs the opposite cluster on the endpoint it is sent from.
        """
        to_server = _to_server(server_or_client)
        ids = _attribute_ids(record_list)
        if destination_address is ABSENT:
            endpoint = self._local(destination_endpoint_id, "destination_endpoint_id")
            return ReadAttributesResponse(
                cluster_id=int(cluster_id),
                server_or_client=int(server_or_client),
                profile_id=endpoint.profile_id,
                source_endpoint_id=int(destination_endpoint_id),
                record_list=_read_local(endpoint, int(cluster_id), ids, to_server=to_server),
            )
        local = self._sender(source_endpoint_id, int(cluster_id), server=not to_server)
        peer = self._peer(destination_address, int(destination_endpoint_id), local)
        found = await self._reader.read(
            peer,
            int(cluster_id),
            local.endpoint_id,
            ids,
            to_server=to_server,
            manufacturer_code=None if manufacturer_code is ABSENT else int(manufacturer_code),
        )
        return ReadAttributesResponse(
            cluster_id=int(cluster_id),
            server_or_client=int(server_or_client),
            profile_id=peer.profile_id,
            source_endpoint_id=int(destination_endpoint_id),
            destination_endpoint_id=local.endpoint_id,
            source_address=destination_address,
            manufacturer_code=manufacturer_code,
            record_list=[
                ReadAttributeStatusRecord(status, attribute_id)
                if value is None
                else ReadAttributeStatusRecord(
                    status, attribute_id, value.attribute_type, value.value
                )
                for attribute_id, status, value in found
            ],
        )

    @method
    async def identify(
        self,
        destination_endpoint_id: uint8_t,
        identify_time: uint16_t,
        source_endpoint_id: uint8_t | Absent = ABSENT,
        destination_address: EUI64 | Absent = ABSENT,
    ) -> IdentifyResponse:
        """Make a device show itself for some seconds (0 stops).

        May be broadcast (00:00:00:00:00:00:FF:FF) and sent to all endpoints (0xFF); answered when
        the radio reports the frame as sent.
        """
        if destination_address is ABSENT:
            return self._identify_local(destination_endpoint_id, int(identify_time))
        local = self._sender(source_endpoint_id, IDENTIFY, server=False)
        everyone = destination_address == BROADCAST_ADDRESS
        peer = (
            None
            if everyone
            else self._peer(destination_address, int(destination_endpoint_id), local)
        )
        frame = Frame(
            0x00,
            0,
            IdentifyRecord(identify_time).serialize(),
            cluster_specific=True,
            no_default_response=True,
        )
        profile_id = local.profile_id if peer is None else peer.profile_id
        await self._routes.exchange.tell(peer, profile_id, IDENTIFY, local.endpoint_id, frame)
        return IdentifyResponse(
            profile_id=profile_id,
            source_endpoint_id=int(destination_endpoint_id),
            destination_endpoint_id=local.endpoint_id,
            source_address=destination_address,
            identify_time=int(identify_time),
        )

    def _identify_local(self, endpoint_id: int, seconds: int) -> IdentifyResponse:
        endpoint = self._local(endpoint_id, "destination_endpoint_id")
        cluster = endpoint.cluster(IDENTIFY, server=True)
        if not isinstance(cluster, IdentifyServer):
            raise ParameterError("destination_endpoint_id", "the endpoint cannot identify")
        outcome = cluster.begin(endpoint.endpoint_id, seconds)
        self._routes.carry_out(endpoint, cluster, outcome)
        return IdentifyResponse(
            profile_id=endpoint.profile_id,
            source_endpoint_id=endpoint.endpoint_id,
            identify_time=seconds,
        )

    def _local(self, endpoint_id: int, parameter: str) -> Endpoint:
        endpoint = self._routes.endpoints.get(int(endpoint_id))
        if endpoint is None:
            raise ParameterError(parameter, f"the gateway has no endpoint 0x{int(endpoint_id):02X}")
        return endpoint

    def _sender(self, endpoint_id: int | Absent, cluster_id: int, *, server: bool) -> Endpoint:
        if endpoint_id is ABSENT:
            raise ParameterError("source_endpoint_id", "is needed for a remote request")
        endpoint = self._local(endpoint_id, "source_endpoint_id")
        if endpoint.cluster(cluster_id, server=server) is None:
            side = "server" if server else "client"
            raise RequestError(
                f"endpoint 0x{endpoint.endpoint_id:02X} has no {side} of cluster"
                f" 0x{cluster_id:04X} to send this from"
            )
        return endpoint

    def _peer(self, device: EUI64, endpoint: int, local: Endpoint) -> Peer:
        known = self._profiles.profile_of(device, endpoint)
        if endpoint == ALL_ENDPOINTS or known is None:
            known = local.profile_id
        return Peer(device, endpoint, known)


def _to_server(server_or_client: int) -> bool:
    if server_or_client not in {0, 1}:
        raise ParameterError("server_or_client", "must be 0 (server) or 1 (client)")
    return server_or_client == 0


def _attribute_ids(records: Sequence[ReadAttributeRecord]) -> list[int]:
    for place, record in enumerate(records):
        if not 0 <= record.attribute_id <= uint16_t.max_value:
            path = f"record_list[{place}].attribute_id"
            raise ParameterError(path, f"is not in 0..{uint16_t.max_value}")
    return [record.attribute_id for record in records]


def _read_local(
    endpoint: Endpoint, cluster_id: int, ids: Sequence[int], *, to_server: bool
) -> list[ReadAttributeStatusRecord]:
    cluster = endpoint.cluster(cluster_id, server=to_server)
    if cluster is None:
        problem = f"endpoint 0x{endpoint.endpoint_id:02X} has no such cluster"
        raise ParameterError("cluster_id", problem)
    found = []
    for attribute_id in ids:
        try:
            value = cluster.attributes.read(attribute_id)
        except UnsupportedAttributeError as error:
            found.append(ReadAttributeStatusRecord(error.status, attribute_id))
        else:
            found.append(
                ReadAttributeStatusRecord(
                    Status.SUCCESS, attribute_id, value.attribute_type, value.value
                )
            )
    return found
