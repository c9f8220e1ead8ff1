"""Servers and clients as the rules see them, and a small house with a router."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from typing_extensions import override

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.client import DrlcClient, LoadControlMemory, LoadControlSettings
from sebridge.features.load_control.records import (
    CancelLoadControlEventRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
)
from sebridge.features.load_control.server import DrlcServer
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.records import DisplayMessageRecord
from sebridge.features.messaging.server import MessagingServer
from sebridge.features.price.client import PriceClient
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.server import PriceServer
from sebridge.features.price.value_service import PriceValueService
from sebridge.gateway.cluster import LocalCluster, Outcome
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.client_delivery import DeliveryMeans
from sebridge.gateway.events.event_cluster import EventCluster
from sebridge.gateway.events.new_events import EventIds
from sebridge.gateway.events.server_service import EventServerService
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import MOST_EVENTS, Schedule
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE
from sebridge.zcl.status import Status
from tests.gateway.radio_side import (
    NOW,
    RecordingSender,
    Trust,
    always,
    command,
    heard,
    peer,
    unsigned,
)

RECEIVED, STARTED, COMPLETED, OUT, IN, CANCELLED, SUPERSEDED = range(1, 8)
PARTLY_OUT, PARTLY_IN, NO_PARTICIPATION = 8, 9, 10
BAD_CANCEL, BAD_CANCEL_TIME, EXPIRED, UNKNOWN, REJECTED = 0xF8, 0xF9, 0xFB, 0xFD, 0xFE
A, B = 1, 2
FIRST, SECOND = peer(1), peer(2)
"""Two energy service interfaces."""


# ------------------------------------------------------------------ records


def price(event_id: int, start: float = 0, minutes: int = 60, **more: Any) -> PublishPriceRecord:
    """Return a price that starts at a minute after NOW."""
    given: dict[str, Any] = {"start_time": NOW + int(60 * start), "price": 25} | more
    return PublishPriceRecord(issuer_event_id=event_id, duration_in_minutes=minutes, **given)


def load(event_id: int, start: float, minutes: int, **more: Any) -> LoadControlEventRecord:
    """Return a load-control event at a minute after NOW; nothing is randomised."""
    given: dict[str, Any] = {"event_control": 0, "start_time": NOW + int(60 * start)} | more
    return LoadControlEventRecord(issuer_event_id=event_id, duration_in_minutes=minutes, **given)


def cancel(event_id: int, **more: Any) -> CancelLoadControlEventRecord:
    """Return the cancellation of a load-control event, now and without randomisation."""
    return CancelLoadControlEventRecord(issuer_event_id=event_id, **{"cancel_control": 0} | more)


def message(message_id: int, text: str = "Hello", **more: Any) -> DisplayMessageRecord:
    """Return a message that is shown for an hour and asks to be confirmed."""
    given = {"duration_in_minutes": 60, "message_control": 0x80} | more
    return DisplayMessageRecord(message_id=message_id, message=text, **given)


# ------------------------------------------------------------------ clusters


def price_server(most: int = MOST_EVENTS) -> PriceServer:
    return PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, {}, most))


def price_client(
    most: int = MOST_EVENTS, time_is_known: Callable[[], bool] = always
) -> PriceClient:
    return PriceClient(9, Schedule(Policy.PRICE, {}, most), time_is_known=time_is_known)


def load_server() -> DrlcServer:
    return DrlcServer(SE_ENDPOINT, Schedule(Policy.LOAD_CONTROL, {}), verify=unsigned)


def message_server() -> MessagingServer:
    return MessagingServer(SE_ENDPOINT, Schedule(Policy.MESSAGE, {}), longest_frame=lambda: 75)


def message_client(**more: Any) -> MessagingClient:
    return MessagingClient(9, Schedule(Policy.MESSAGE, {}), time_is_known=always, **more)


def hears(
    cluster: LocalCluster, record: Record, minute: float = 0, source: Peer = FIRST
) -> Outcome:
    """Let a cluster receive a command at a minute after NOW."""
    return cluster.receive(command(record, NOW + int(60 * minute), source))


def ids(cluster: EventCluster[Any], minute: float = 0) -> list[int]:
    """Return the ids of the events in force at a minute after NOW."""
    records = cluster.active(NOW + int(60 * minute))
    return sorted(int(getattr(r, "issuer_event_id", getattr(r, "message_id", 0))) for r in records)


def listed(cluster: EventCluster[Any], minute: float = 0) -> list[int]:
    """Return the ids of the events in force and to come, in their order."""
    records = cluster.valid(NOW + int(60 * minute))
    return [int(getattr(r, "issuer_event_id", getattr(r, "message_id", 0))) for r in records]


class Always(Random):
    """Draws the largest delay, so that a test knows it."""

    @override
    def randint(self, a: int, b: int) -> int:
        del a
        return b


class LoadDevice:
    """A load-control client, and what it reported: minutes from NOW, event, status."""

    def __init__(
        self,
        settings: LoadControlSettings | None = None,
        random: Random | None = None,
        most: int = MOST_EVENTS,
        *,
        opts_out: bool = False,
    ) -> None:
        self.opts_out = opts_out
        self.memory = LoadControlMemory()
        self.store: dict[int, Any] = {}
        self.settings, self.random, self.most = settings, random, most
        self.reports: list[tuple[float, int, int]] = []
        self.told: list[tuple[Peer | None, int]] = []
        self.now = NOW
        self.restart()

    def restart(self) -> None:
        """Lose all but what is power-safe."""
        schedule = Schedule[LoadControlEventRecord](Policy.LOAD_CONTROL, self.store, self.most)
        settings, random = self.settings or LoadControlSettings(), self.random or Random(0)
        self.client = DrlcClient(
            9,
            schedule,
            settings,
            random,
            self.memory,
            time_is_known=always,
            opts_out=lambda _record: self.opts_out,
        )

    def at(self, minute: float) -> "LoadDevice":
        """Let time pass, change by change, as the runner does."""
        target = NOW + int(60 * minute)
        while (due := self.client.next_change(self.now)) is not None and due <= target:
            self.now = max(due, self.now)
            self._note(self.client.advance(self.now), None)
        self.now = target
        return self

    def hears(self, record: Record, source: Peer = FIRST) -> Outcome:
        return self._note(self.client.receive(command(record, self.now, source)), source)

    def chooses(self, event_id: int, *, out: bool) -> None:
        self._note(self.client.choose(event_id, self.now, out=out), None)

    def obeyed(self) -> list[int]:
        return [int(record.issuer_event_id) for record in self.client.obeyed(self.now)]

    def statuses(self, event_id: int = A) -> list[int]:
        return [status for _, event, status in self.reports if event == event_id]

    def _note(self, outcome: Outcome, source: Peer | None) -> Outcome:
        own: list[tuple[Peer | None, Record]] = [(source, r) for r in outcome.answers]
        own += [(sending.peer, sending.record) for sending in outcome.sendings]
        for who, record in own:
            assert isinstance(record, ReportEventStatusRecord)
            minute = (int(record.event_status_time) - NOW) / 60
            self.reports.append((minute, int(record.issuer_event_id), int(record.event_status)))
            self.told.append((who, int(record.event_status)))
        return outcome


# ------------------------------------------------------------------ a house with a router


class Directory:
    """The clients that are there."""

    def __init__(self) -> None:
        self.peers: list[Peer] = []

    def clients(self, cluster_id: int) -> Sequence[Peer]:
        del cluster_id
        return list(self.peers)


class House:
    """One cluster of ours on its endpoint, and the air as it hears and fills it."""

    def __init__(
        self, cluster: LocalCluster, sender: RecordingSender, clock: VirtualClock, bus: SignalBus
    ) -> None:
        self.cluster, self.sender, self.clock, self.bus = cluster, sender, clock, bus
        self.endpoint = Endpoint(SE_ENDPOINT, SE_PROFILE, 0x0500, (cluster,))
        self.trust = Trust()
        exchange = self.trust.exchange(sender, clock)
        self.router = self.trust.router([self.endpoint], exchange, clock, bus)
        self.gate = self.trust.gate(self.router, clock, bus)
        self.directory = Directory()
        self.woken = 0

    @property
    def now(self) -> int:
        return zigbee_time(self.clock.utc())

    @property
    def means(self) -> DeliveryMeans:
        """What the service of a server needs."""
        return DeliveryMeans(
            router=self.router,
            peers=self.directory,
            clock=self.clock,
            bus=self.bus,
            interval=lambda: 60.0,
            patience=lambda: 10.0,
            woken=self._wake,
            ids=EventIds({}),
            most_days_ahead=lambda: 400,
        )

    def service(self) -> EventServerService[Any]:
        server: Any = self.cluster
        return EventServerService(self.endpoint, server, self.means)

    def value_service(self, server: PriceServer) -> PriceValueService:
        return PriceValueService(self.endpoint, server, self.means)

    def _wake(self) -> None:
        self.woken += 1

    async def hears(self, frame: Frame, **more: Any) -> None:
        self.gate.received(heard(frame, self.cluster.cluster_id, **more))
        await self.clock.settle()

    def refusals(self) -> list[Status]:
        return [Status(status) for _, status in self.sender.statuses()]
