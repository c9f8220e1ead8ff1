"""The Tunneling cluster's client: asks servers for tunnels. Rules TUN-1 to TUN-6."""

from typing import Any, Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.errors import FullError, RequestError, UnsupportedCommandError
from sebridge.features.tunneling.records import (
    NO_TUNNEL,
    AckTransferDataRecord,
    CloseTunnelRecord,
    GetSupportedTunnelProtocolsRecord,
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

MOST_TUNNELS: Final = 64
"""Tunnels that are open or asked for at the same time, of all servers."""
MOST_OF_A_SERVER: Final = 8
"""Of these, so many of one device."""
LONGEST_IDLE: Final = 0xFFFF
"""Seconds without use after which a tunnel is closed: what CloseTunnelTimeout is by default."""

_LAST_OFFSET: Final = 0xFF


class TunnelingClient(TunnelEnd):
    """Keeps the tunnels that servers opened for us, and lists what they speak.

    What it asks by itself is an Outcome to carry out; what comes of it is a signal: TunnelOpened
    or TunnelRefused, TunnelProtocolsListed. A server is asked for one tunnel after the other. One
    that is not used for LONGEST_IDLE seconds is closed here as well, should the server forget to.
    What comes through one is handed on at once, and never held.
    """

    server = False
    data_record = TransferDataRecord
    error_record = TransferDataErrorRecord
    ack_record = AckTransferDataRecord

    def __init__(self, local_endpoint: int, room: int = DEFAULT_ROOM) -> None:
        super().__init__(local_endpoint, room)
        self._tunnels: dict[tuple[Eui64, int], Tunnel] = {}
        self._asked: dict[Peer, tuple[TunnelProtocol, bool]] = {}
        self._listing: dict[Peer, list[tuple[int, int]]] = {}

    @override
    def find(self, source: Peer, tunnel_id: int) -> Tunnel:
        """Return the tunnel which a server calls so; raise NoTunnelError."""
        return self.tunnel_of(source.device, tunnel_id)

    @override
    def forget(self, tunnel: Tunnel) -> None:
        """Know a tunnel no more."""
        del self._tunnels[tunnel.peer.device, tunnel.tunnel_id]

    def tunnel_of(self, device: Eui64, tunnel_id: int) -> Tunnel:
        """Return the tunnel which a device calls so; raise NoTunnelError."""
        tunnel = self._tunnels.get((device, tunnel_id))
        if tunnel is None:
            raise NoTunnelError(f"there is no tunnel {tunnel_id} of {device}")
        return tunnel

    @property
    def tunnels(self) -> list[Tunnel]:
        """All open tunnels, in the order in which they were opened."""
        return list(self._tunnels.values())

    # ------------------------------------------------------------------ what we want

    def request(
        self, server: Peer, protocol: TunnelProtocol, *, flow_control: bool = False
    ) -> Outcome:
        """Ask for a tunnel.

        Raises FullError where there are too many, and RequestError while the same server is being
        asked for one.
        """
        if server in self._asked:
            raise RequestError(f"{server.device} is being asked for a tunnel already")
        if len(self._tunnels) + len(self._asked) >= MOST_TUNNELS:
            raise FullError(f"there are {MOST_TUNNELS} tunnels already")
        if sum(device == server.device for device, _ in self._tunnels) >= MOST_OF_A_SERVER:
            raise FullError(f"there are {MOST_OF_A_SERVER} tunnels of {server.device} already")
        self._asked[server] = (protocol, flow_control)
        record = RequestTunnelRecord(
            protocol_id=protocol.protocol_id,
            manufacturer_code=protocol.manufacturer_code,
            flow_control_support=flow_control,
            maximum_incoming_transfer_size=self._room,
        )
        return Outcome(sendings=(Sending(server, record),))

    def give_up(self, server: Peer) -> None:
        """Want no tunnel of a server any more: one that it opens later is closed again."""
        self._asked.pop(server, None)

    def close(self, server: Peer, tunnel_id: int) -> Outcome:
        """Close a tunnel; raise NoTunnelError."""
        tunnel = self.find(server, tunnel_id)
        sending = Sending(tunnel.peer, CloseTunnelRecord(tunnel_id=tunnel_id))
        return Outcome(sendings=(sending,), signals=self.closed(tunnel).signals)

    def device_gone(self, device: Eui64) -> Outcome:
        """Know that a device is no more, and its tunnels with it."""
        theirs = [tunnel for tunnel in self.tunnels if tunnel.peer.device == device]
        return Outcome(signals=tuple(s for t in theirs for s in self.closed(t).signals))

    def ask_protocols(self, server: Peer) -> Outcome:
        """Ask for all protocols that a server speaks."""
        self._listing[server] = []
        record = GetSupportedTunnelProtocolsRecord(protocol_offset=0)
        return Outcome(sendings=(Sending(server, record),))

    def end_listing(self, server: Peer) -> None:
        """Want no more of a server's protocols."""
        self._listing.pop(server, None)

    # ------------------------------------------------------------------ what is idle

    @override
    def next_change(self, now: int) -> int | None:
        """Return when a tunnel will have been idle for too long, in seconds since 2000 UTC."""
        del now
        last_used = min((tunnel.used for tunnel in self.tunnels), default=None)
        return None if last_used is None else last_used + LONGEST_IDLE

    @override
    def advance(self, now: int) -> Outcome:
        """Close what was idle for too long, and tell the servers (TUN-4)."""
        idle = [tunnel for tunnel in self.tunnels if tunnel.used <= now - LONGEST_IDLE]
        closings = [self.close(tunnel.peer, tunnel.tunnel_id) for tunnel in idle]
        return Outcome(
            sendings=tuple(sending for closing in closings for sending in closing.sendings),
            signals=tuple(signal for closing in closings for signal in closing.signals),
        )

    def time_was_set(self, step: int) -> None:
        """Know that the time went on by so many seconds at once, or back: nobody was idle for it.

        So a step of the network's time neither closes a tunnel that is in use nor keeps one open.
        """
        for tunnel in self.tunnels:
            tunnel.used += step

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
                return self.closed(self.find(command.source, record.tunnel_id))
        raise UnsupportedCommandError(type(record).__name__)

    def _answered(self, record: RequestTunnelResponseRecord, command: Command) -> Outcome:
        source, tunnel_id = command.source, record.tunnel_id
        is_open = record.tunnel_status == TunnelStatus.OPENED and tunnel_id != NO_TUNNEL
        asked = self._asked.pop(source, None)
        if asked is None:  # nobody wants it any more, and the server has few
            unwanted = (Sending(source, CloseTunnelRecord(tunnel_id=tunnel_id)),)
            return Outcome(sendings=unwanted if is_open else ())
        place = (source.device, source.endpoint, self.local_endpoint)
        if not is_open:
            return Outcome(signals=(TunnelRefused(*place, record.tunnel_status),))
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
            peer_room=DEFAULT_ROOM if size is None else size,
            used=command.now,
            holds=False,
        )
        opened = TunnelOpened(*place, tunnel_id, protocol.protocol_id, protocol.manufacturer_code)
        return Outcome(signals=(*lost, opened))

    def _listed(self, record: SupportedTunnelProtocolsResponseRecord, source: Peer) -> Outcome:
        found = self._listing.get(source)
        if found is None:
            return Outcome()  # nobody asked
        page = [(i.manufacturer_code, i.protocol_id) for i in record.protocol_list]
        found += page
        if page and not record.protocol_list_complete and len(found) <= _LAST_OFFSET:
            question = GetSupportedTunnelProtocolsRecord(protocol_offset=len(found))
            return Outcome(sendings=(Sending(source, question),))
        del self._listing[source]
        listed = TunnelProtocolsListed(
            source.device, source.endpoint, self.local_endpoint, tuple(found)
        )
        return Outcome(signals=(listed,))
