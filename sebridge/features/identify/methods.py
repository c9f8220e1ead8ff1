"""The request to show oneself."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from sebridge.api.addressing import Addressing
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.identify.cluster import IdentifyServer
from sebridge.features.identify.records import IdentifyRecord
from sebridge.gateway.cluster import LocalCluster, Outcome
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import IDENTIFY


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


class IdentifyResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Who identifies, and for how long."""

    cluster_id: int = IDENTIFY
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int | Absent = ABSENT
    source_address: Eui64 | Absent = ABSENT
    identify_time: int


class IdentifyMethods:
    """The request to show oneself, to devices or to the gateway."""

    rpc_interface = ZCL_INTERFACE

    def __init__(self, addressing: Addressing, routes: Routes) -> None:
        self._addressing = addressing
        self._routes = routes

    @method
    async def identify(
        self,
        destination_endpoint_id: Uint8,
        identify_time: Uint16,
        source_endpoint_id: Uint8 | Absent = ABSENT,
        destination_address: Eui64 | Absent = ABSENT,
    ) -> IdentifyResponse:
        """Make a device show itself for some seconds (0 stops).

        May be broadcast (00:00:00:00:00:00:FF:FF to all, …:FF:FD to who listens all the time,
        …:FF:FC to routers) and sent to all endpoints (0xFF); answered when the radio reports the
        frame as sent.
        """
        if destination_address is ABSENT or self._addressing.is_own(destination_address):
            return self._identify_local(destination_endpoint_id, identify_time)
        local = self._addressing.sender(source_endpoint_id, IDENTIFY, server=False)
        endpoint = destination_endpoint_id
        peer = self._addressing.peer(destination_address, endpoint, local)
        frame = Frame(
            0x00,
            0,
            IdentifyRecord(identify_time=identify_time).serialize(),
            cluster_specific=True,
            no_default_response=True,
        )
        await self._routes.exchange.tell(peer, peer.profile_id, IDENTIFY, local.endpoint_id, frame)
        return IdentifyResponse(
            profile_id=peer.profile_id,
            source_endpoint_id=endpoint,
            destination_endpoint_id=local.endpoint_id,
            source_address=destination_address,
            identify_time=identify_time,
        )

    def _identify_local(self, endpoint_id: int, seconds: int) -> IdentifyResponse:
        endpoint = self._addressing.local(endpoint_id, "destination_endpoint_id")
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
