"""Bring what a server has to say to its clients, and again to those who missed it."""

from abc import abstractmethod
import asyncio
from collections.abc import Callable, Sequence
import logging
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import (
    AnswerTimeoutError,
    DeliveryError,
    DuplicateError,
    RequestError,
    UnknownEventError,
)
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.delivery import Deliveries, K
from sebridge.gateway.events.new_events import EventIds, check_near
from sebridge.gateway.router import Router
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceRemoved,
    DeviceUpdated,
    KeyEstablished,
)
from sebridge.network.turns import Turns
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.status import Status

_LOGGER = logging.getLogger(__name__)

_AT_ONCE: Final = 8  # transmissions under way at the same time
_MOST_WAITING: Final = 4096  # for one client: more events than are kept

R = TypeVar("R", bound=Record)


class Peers(Protocol):
    """Which remote endpoints have the client side of a cluster, on devices that are there."""

    def clients(self, cluster_id: int) -> Sequence[Peer]:
        """Return them."""


class Created(msgspec.Struct, Generic[R], frozen=True):
    """What became of creating something: `reason` says why the status is not SUCCESS.

    With SUCCESS it says what is odd about what was created, if anything.
    """

    status: Status
    record: R
    devices: Sequence[Eui64] = ()
    reason: str = ""


def refused(record: R, error: RequestError) -> Created[R]:
    """Return that something was not created, and why."""
    told = isinstance(error, (DuplicateError, UnknownEventError))
    return Created(zcl_status(error) if told else Status.INVALID_FIELD, record, reason=str(error))


class Publication(msgspec.Struct, frozen=True):
    """The command that brings something to a client, and whether the client has to answer it."""

    record: Record
    awaits_answer: bool = False


class DeliveryMeans(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes to bring things to clients, the same for every server of an endpoint.

    `interval` is SE_Server.event_retransmission_check_interval, `patience` the seconds given to one
    transmission (Conversation.TX_status_timeout), `woken` is called when what is scheduled has
    changed. What a caller gives without an identifier gets one of `ids`, and may start no later
    than `most_days_ahead` (SE_Server.most_days_ahead) from now.
    """

    router: Router
    peers: Peers
    clock: Clock
    bus: SignalBus
    interval: Callable[[], float]
    patience: Callable[[], float]
    woken: Callable[[], None]
    ids: EventIds
    most_days_ahead: Callable[[], int]


class ClientDelivery(Service, Generic[K]):
    """Sends each thing that a server has to say to every client until it is acknowledged.

    Each goes out once as unicast (GEN-13).
    """

    def __init__(self, endpoint: Endpoint, cluster: LocalCluster, means: DeliveryMeans) -> None:
        super().__init__()
        self._ids = means.ids
        self._most_days_ahead = means.most_days_ahead
        self._interval = means.interval
        self._patience = means.patience
        self._woken = means.woken
        self._deliveries: Deliveries[K] = Deliveries()
        self._endpoint = endpoint
        self._cluster = cluster
        self._router = means.router
        self._peers = means.peers
        self._clock = means.clock
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._turns = Turns(_MOST_WAITING)
        bus = means.bus
        bus.listen(DeviceActive, lambda signal: self._on_active(signal.device))
        bus.listen(KeyEstablished, lambda signal: self._on_active(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self._on_active(signal.device))
        bus.listen(DeviceInactive, lambda signal: self._deliveries.forget(signal.device))
        bus.listen(DeviceRemoved, lambda signal: self._deliveries.forget(signal.device))

    @abstractmethod
    def publication(self, key: K) -> Publication | None:
        """Return what brings a thing to a client at this moment; None when it is over."""

    @abstractmethod
    def in_order(self, keys: Sequence[K]) -> list[K]:
        """Return what is still there of these things, in the order in which it is to be sent."""

    async def publish(self, key: K) -> list[Eui64]:
        """Send a thing to all clients now; return the devices that took it."""
        peers = self._peers.clients(self._cluster.cluster_id)
        reached = await asyncio.gather(*(self._bring(peer, [key]) for peer in peers))
        return _devices(peer for peer, taken in zip(peers, reached, strict=True) if taken)

    async def tell_all(self, record: Record) -> list[Eui64]:
        """Send a command, such as a cancellation, to all clients; return who took it."""
        peers = self._peers.clients(self._cluster.cluster_id)
        reached = await asyncio.gather(*(self._send(peer, record) for peer in peers))
        return _devices(peer for peer, taken in zip(peers, reached, strict=True) if taken)

    def heard(self, key: K, peer: Peer) -> None:
        """Note that a client has a thing, as it acknowledged it."""
        self._deliveries.heard(key, peer.device, peer.endpoint)

    def taken(self, key: K, peer: Peer) -> None:
        """Note that a client took a thing that it has to acknowledge."""
        self._deliveries.taken(key, peer.device, peer.endpoint)

    @override
    async def run(self) -> None:
        """Look now and then for clients that lack something."""
        while True:
            await self._clock.sleep(self._interval())
            await self._catch_up(self._peers.clients(self._cluster.cluster_id))

    def check_near(self, name: str, moment: int) -> None:
        """Raise InvalidFieldError for a time that is too far ahead; `name` is that of its field."""
        check_near(name, moment, self._now, self._most_days_ahead())

    @property
    def _now(self) -> int:
        return zigbee_time(self._clock.utc())

    async def _catch_up(self, peers: Sequence[Peer]) -> None:
        missing = self._deliveries.missing(peers)
        await asyncio.gather(*(self._bring(peer, self.in_order(keys)) for peer, keys in missing))

    async def _bring(self, peer: Peer, keys: Sequence[K]) -> bool:
        """Send things in their order; say whether the peer took all of them."""
        for key in keys:
            publication = self.publication(key)
            if publication is None:
                continue
            if not await self._send(peer, publication.record):
                return False
            if publication.awaits_answer:
                self.taken(key, peer)
            else:
                self.heard(key, peer)
        return True

    async def _send(self, peer: Peer, record: Record) -> bool:
        try:
            # one after the other to each, so that a slow one holds no slots of the others
            async with self._turns.of(peer.device), self._slots:
                await self._clock.within(
                    self._patience(), self._router.send(self._endpoint, self._cluster, peer, record)
                )
        except (DeliveryError, AnswerTimeoutError) as error:
            _LOGGER.info("%s did not take %s: %s", peer.device, type(record).__name__, error)
            return False
        return True

    def _on_active(self, device: Eui64) -> None:
        peers = [p for p in self._peers.clients(self._cluster.cluster_id) if p.device == device]
        if peers:
            self.spawn(self._catch_up(peers), f"bring events to {device}")


def _devices(peers: Any) -> list[Eui64]:
    return list(dict.fromkeys(peer.device for peer in peers))
