"""One tunnel as one of its ends sees it: whose it is, and how much may go through (TUN-5). Pure."""

from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from sebridge.base.errors import ParameterError, Reason, RequestError
from sebridge.features.tunneling.records import MANUFACTURER_PROTOCOLS, STANDARD, TransferStatus
from sebridge.network.peer import Peer

DEFAULT_ROOM: Final = 1500
"""Octets that an end takes at once which did not tell, as before SE 1.1a."""
_LARGEST_PROTOCOL: Final = 254


@dataclass(frozen=True, slots=True, order=True)
class TunnelProtocol:
    """What is spoken through a tunnel: a standard protocol (0..199) or a manufacturer's (TUN-2).

    Raises ParameterError for a pair that cannot be.
    """

    protocol_id: int
    manufacturer_code: int = STANDARD

    def __post_init__(self) -> None:
        """Check the pair."""
        if not 0 <= self.protocol_id <= _LARGEST_PROTOCOL:
            raise ParameterError("protocol_id", f"must be 0..{_LARGEST_PROTOCOL}")
        is_standard = self.manufacturer_code == STANDARD
        if is_standard == (self.protocol_id in MANUFACTURER_PROTOCOLS):
            problem = "must be 0xFFFF for protocols below 200, and the manufacturer's for others"
            raise ParameterError("manufacturer_code", problem)


class NoTunnelError(RequestError):
    """There is no such tunnel for who speaks of it; `transfer_status` says why not (TUN-3)."""

    transfer_status: ClassVar[TransferStatus] = TransferStatus.NO_SUCH_TUNNEL
    reason = Reason.NOT_FOUND


class ForeignTunnelError(NoTunnelError):
    """The tunnel is another device's."""

    transfer_status = TransferStatus.WRONG_DEVICE
    reason = Reason.REFUSED


class Tunnel(msgspec.Struct):
    """An open tunnel. Sizes are octets, `used` is seconds since 2000 UTC.

    `room` is what our end takes, `peer_room` what the other end takes. Without flow control each
    is the limit of one transfer. With it, both shrink by what is sent, and grow again by what is
    taken out: `held` octets of ours were not yet, and the other end tells by itself. An end that
    does not hold anything (`holds`) hands on at once what comes, and so has all its room always.
    """

    tunnel_id: int
    peer: Peer
    protocol: TunnelProtocol
    flow_control: bool
    room: int
    peer_room: int
    used: int
    holds: bool
    held: int = 0

    @property
    def left(self) -> int:
        """How many octets our end can take now."""
        return self.room - self.held

    def arrive(self, octets: int, now: int) -> TransferStatus | None:
        """Take octets in; return why not, None if they were taken."""
        self.used = now
        if octets > self.left:
            return TransferStatus.OVERFLOW
        if self.flow_control and self.holds:
            self.held += octets
        return None

    def take_out(self, octets: int) -> None:
        """Make room for as many octets as were dealt with."""
        self.held = max(self.held - octets, 0)

    def depart(self, octets: int, now: int) -> bool:
        """Send octets; False when the other end has no room for them."""
        if octets > self.peer_room:
            return False
        self.used = now
        if self.flow_control:
            self.peer_room -= octets
        return True

    def come_back(self, octets: int) -> None:
        """Have the room again that was for octets which did not reach the other end."""
        if self.flow_control:
            self.peer_room += octets

    def peer_has_room(self, octets: int, now: int) -> None:
        """Know how many octets the other end can take now; without flow control it may not say."""
        if self.flow_control:
            self.used = now
            self.peer_room = octets
