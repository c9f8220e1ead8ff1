"""Bring the events of a server to its clients, and again to those who missed them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
import logging
from typing import Any, Generic, Protocol

from typing_extensions import override
import zigpy.types as t
from zigpy.zcl.foundation import CommandSchema, Status

from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import (
    AnswerTimeoutError,
    DeliveryError,
    DuplicateError,
    RequestError,
)
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.clusters.cluster import Outcome
from sebridge.clusters.delivery import Deliveries
from sebridge.clusters.endpoint import Endpoint, Router
from sebridge.clusters.event_cluster import R
from sebridge.clusters.event_server import EventServer
from sebridge.clusters.signals import EventHeard, EventsChanged, KeyEstablished
from sebridge.devices.peer import Peer
from sebridge.devices.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceRemoved,
    DeviceUpdated,
)

_LOGGER = logging.getLogger(__name__)

_AT_ONCE = 8  # transmissions under way at the same time


class Peers(Protocol):
    """Which remote endpoints have the client side of a cluster, on devices that are there."""

    def clients(self, cluster_id: int) -> Sequence[Peer]:
        """Return them."""


@dataclass(frozen=True, slots=True)
class Created(Generic[R]):
    """What became of creating an event: a reason only where the status is not SUCCESS."""

    status: Status
    record: R
    devices: Sequence[t.EUI64] = ()
    reason: str = ""


class EventPublisher(Service, Generic[R]):
    """Takes events for a server, and sends each to every client until it is acknowledged.

    Each goes out once as unicast (GEN-13). `interval` is
    SE_Server.event_retransmission_check_interval, `patience` the seconds given to one transmission
    (Conversation.TX_status_timeout), `woken` is called when the schedule has changed.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        server: EventServer[R],
        router: Router,
        peers: Peers,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self.interval: Callable[[], float] = lambda: 60.0
        self.patience: Callable[[], float] = lambda: 10.0
        self.woken: Callable[[], None] = lambda: None
        self._endpoint = endpoint
        self._server = server
        self._router = router
        self._peers = peers
        self._clock = clock
        known = server.schedule.not_ended(zigbee_time(clock.utc()))
        self._deliveries = Deliveries(event.event_id for event in known)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        bus.listen(EventHeard, self._on_heard)
        bus.listen(EventsChanged, self._on_change)
        bus.listen(DeviceActive, lambda signal: self._on_active(signal.device))
        bus.listen(KeyEstablished, lambda signal: self._on_active(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self._on_active(signal.device))
        bus.listen(DeviceInactive, lambda signal: self._deliveries.forget(signal.device))
        bus.listen(DeviceRemoved, lambda signal: self._deliveries.forget(signal.device))

    def valid(self) -> list[R]:
        """Return the events in force and to come."""
        return self._server.valid(zigbee_time(self._clock.utc()))

    async def create(self, record: R) -> Created[R]:
        """Take an event, and send it to all clients."""
        now = zigbee_time(self._clock.utc())
        try:
            stored, outcome = self._server.add(record, now)
        except DuplicateError as error:
            return Created(Status.DUPLICATE_EXISTS, record, reason=str(error))
        except RequestError as error:
            return Created(Status.INVALID_FIELD, record, reason=str(error))
        self._changed(outcome)
        devices = await self.publish(self._server.identifier(stored))
        return Created(Status.SUCCESS, stored, devices)

    async def cancel(self, event_id: int, at: int, command: CommandSchema) -> list[t.EUI64]:
        """Take an event back at a time (seconds since 2000, 0 = now), and tell all clients."""
        self._changed(self._server.cancel(event_id, at, zigbee_time(self._clock.utc())))
        return await self.tell_all(command)

    async def cancel_all(self, command: CommandSchema | None) -> list[t.EUI64]:
        """Take all events back, and tell all clients if there is a command that says so."""
        self._changed(self._server.cancel_all(zigbee_time(self._clock.utc())))
        return [] if command is None else await self.tell_all(command)

    def _changed(self, outcome: Outcome) -> None:
        self._router.carry_out(self._endpoint, self._server, outcome)
        self.woken()

    async def publish(self, event_id: int) -> list[t.EUI64]:
        """Send an event to all clients now; return the devices that took it."""
        peers = self._peers.clients(self._server.cluster_id)
        reached = await asyncio.gather(*(self._bring(peer, [event_id]) for peer in peers))
        return _devices(peer for peer, taken in zip(peers, reached, strict=True) if taken)

    async def tell_all(self, record: CommandSchema) -> list[t.EUI64]:
        """Send a command, such as a cancellation, to all clients; return who took it."""
        peers = self._peers.clients(self._server.cluster_id)
        reached = await asyncio.gather(*(self._send(peer, record) for peer in peers))
        return _devices(peer for peer, taken in zip(peers, reached, strict=True) if taken)

    @override
    async def run(self) -> None:
        """Look now and then for clients that lack an event."""
        while True:
            await self._clock.sleep(self.interval())
            await self._catch_up(self._peers.clients(self._server.cluster_id))

    async def _catch_up(self, peers: Sequence[Peer]) -> None:
        missing = self._deliveries.missing(peers)
        await asyncio.gather(
            *(self._bring(peer, self._by_start(event_ids)) for peer, event_ids in missing)
        )

    def _by_start(self, event_ids: Sequence[int]) -> list[int]:
        events = [self._server.schedule.get(event_id) for event_id in event_ids]
        known = sorted((event.start, event.event_id) for event in events if event is not None)
        return [event_id for _, event_id in known]

    async def _bring(self, peer: Peer, event_ids: Sequence[int]) -> bool:
        """Send events in their order; say whether the peer took all of them."""
        for event_id in event_ids:
            event, now = self._server.schedule.get(event_id), zigbee_time(self._clock.utc())
            if event is None or (event.due is not None and event.due <= now):
                continue
            record = self._server.publication(event, now)
            if not await self._send(peer, record):
                return False
            if self._server.awaits_answer(event):
                self._deliveries.taken(event_id, peer.device, peer.endpoint)
            else:
                self._deliveries.heard(event_id, peer.device, peer.endpoint)
        return True

    async def _send(self, peer: Peer, record: CommandSchema) -> bool:
        async with self._slots:
            try:
                await self._clock.within(
                    self.patience(), self._router.send(self._endpoint, self._server, peer, record)
                )
            except (DeliveryError, AnswerTimeoutError) as error:
                _LOGGER.info("%s did not take %s: %s", peer.device, type(record).__name__, error)
                return False
        return True

    def _on_heard(self, signal: EventHeard) -> None:
        if signal.cluster_id == self._server.cluster_id:
            for event_id in signal.event_ids:
                if self._server.schedule.get(event_id) is not None:  # a client may name any number
                    self._deliveries.heard(event_id, signal.device, signal.endpoint)

    def _on_change(self, signal: EventsChanged) -> None:
        if signal.cluster_id == self._server.cluster_id:
            for event_id in signal.over:
                self._deliveries.over(event_id)
            for event_id in signal.added:
                self._deliveries.begin(event_id)

    def _on_active(self, device: t.EUI64) -> None:
        peers = [p for p in self._peers.clients(self._server.cluster_id) if p.device == device]
        if peers:
            self.spawn(self._catch_up(peers), f"bring events to {device}")


def _devices(peers: Any) -> list[t.EUI64]:
    return list(dict.fromkeys(peer.device for peer in peers))
