"""What both ends of tunnels share: octets in, octets out, flow control. Rules TUN-3 and TUN-5."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from typing_extensions import override

from sebridge.base.errors import FullError, ParameterError
from sebridge.features.tunneling.records import (
    TUNNELING_CLUSTER,
    AckTransferDataRecord,
    ReadyDataRecord,
    TransferDataErrorRecord,
    TransferDataRecord,
    TransferStatus,
)
from sebridge.features.tunneling.signals import TunnelClosed, TunnelData, TunnelDataLost
from sebridge.features.tunneling.tunnel import NoTunnelError, Tunnel
from sebridge.gateway.cluster import Command, Outcome, Sending, TimedCluster
from sebridge.gateway.local_attributes import LocalAttributes
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.cluster import ClusterDefinition


class TunnelEnd(TimedCluster):
    """One end of all tunnels of an endpoint. A restart loses them; a peer that goes on is told."""

    definition: ClassVar[ClusterDefinition] = TUNNELING_CLUSTER
    data_record: ClassVar[type[Record]]
    error_record: ClassVar[type[Record]]
    ack_record: ClassVar[type[Record]]

    def __init__(
        self, local_endpoint: int, room: int, attributes: LocalAttributes | None = None
    ) -> None:
        """`room` is how many octets a tunnel takes at once, 1..65535."""
        super().__init__(attributes)
        if not 1 <= room <= 0xFFFF:  # noqa: PLR2004
            raise ParameterError("room", "must be 1..65535 octets")
        self.local_endpoint = local_endpoint
        self._room = room

    @abstractmethod
    def find(self, source: Peer, tunnel_id: int) -> Tunnel:
        """Return a peer's tunnel; raise NoTunnelError."""

    @abstractmethod
    def forget(self, tunnel: Tunnel) -> None:
        """Know a tunnel no more."""

    @abstractmethod
    def negotiate(self, command: Command) -> Outcome:
        """Take what opens and closes tunnels."""

    # ------------------------------------------------------------------ from the other end

    @override
    def receive(self, command: Command) -> Outcome:
        """Take octets, or what is said about octets of ours; leave the rest to `negotiate`."""
        record: Any = command.record
        match record:
            case TransferDataRecord():
                return self._take(record, command)
            case TransferDataErrorRecord():
                return self._not_taken(record, command)
            case AckTransferDataRecord(number_of_bytes_left=left):
                return self._has_room(record, left, command)
            case ReadyDataRecord(number_of_octets_left=left):
                return self._has_room(record, left, command)
        return self.negotiate(command)

    def _take(self, record: TransferDataRecord, command: Command) -> Outcome:
        tunnel_id, data = record.tunnel_id, record.data
        try:
            tunnel = self.find(command.source, tunnel_id)
        except NoTunnelError as error:
            return self._refusal(tunnel_id, error.transfer_status)
        problem = tunnel.arrive(len(data), command.now)
        if problem is not None:
            return self._refusal(tunnel_id, problem)
        news = (self._news(TunnelData, tunnel, data),)
        if not tunnel.flow_control:
            return Outcome(signals=news)
        told = self.ack_record(tunnel_id=tunnel_id, number_of_bytes_left=tunnel.left)
        return Outcome((told,), signals=news)

    def _refusal(self, tunnel_id: int, status: TransferStatus) -> Outcome:
        return Outcome((self.error_record(tunnel_id=tunnel_id, transfer_data_status=status),))

    def _not_taken(self, record: TransferDataErrorRecord, command: Command) -> Outcome:
        tunnel = self.find(command.source, record.tunnel_id)
        if record.transfer_data_status == TransferStatus.OVERFLOW:
            return Outcome(signals=(self._news(TunnelDataLost, tunnel),))
        return self.closed(tunnel)

    def _has_room(self, record: Any, octets: int, command: Command) -> Outcome:
        self.find(command.source, record.tunnel_id).peer_has_room(octets, command.now)
        return Outcome()

    def closed(self, tunnel: Tunnel) -> Outcome:
        """Forget a tunnel, and say so."""
        self.forget(tunnel)
        return Outcome(signals=(self._news(TunnelClosed, tunnel),))

    def _news(self, kind: Callable[..., object], tunnel: Tunnel, *more: object) -> object:
        peer = tunnel.peer
        return kind(peer.device, peer.endpoint, self.local_endpoint, tunnel.tunnel_id, *more)

    # ------------------------------------------------------------------ from this end

    def send(self, peer: Peer, tunnel_id: int, data: bytes, now: int) -> Outcome:
        """Send octets through a tunnel.

        Raises NoTunnelError, and FullError when the other end has no room for so many now.
        """
        tunnel = self.find(peer, tunnel_id)
        if not tunnel.depart(len(data), now):
            raise FullError(f"tunnel {tunnel_id} takes {tunnel.peer_room} octets, not {len(data)}")
        record = self.data_record(tunnel_id=tunnel_id, data=data)
        return Outcome(sendings=(Sending(tunnel.peer, record),))
