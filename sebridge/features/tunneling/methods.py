"""Requests for tunnels: what a server speaks, open one, send through it, close it.

Own extensions: the reference has no such requests.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from sebridge.api.addressing import DeviceAnswer, ServerPlaces, peer_of
from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time, unix_time
from sebridge.base.errors import ParameterError, RequestError
from sebridge.features.tunneling.records import (
    NO_TUNNEL,
    STANDARD,
    ProtocolItem,
    RequestTunnelResponseRecord,
    TunnelStatus,
)
from sebridge.features.tunneling.service import Sent
from sebridge.features.tunneling.tunnel import Tunnel, TunnelProtocol
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.network.peer import Peer
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import SE_PROFILE, TUNNELING
from sebridge.zcl.status import Status, status_name

_STANDARD: Final = Uint16(STANDARD)
_REASONS: Final = {
    TunnelStatus.BUSY: "the server is busy",
    TunnelStatus.NO_MORE_TUNNELS: "the server has no more tunnels",
    TunnelStatus.PROTOCOL_NOT_SUPPORTED: "the server does not speak this protocol",
    TunnelStatus.FLOW_CONTROL_NOT_SUPPORTED: "the server has no flow control",
}


class Tunnels(Protocol):
    """Who opens tunnels, and keeps those that are open."""

    @property
    def tunnels(self) -> Sequence[Tunnel]:
        """All open tunnels."""

    async def protocols(self, server: Peer) -> Sequence[tuple[int, int]]:
        """Return what a server speaks, as pairs of manufacturer and protocol."""

    async def open(
        self, server: Peer, protocol: TunnelProtocol, *, flow_control: bool
    ) -> RequestTunnelResponseRecord:
        """Ask for a tunnel; return what the server answers."""

    async def send(self, device: Eui64, tunnel_id: int, data: bytes) -> Sent:
        """Send octets through a tunnel; NoTunnelError, FullError."""

    async def close(self, device: Eui64, tunnel_id: int) -> int:
        """Close a tunnel; return the ZCL status of the server's answer; NoTunnelError."""


class GetTunnelProtocolsResponse(DeviceAnswer, frozen=True, kw_only=True):
    """What a server speaks; the manufacturer of standard protocols is 0xFFFF."""

    cluster_id: int = TUNNELING
    protocol_list: Sequence[ProtocolItem]


class OpenTunnelResponse(DeviceAnswer, frozen=True, kw_only=True):
    """The tunnel, or why there is none.

    `tunnel_status` is 0 (open), 1 (busy), 2 (no more tunnels), 3 (protocol not supported) or 4 (no
    flow control). `maximum_transfer_size` is how many octets the server takes at once.
    """

    cluster_id: int = TUNNELING
    tunnel_status: int
    reason: str | Absent = ABSENT
    tunnel_id: int | Absent = ABSENT
    maximum_transfer_size: int | Absent = ABSENT


class SendTunnelDataResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What the server made of the octets; `reason` tells why the status is not 0.

    139 where it knows no such tunnel, 126 where it is another device's, 137 where it has no room.
    `room` is how many octets it takes now; 0 where the tunnel is no more.
    """

    cluster_id: int = TUNNELING
    source_address: Eui64
    tunnel_id: int
    status: int
    reason: str | Absent = ABSENT
    room: int


class CloseTunnelResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The tunnel is no more; a status that is not 0 is what the server said to it."""

    cluster_id: int = TUNNELING
    source_address: Eui64
    tunnel_id: int
    status: int
    reason: str | Absent = ABSENT


class OpenTunnel(msgspec.Struct, frozen=True, kw_only=True):
    """A tunnel that is open. `room` is how many octets the server takes at once now."""

    source_address: Eui64
    source_endpoint_id: int
    tunnel_id: int
    protocol_id: int
    manufacturer_code: int
    flow_control: bool
    room: int
    last_used: str  # ISO 8601


class GetTunnelsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The tunnels that are open, in the order in which they were opened."""

    cluster_id: int = TUNNELING
    tunnel_list: Sequence[OpenTunnel]


class TunnelingMethods:
    """Requests for tunnels to devices; `tunnels` is None where they are switched off."""

    rpc_interface = SE_INTERFACE

    def __init__(self, places: ServerPlaces, tunnels: Tunnels | None) -> None:
        self._places = places
        self._tunnels = tunnels

    @method(scope=Scope.READ)
    async def get_tunnel_protocols(
        self, destination_address: Eui64, destination_endpoint_id: Uint8 | Absent = ABSENT
    ) -> GetTunnelProtocolsResponse:
        """Ask a device which protocols it speaks through tunnels.

        Without an endpoint it is the first one of the device that has tunnels.
        """
        tunnels = self._needed()
        server = self._server(destination_address, destination_endpoint_id)
        protocols = await tunnels.protocols(server)
        return GetTunnelProtocolsResponse(
            profile_id=server.profile_id,
            source_address=server.device,
            source_endpoint_id=server.endpoint,
            protocol_list=[
                ProtocolItem(manufacturer_code=manufacturer, protocol_id=protocol)
                for manufacturer, protocol in protocols
            ],
        )

    @method
    async def open_tunnel(
        self,
        destination_address: Eui64,
        protocol_id: Uint8,
        manufacturer_code: Uint16 = _STANDARD,
        flow_control: bool = False,  # noqa: FBT001, FBT002  # callers give it by its name
        destination_endpoint_id: Uint8 | Absent = ABSENT,
    ) -> OpenTunnelResponse:
        """Ask a device for a tunnel; what comes through it is told by notifications.

        Protocols 0..199 are standard ones (0 is DLMS/COSEM), of manufacturer 0xFFFF; 200..254 are
        those of the manufacturer that is named. With flow control each end says how much it can
        take. A tunnel that nobody uses is closed, by the device or after 65535 seconds by us.
        """
        tunnels = self._needed()
        server = self._server(destination_address, destination_endpoint_id)
        protocol = TunnelProtocol(protocol_id, manufacturer_code)
        answer = await tunnels.open(server, protocol, flow_control=flow_control)
        status, number = answer.tunnel_status, answer.tunnel_id
        is_open = status == TunnelStatus.OPENED and number != NO_TUNNEL
        size = answer.maximum_incoming_transfer_size
        return OpenTunnelResponse(
            profile_id=server.profile_id,
            source_address=server.device,
            source_endpoint_id=server.endpoint,
            tunnel_status=status,
            reason=ABSENT if is_open else _reason(status),
            tunnel_id=number if is_open else ABSENT,
            maximum_transfer_size=size if is_open and size is not None else ABSENT,
        )

    @method
    async def send_tunnel_data(
        self, destination_address: Eui64, tunnel_id: Uint16, data: bytes
    ) -> SendTunnelDataResponse:
        """Send octets through an open tunnel, and return what the device made of them.

        More than the device takes at once are refused. Its reply comes as a notification.
        """
        tunnels = self._needed()
        if not data:
            raise ParameterError("data", "has no octets")
        sent = await tunnels.send(destination_address, tunnel_id, data)
        return SendTunnelDataResponse(
            source_address=destination_address,
            tunnel_id=tunnel_id,
            status=sent.status,
            reason=sent.reason or ABSENT,
            room=sent.room,
        )

    @method
    async def close_tunnel(
        self, destination_address: Eui64, tunnel_id: Uint16
    ) -> CloseTunnelResponse:
        """Close an open tunnel; it is closed here also where the device does not answer."""
        status = await self._needed().close(destination_address, tunnel_id)
        is_done = status == Status.SUCCESS
        return CloseTunnelResponse(
            source_address=destination_address,
            tunnel_id=tunnel_id,
            status=status,
            reason=ABSENT if is_done else f"the device answered {status_name(status)}",
        )

    @method(scope=Scope.READ)
    async def get_tunnels(self) -> GetTunnelsResponse:
        """Return the tunnels that are open; sends nothing."""
        return GetTunnelsResponse(tunnel_list=[_shown(t) for t in self._needed().tunnels])

    def _needed(self) -> Tunnels:
        if self._tunnels is None:
            raise RequestError(
                "tunnels are switched off: gateway.optional_clusters does not name tunneling"
            )
        return self._tunnels

    def _server(self, device: Eui64, endpoint: int | Absent) -> Peer:
        found = self._places.servers_of(device, TUNNELING)
        servers = [server for server in found if server.profile_id == SE_PROFILE]
        return peer_of(servers, device, endpoint, "tunnel server")


def _reason(status: int) -> str:
    known = {int(kind): words for kind, words in _REASONS.items()}
    return known.get(status, f"the server gave no tunnel: status 0x{status:02X}")


def _shown(tunnel: Tunnel) -> OpenTunnel:
    return OpenTunnel(
        source_address=tunnel.peer.device,
        source_endpoint_id=tunnel.peer.endpoint,
        tunnel_id=tunnel.tunnel_id,
        protocol_id=tunnel.protocol.protocol_id,
        manufacturer_code=tunnel.protocol.manufacturer_code,
        flow_control=tunnel.flow_control,
        room=tunnel.peer_room,
        last_used=iso_time(unix_time(tunnel.used)),
    )
