"""The tunnels that we have opened: each request waits for what the server makes of it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import DeliveryError, RequestError
from sebridge.base.signals import SignalBus
from sebridge.features.tunneling.client import TunnelingClient
from sebridge.features.tunneling.records import (
    TUNNELING_CLUSTER,
    AckTransferDataToClientRecord,
    ReadyDataToClientRecord,
    RequestTunnelResponseRecord,
    SupportedTunnelProtocolsResponseRecord,
    TransferDataErrorToClientRecord,
    TransferDataToClientRecord,
    TransferStatus,
    TunnelClosureNotificationRecord,
)
from sebridge.features.tunneling.signals import TunnelProtocolsListed
from sebridge.features.tunneling.tunnel import Tunnel, TunnelProtocol
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.questions import Questions
from sebridge.gateway.router import Router
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceRemoved, NetworkTimeSet
from sebridge.zcl.status import Status, status_name

_UNASKED: Final = (
    TransferDataToClientRecord,
    TransferDataErrorToClientRecord,
    AckTransferDataToClientRecord,
    ReadyDataToClientRecord,
    TunnelClosureNotificationRecord,
)
_REFUSALS: Final = {
    TransferStatus.NO_SUCH_TUNNEL: (Status.NOT_FOUND, "the server knows no such tunnel"),
    TransferStatus.WRONG_DEVICE: (Status.NOT_AUTHORIZED, "the tunnel is another device's"),
    TransferStatus.OVERFLOW: (Status.INSUFFICIENT_SPACE, "the server has no room for so much now"),
}


class Sent(msgspec.Struct, frozen=True):
    """What became of octets: a ZCL status, why it is not SUCCESS, and the room that is left.

    `room` is how many octets the other end takes at once now; 0 where there is no tunnel any more.
    """

    status: int
    reason: str
    room: int


class TunnelService:
    """Opens tunnels of remote servers, sends through them, and closes them.

    `answer_within` gives the seconds in which a server must answer. What is asked for raises
    DeliveryError for a device that did not take it, DeviceRefusedError for one that refuses,
    AnswerTimeoutError, MalformedAnswerError.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        client: TunnelingClient,
        *,
        router: Router,
        clock: Clock,
        bus: SignalBus,
        answer_within: Callable[[], float],
    ) -> None:
        self._endpoint = endpoint
        self._client = client
        self._router = router
        self._questions = Questions(router.exchange, TUNNELING_CLUSTER, unasked=_UNASKED)
        self._clock = clock
        self._answer_within = answer_within
        self._listings: dict[tuple[Eui64, int], asyncio.Future[Sequence[tuple[int, int]]]] = {}
        bus.listen(TunnelProtocolsListed, self._on_listed)
        bus.listen(NetworkTimeSet, lambda signal: client.time_was_set(round(signal.step)))
        bus.listen(DeviceRemoved, lambda gone: self.carry_out(client.device_gone(gone.device)))

    @property
    def tunnels(self) -> Sequence[Tunnel]:
        """All open tunnels, in the order in which they were opened."""
        return self._client.tunnels

    def carry_out(self, outcome: Outcome) -> None:
        """Do what the client wants done."""
        self._router.carry_out(self._endpoint, self._client, outcome)

    async def protocols(self, server: Peer) -> Sequence[tuple[int, int]]:
        """Return all that a server speaks, as pairs of manufacturer and protocol (TUN-6)."""
        place = (server.device, server.endpoint)
        if place in self._listings:
            raise RequestError(f"{server.device} is being asked for its protocols already")
        listed = self._listings[place] = asyncio.get_running_loop().create_future()
        [question] = self._client.ask_protocols(server).sendings
        try:
            await self._questions.ask(question, SupportedTunnelProtocolsResponseRecord)
            return await self._clock.within(self._answer_within(), listed)
        finally:
            del self._listings[place]
            self._client.end_listing(server)

    async def open(
        self, server: Peer, protocol: TunnelProtocol, *, flow_control: bool
    ) -> RequestTunnelResponseRecord:
        """Ask for a tunnel; return what the server answers (TUN-1).

        FullError where there are too many, RequestError while it is being asked for another.
        """
        [question] = self._client.request(server, protocol, flow_control=flow_control).sendings
        try:
            return await self._questions.ask(question, RequestTunnelResponseRecord)
        finally:
            self._client.give_up(server)

    async def send(self, device: Eui64, tunnel_id: int, data: bytes) -> Sent:
        """Send octets; NoTunnelError, FullError for more than the other end takes at once."""
        tunnel = self._client.tunnel_of(device, tunnel_id)
        now = zigbee_time(self._clock.utc())
        [command] = self._client.send(tunnel.peer, tunnel_id, data, now).sendings
        try:
            answer = await self._questions.confirm(
                command, TransferDataErrorToClientRecord, AckTransferDataToClientRecord
            )
        except DeliveryError:
            tunnel.come_back(len(data))
            raise
        status, reason = _made_of(answer)
        return Sent(status, reason, tunnel.peer_room if self._is_open(tunnel) else 0)

    async def close(self, device: Eui64, tunnel_id: int) -> int:
        """Close a tunnel, also where the server does not hear of it; NoTunnelError.

        Returns the ZCL status of the server's answer.
        """
        outcome = self._client.close(self._client.tunnel_of(device, tunnel_id).peer, tunnel_id)
        [command] = outcome.sendings
        self.carry_out(Outcome(signals=outcome.signals))
        return await self._questions.confirm(command)

    def _is_open(self, tunnel: Tunnel) -> bool:
        return any(tunnel is other for other in self.tunnels)

    # ------------------------------------------------------------------ what comes

    def _on_listed(self, signal: TunnelProtocolsListed) -> None:
        listing = self._listings.get((signal.device, signal.endpoint))
        if listing is not None and not listing.done():
            listing.set_result(signal.protocols)


def _made_of(answer: Record | int) -> tuple[int, str]:
    """Return what a server made of octets, as a ZCL status and in words."""
    if isinstance(answer, int):
        return (
            answer,
            "" if answer == Status.SUCCESS else f"the server answered {status_name(answer)}",
        )
    if not isinstance(answer, TransferDataErrorToClientRecord):
        return Status.SUCCESS, ""
    number = answer.transfer_data_status
    known = {int(kind): told for kind, told in _REFUSALS.items()}
    return known.get(number, (Status.FAILURE, f"the server answered 0x{number:02X}"))
