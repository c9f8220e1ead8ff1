"""The service of an event client: asks the servers of the network for their events."""

import asyncio
from collections.abc import Callable, Sequence
import logging
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import AnswerTimeoutError, DeliveryError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.event_cluster import EventCluster, R
from sebridge.gateway.router import Router
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.network.signals import (
    DeviceActive,
    DeviceUpdated,
    KeyEstablished,
    NetworkTimeSet,
    PartnerKeyGranted,
)

_LOGGER = logging.getLogger(__name__)

C = TypeVar("C", bound=EventCluster[Any])

_GREAT_STEP: Final = 60.0  # seconds: within them a clock counts as right (TIME-5)


class Servers(Protocol):
    """Which remote endpoints have the server side of a cluster, on devices that are there."""

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        """Return them."""


class Binder(Protocol):
    """Who can make a device send what its cluster has to tell to the gateway."""

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Return the ZDO status; raise DeliveryError or AnswerTimeoutError."""


class EventClientService(Service, Generic[R, C]):
    """Keeps a client cluster's events complete: every server that appears is asked for its own.

    It is bound to us, too: some servers publish to those who are bound to them, and to no others.

    `patience` is the seconds given to one transmission (Conversation.TX_status_timeout), `woken` is
    called when the schedule has changed. Nobody is asked by itself before `time_is_known`, as the
    answers could not be scheduled (GEN-7, NET-3).
    """

    questions: ClassVar[Sequence[Record]]
    """What a new server is asked."""

    def __init__(
        self,
        endpoint: Endpoint,
        cluster: C,
        *,
        router: Router,
        servers: Servers,
        binder: Binder,
        clock: Clock,
        bus: SignalBus,
        patience: Callable[[], float],
        woken: Callable[[], None],
        time_is_known: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._patience = patience
        self._woken = woken
        self._time_is_known = time_is_known
        self._endpoint = endpoint
        self._cluster = cluster
        self._router = router
        self._servers = servers
        self._binder = binder
        self._clock = clock
        self._asked: set[tuple[Eui64, int]] = set()
        bus.listen(DeviceActive, lambda signal: self._on_server(signal.device, again=True))
        bus.listen(DeviceUpdated, lambda signal: self._on_server(signal.device, again=False))
        bus.listen(KeyEstablished, lambda signal: self._on_server(signal.device, again=True))
        bus.listen(PartnerKeyGranted, lambda signal: self._on_server(signal.device, again=True))
        bus.listen(NetworkTimeSet, self._on_time)

    @override
    async def run(self) -> None:
        """Ask who is there already, which is so when the client is added to a running gateway."""
        for peer in self._servers.servers(self._cluster.cluster_id):
            self._on_server(peer.device, again=False)
        await super().run()

    def valid(self) -> list[R]:
        """Return the events in force and to come."""
        return self._cluster.valid(self._now)

    def active(self) -> list[R]:
        """Return the events in force."""
        return self._cluster.active(self._now)

    async def ask(self, question: Record) -> list[Eui64]:
        """Send a question to every active server; return the devices that took it."""
        peers = self._servers.servers(self._cluster.cluster_id)
        taken = await asyncio.gather(*(self._send(peer, question) for peer in peers))
        reached = (peer.device for peer, took in zip(peers, taken, strict=True) if took)
        return list(dict.fromkeys(reached))

    def clear(self) -> None:
        """Forget all events here; the servers keep theirs and are not told."""
        self._changed(self._cluster.clear(self._now))

    def carry_out(self, outcome: Outcome) -> None:
        """Do what the cluster wants done."""
        self._router.carry_out(self._endpoint, self._cluster, outcome)

    def _changed(self, outcome: Outcome) -> None:
        self.carry_out(outcome)
        self._woken()

    def _on_time(self, signal: NetworkTimeSet) -> None:
        """Ask for what was not asked for, or judged by a wrong time."""
        if signal.first or abs(signal.step) >= _GREAT_STEP:
            for peer in self._servers.servers(self._cluster.cluster_id):
                self.spawn(self._ask_all(peer), f"ask {peer.device}")

    def _on_server(self, device: Eui64, *, again: bool) -> None:
        if not self._time_is_known():
            return
        for peer in self._servers.servers(self._cluster.cluster_id):
            place = (peer.device, peer.endpoint)
            if peer.device == device and (again or place not in self._asked):
                self._asked.add(place)
                self.spawn(self._bind(peer), f"bind {device}")
                self.spawn(self._ask_all(peer), f"ask {device}")

    async def _bind(self, peer: Peer) -> None:
        """Have a server publish to us; where it cannot, the questions are all there is."""
        place = (self._cluster.cluster_id, self._endpoint.endpoint_id)
        try:
            status = await self._binder.bind(peer, *place)
        except (DeliveryError, AnswerTimeoutError) as error:
            _LOGGER.info("%s is not bound for cluster 0x%04X: %s", peer.device, place[0], error)
            return
        if status:
            words = "%s refuses to be bound for cluster 0x%04X: ZDO status 0x%02X"
            _LOGGER.info(words, peer.device, place[0], status)

    async def _ask_all(self, peer: Peer) -> None:
        """Ask a server all questions, one after the other, as long as it takes them."""
        for question in self.questions:
            if not await self._send(peer, question):
                return

    async def _send(self, peer: Peer, record: Record) -> bool:
        sending: Any = self._router.send(self._endpoint, self._cluster, peer, record)
        try:
            await self._clock.within(self._patience(), sending)
        except (DeliveryError, AnswerTimeoutError) as error:
            _LOGGER.info("%s did not take %s: %s", peer.device, type(record).__name__, error)
            return False
        return True

    @property
    def _now(self) -> int:
        return zigbee_time(self._clock.utc())
