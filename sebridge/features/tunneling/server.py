"""The Tunneling cluster's server: opens tunnels for those who ask. Rules TUN-1 to TUN-6."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from typing_extensions import override

from sebridge.base.errors import ParameterError, UnsupportedCommandError
from sebridge.features.tunneling.records import (
    CLOSE_TUNNEL_TIMEOUT,
    MOST_LISTED,
    NO_TUNNEL,
    AckTransferDataToClientRecord,
    CloseTunnelRecord,
    GetSupportedTunnelProtocolsRecord,
    ProtocolItem,
    ReadyDataToClientRecord,
    RequestTunnelRecord,
    RequestTunnelResponseRecord,
    SupportedTunnelProtocolsResponseRecord,
    TransferDataErrorToClientRecord,
    TransferDataToClientRecord,
    TunnelClosureNotificationRecord,
    TunnelStatus,
)
from sebridge.features.tunneling.signals import TunnelOpened
from sebridge.features.tunneling.tunnel import (
    DEFAULT_ROOM,
    ForeignTunnelError,
    NoTunnelError,
    Tunnel,
    TunnelProtocol,
)
from sebridge.features.tunneling.tunnel_end import TunnelEnd
from sebridge.gateway.cluster import Command, Outcome, Sending
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.network.peer import Peer

_UINT16: Final = 0x21
_MOST_PROTOCOLS: Final = 256  # as many as an offset of one octet reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelingSettings:
    """What a server offers. `close_timeout` is seconds (1..65535), `room` octets (1..65535)."""

    close_timeout: int = 0xFFFF
    room: int = DEFAULT_ROOM
    flow_control: bool = True
    most_tunnels: int = 16

    def __post_init__(self) -> None:
        """Check the time; ParameterError."""
        if not 1 <= self.close_timeout <= 0xFFFF:  # noqa: PLR2004
            raise ParameterError("close_timeout", "must be 1..65535 seconds")


class TunnelingServer(TunnelEnd):
    """Opens tunnels for `protocols`, each for the device that asked for it, until it is idle.

    What comes is held, as far as flow control goes, until it is `taken_out`.
    """

    server = True
    data_record = TransferDataToClientRecord
    error_record = TransferDataErrorToClientRecord
    ack_record = AckTransferDataToClientRecord

    def __init__(
        self,
        local_endpoint: int,
        protocols: Iterable[TunnelProtocol],
        settings: TunnelingSettings | None = None,
    ) -> None:
        self._settings = settings = settings or TunnelingSettings()
        timeout = LocalAttribute(CLOSE_TUNNEL_TIMEOUT, _UINT16, settings.close_timeout)
        super().__init__(local_endpoint, settings.room, LocalAttributes([timeout]))
        self._protocols = sorted(set(protocols))
        if len(self._protocols) > _MOST_PROTOCOLS:
            raise ParameterError("protocols", f"must be at most {_MOST_PROTOCOLS}")
        self._tunnels: dict[int, Tunnel] = {}
        self._last = NO_TUNNEL - 1

    @property
    def tunnels(self) -> list[Tunnel]:
        """All open tunnels, in the order in which they were opened."""
        return list(self._tunnels.values())

    @override
    def find(self, source: Peer, tunnel_id: int) -> Tunnel:
        """Return a device's tunnel; raise NoTunnelError (TUN-3)."""
        tunnel = self._tunnels.get(tunnel_id)
        if tunnel is None:
            raise NoTunnelError(f"there is no tunnel {tunnel_id}")
        if tunnel.peer.device != source.device:
            raise ForeignTunnelError(f"tunnel {tunnel_id} is another device's")
        return tunnel

    @override
    def forget(self, tunnel: Tunnel) -> None:
        """Know a tunnel no more."""
        del self._tunnels[tunnel.tunnel_id]

    # ------------------------------------------------------------------ opening and closing

    @override
    def negotiate(self, command: Command) -> Outcome:
        """Open or close a tunnel, list the protocols."""
        record: Any = command.record
        match record:
            case RequestTunnelRecord():
                return self._open(record, command)
            case CloseTunnelRecord():
                return self.closed(self.find(command.source, record.tunnel_id))
            case GetSupportedTunnelProtocolsRecord():
                return self._list(record.protocol_offset)
        raise UnsupportedCommandError(type(record).__name__)

    def _open(self, record: RequestTunnelRecord, command: Command) -> Outcome:
        status = self._judge(record)
        if status is not TunnelStatus.OPENED:
            return Outcome((self._response(NO_TUNNEL, status),))
        source, wanted = command.source, record.maximum_incoming_transfer_size
        protocol = TunnelProtocol(record.protocol_id, record.manufacturer_code)
        tunnel = Tunnel(
            tunnel_id=self._next_id(),
            peer=source,
            protocol=protocol,
            flow_control=bool(record.flow_control_support),
            room=self._room,
            peer_room=DEFAULT_ROOM if wanted is None else wanted,
            used=command.now,
            holds=True,
        )
        self._tunnels[tunnel.tunnel_id] = tunnel
        opened = TunnelOpened(
            source.device,
            source.endpoint,
            self.local_endpoint,
            tunnel.tunnel_id,
            protocol.protocol_id,
            protocol.manufacturer_code,
        )
        return Outcome((self._response(tunnel.tunnel_id, status),), signals=(opened,))

    def _judge(self, record: RequestTunnelRecord) -> TunnelStatus:
        supported = {(p.protocol_id, p.manufacturer_code) for p in self._protocols}
        if (record.protocol_id, record.manufacturer_code) not in supported:
            return TunnelStatus.PROTOCOL_NOT_SUPPORTED
        if record.flow_control_support and not self._settings.flow_control:
            return TunnelStatus.FLOW_CONTROL_NOT_SUPPORTED
        if len(self._tunnels) >= self._settings.most_tunnels:
            return TunnelStatus.NO_MORE_TUNNELS
        return TunnelStatus.OPENED

    def _response(self, tunnel_id: int, status: TunnelStatus) -> RequestTunnelResponseRecord:
        return RequestTunnelResponseRecord(
            tunnel_id=tunnel_id,
            tunnel_status=status,
            maximum_incoming_transfer_size=self._room,
        )

    def _next_id(self) -> int:
        """Return a number that no open tunnel has, and none that was just closed."""
        self._last = (self._last + 1) % NO_TUNNEL
        while self._last in self._tunnels:
            self._last = (self._last + 1) % NO_TUNNEL
        return self._last

    def _list(self, offset: int) -> Outcome:
        page = self._protocols[offset : offset + MOST_LISTED]
        items = tuple(
            ProtocolItem(manufacturer_code=p.manufacturer_code, protocol_id=p.protocol_id)
            for p in page
        )
        answer = SupportedTunnelProtocolsResponseRecord(
            protocol_list_complete=int(offset + MOST_LISTED >= len(self._protocols)),
            protocol_count=len(items),
            protocol_list=items,
        )
        return Outcome((answer,))

    def close(self, tunnel_id: int) -> Outcome:
        """Close a tunnel, and tell its owner; nothing happens when there is none."""
        tunnel = self._tunnels.get(tunnel_id)
        return Outcome() if tunnel is None else self._close([tunnel])

    def taken_out(self, peer: Peer, tunnel_id: int, octets: int) -> Outcome:
        """Know that so many octets were dealt with: with flow control the other end is told.

        Raises NoTunnelError.
        """
        tunnel = self.find(peer, tunnel_id)
        if not tunnel.flow_control:
            return Outcome()
        tunnel.take_out(octets)
        record = ReadyDataToClientRecord(tunnel_id=tunnel_id, number_of_octets_left=tunnel.left)
        return Outcome(sendings=(Sending(tunnel.peer, record),))

    # ------------------------------------------------------------------ what is idle

    @override
    def next_change(self, now: int) -> int | None:
        """Return when a tunnel will have been idle for too long, in seconds since 2000 UTC."""
        del now
        last_used = min((tunnel.used for tunnel in self._tunnels.values()), default=None)
        return None if last_used is None else last_used + self._settings.close_timeout

    @override
    def advance(self, now: int) -> Outcome:
        """Close what was idle for too long, and tell the owners (TUN-4)."""
        limit = now - self._settings.close_timeout
        return self._close([tunnel for tunnel in self.tunnels if tunnel.used <= limit])

    def _close(self, tunnels: Iterable[Tunnel]) -> Outcome:
        sendings: list[Sending] = []
        signals: list[object] = []
        for tunnel in tunnels:
            record = TunnelClosureNotificationRecord(tunnel_id=tunnel.tunnel_id)
            sendings.append(Sending(tunnel.peer, record))
            signals += self.closed(tunnel).signals
        return Outcome(sendings=tuple(sendings), signals=tuple(signals))
