"""The Tunneling cluster's client: asks servers for tunnels. Rules TUN-1 to TUN-6."""

from typing import Any, Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.tunneling.records import (
    AckTransferDataRecord,
    CloseTunnelRecord,
    GetSupportedTunnelProtocolsRecord,
    ReadyDataRecord,
    RequestTunnelRecord,
    RequestTunnelResponseRecord,
    SupportedTunnelProtocolsResponseRecord,
    TransferDataErrorRecord,
    TransferDataRecord,
    TunnelClosureNotificationRecord,
    TunnelStatus,
)
from sebridge.features.tunneling.signals import TunnelOpened, TunnelProtocolsListed, TunnelRefused
from sebridge.features.tunneling.tunnel import DEFAULT_ROOM, NoTunnelError, Tunnel, TunnelProtocol
from sebridge.features.tunneling.tunnel_end import TunnelEnd
from sebridge.gateway.cluster import Command, Outcome, Sending
from sebridge.network.peer import Peer

_LAST_OFFSET: Final = 0xFF


class TunnelingClient(TunnelEnd):
    """Keeps the tunnels that servers opened for us, and lists what they speak.

    What it asks by itself is an Outcome to carry out; what comes of it is a signal: TunnelOpened
    or TunnelRefused, TunnelProtocolsListed. Of two requests to one server the later counts.
    """

    server = False
    data_record = TransferDataRecord
    error_record = TransferDataErrorRecord
    ack_record = AckTransferDataRecord
    ready_record = ReadyDataRecord

    def __init__(self, local_endpoint: int, room: int = DEFAULT_ROOM) -> None:
        super().__init__(local_endpoint, room)
        self._tunnels: dict[tuple[Eui64, int], Tunnel] = {}
        self._asked: dict[Peer, tuple[TunnelProtocol, bool]] = {}
        self._listing: dict[Peer, list[tuple[int, int]]] = {}

    @override
    def find(self, source: Peer, tunnel_id: int) -> Tunnel:
        """Return the tunnel which a server calls so; raise NoTunnelError."""
        tunnel = self._tunnels.get((source.device, tunnel_id))
        if tunnel is None:
            raise NoTunnelError(f"there is no tunnel {tunnel_id} of {source.device}")
        return tunnel

    @override
    def forget(self, tunnel: Tunnel) -> None:
        """Know a tunnel no more."""
        del self._tunnels[tunnel.peer.device, tunnel.tunnel_id]

    # ------------------------------------------------------------------ what we want

    def request(
        self, server: Peer, protocol: TunnelProtocol, *, flow_control: bool = False
    ) -> Outcome:
        """Ask for a tunnel."""
        self._asked[server] = (protocol, flow_control)
        record = RequestTunnelRecord(
            protocol_id=protocol.protocol_id,
            manufacturer_code=protocol.manufacturer_code,
            flow_control_support=flow_control,
            maximum_incoming_transfer_size=self._room,
        )
        return Outcome(sendings=(Sending(server, record),))

    def close(self, server: Peer, tunnel_id: int) -> Outcome:
        """Close a tunnel; raise NoTunnelError."""
        tunnel = self.find(server, tunnel_id)
        sending = Sending(tunnel.peer, CloseTunnelRecord(tunnel_id=tunnel_id))
        return Outcome(sendings=(sending,), signals=self.closed(tunnel).signals)

    def ask_protocols(self, server: Peer) -> Outcome:
        """Ask for all protocols that a server speaks."""
        self._listing[server] = []
        record = GetSupportedTunnelProtocolsRecord(protocol_offset=0)
        return Outcome(sendings=(Sending(server, record),))

    # ------------------------------------------------------------------ from the server

    @override
    def negotiate(self, command: Command) -> Outcome:
        """Take the answers, and that an idle tunnel is closed."""
        record: Any = command.record
        match record:
            case RequestTunnelResponseRecord():
                return self._answered(record, command)
            case SupportedTunnelProtocolsResponseRecord():
                return self._listed(record, command.source)
            case TunnelClosureNotificationRecord():
                return self.closed(self.find(command.source, int(record.tunnel_id)))
        raise UnsupportedCommandError(type(record).__name__)

    def _answered(self, record: RequestTunnelResponseRecord, command: Command) -> Outcome:
        source, tunnel_id = command.source, int(record.tunnel_id)
        is_open = int(record.tunnel_status) == TunnelStatus.OPENED
        asked = self._asked.pop(source, None)
        if asked is None:  # nobody wants it any more, and the server has few
            unwanted = (Sending(source, CloseTunnelRecord(tunnel_id=tunnel_id)),)
            return Outcome(sendings=unwanted if is_open else ())
        place = (source.device, source.endpoint, self.local_endpoint)
        if not is_open:
            return Outcome(signals=(TunnelRefused(*place, int(record.tunnel_status)),))
        protocol, flow_control = asked
        size = record.maximum_incoming_transfer_size
        forgotten = self._tunnels.get((source.device, tunnel_id))  # by a server that restarted
        lost = () if forgotten is None else self.closed(forgotten).signals
        self._tunnels[source.device, tunnel_id] = Tunnel(
            tunnel_id=tunnel_id,
            peer=source,
            protocol=protocol,
            flow_control=flow_control,
            room=self._room,
            peer_room=DEFAULT_ROOM if size is None else int(size),
            used=command.now,
        )
        opened = TunnelOpened(*place, tunnel_id, protocol.protocol_id, protocol.manufacturer_code)
        return Outcome(signals=(*lost, opened))

    def _listed(self, record: SupportedTunnelProtocolsResponseRecord, source: Peer) -> Outcome:
        found = self._listing.get(source)
        if found is None:
            return Outcome()  # nobody asked
        page = [(int(i.manufacturer_code), int(i.protocol_id)) for i in record.protocol_list]
        found += page
        if page and not record.protocol_list_complete and len(found) <= _LAST_OFFSET:
            question = GetSupportedTunnelProtocolsRecord(protocol_offset=len(found))
            return Outcome(sendings=(Sending(source, question),))
        del self._listing[source]
        listed = TunnelProtocolsListed(
            source.device, source.endpoint, self.local_endpoint, tuple(found)
        )
        return Outcome(signals=(listed,))
