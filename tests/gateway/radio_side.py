"""What lies outside of the clusters: a radio that remembers, and frames as it hears them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from sebridge.app.clusters import CLUSTERS
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.gateway.admission import FrameStatistics, Gate, KeyTrust, Sender
from sebridge.gateway.cluster import Command
from sebridge.gateway.encryption import EncryptionRules
from sebridge.gateway.endpoint import Endpoint, LocalEndpoints
from sebridge.gateway.exchange import Exchange, Sender as Air
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.gateway.router import Router, at_once
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.zcl.frame import DEFAULT_RESPONSE, Frame
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE


def address(number: int) -> Eui64:
    return Eui64.parse(f"00:0d:6f:00:0a:00:00:{number:02x}")


def peer(number: int = 1, endpoint: int = 9, profile: int = SE_PROFILE) -> Peer:
    return Peer(address(number), endpoint, profile)


NOW = 363_096_000  # seconds since 2000


def command(
    record: Record, now: int = NOW, source: Peer | None = None, sequence: int = 7
) -> Command:
    return Command(source or peer(), SE_ENDPOINT, record, sequence, now)


class RecordingSender:
    """A radio's way out: when it `is_free`, keeps what is sent; silent devices do not answer."""

    def __init__(self) -> None:
        self.is_free = asyncio.Event()
        self.is_free.set()
        self.sent: list[Outgoing] = []
        self.silent: set[Eui64] = set()
        self.answer: Callable[[Outgoing], object] = lambda _frame: None

    async def send(self, frame: Outgoing) -> None:
        await self.is_free.wait()
        self.sent.append(frame)
        if frame.destination in self.silent:
            raise DeliveryError("no acknowledgement", 0xA7)
        self.answer(frame)

    @property
    def frames(self) -> list[Frame]:
        return [Frame.parse(outgoing.data) for outgoing in self.sent]

    def statuses(self) -> list[tuple[int, int]]:
        """Return command id and status of all default responses."""
        found = [
            f for f in self.frames if f.command_id == DEFAULT_RESPONSE and not f.cluster_specific
        ]
        return [(frame.payload[0], frame.payload[1]) for frame in found]

    def take(self) -> list[Frame]:
        """Return what was sent since the last time."""
        frames = self.frames
        self.sent.clear()
        return frames


def nobody_expects(_report: AttributesReported, _now: float) -> None:
    """Take no note of a report."""


class Trust:
    """What a gate goes by. As it is made, everybody is known, and has proved who he is."""

    def __init__(self) -> None:
        self.noted: list[Incoming] = []
        self.admitted = True
        self.serving: set[tuple[Eui64, int, int]] = set()  # endpoints without the client side
        self.demanded = True
        self.admits_report: Callable[[Eui64, float], bool] = lambda _device, _now: True
        self.proven: Callable[[Eui64], bool] = lambda _device: True
        self.profile: Callable[[Incoming], int | None] = lambda frame: frame.profile_id
        self.encryption = EncryptionRules()
        self.statistics = FrameStatistics()
        self.keys = KeyTrust(proof_required=True, holders=(self,), demanded=lambda: self.demanded)

    def is_established(self, device: Eui64) -> bool:
        return self.proven(device)

    def only_serves(self, device: Eui64, endpoint: int, cluster_id: int) -> bool:
        return (device, endpoint, cluster_id) in self.serving

    def sender(self, frame: Incoming) -> Sender:
        return Sender(self.admitted, self.profile(frame))

    def exchange(
        self, air: Air, clock: Clock, answer_within: float = 10.0, **more: Any
    ) -> Exchange:
        given: dict[str, Any] = {
            "encryption": self.encryption,
            "may_be_told": self.keys.may_be_told,
            "no_default_response": lambda: True,
        }
        return Exchange(air, clock, lambda: answer_within, **given | more)

    def router(
        self,
        endpoints: Iterable[Endpoint] | LocalEndpoints,
        exchange: Exchange,
        clock: Clock,
        bus: SignalBus,
        *,
        heard: Callable[[AttributesReported, float], object] = nobody_expects,
        durable: Callable[[], Awaitable[None]] = at_once,
    ) -> Router:
        if not isinstance(endpoints, LocalEndpoints):
            endpoints = LocalEndpoints(bus, endpoints)
        return Router(
            endpoints,
            exchange,
            clock,
            bus,
            network_time=lambda: zigbee_time(clock.utc()),
            admits_report=self.admits_report,
            heard=heard,
            statistics=self.statistics,
            durable=durable,
        )

    def gate(self, router: Router, clock: Clock, bus: SignalBus) -> Gate:
        return Gate(
            router,
            router.exchange,
            None,
            noted=self.noted.append,
            senders=self.sender,
            only_serves=self.only_serves,
            encryption=self.encryption,
            keys=self.keys,
            statistics=self.statistics,
            clock=clock,
            bus=bus,
        )


def unsigned(_device: Eui64, _message: bytes, _signature: bytes) -> bool:
    """Say that a device has not signed something."""
    return False


def heard(frame: Frame | bytes, cluster_id: int, **more: Any) -> Incoming:
    """Return a frame as the radio hears it: unicast, encrypted, from device 1."""
    given: dict[str, Any] = {
        "source": address(1),
        "source_nwk": 0x1234,
        "profile_id": SE_PROFILE,
        "cluster_id": cluster_id,
        "source_endpoint": 9,
        "destination_endpoint": SE_ENDPOINT,
        "data": frame if isinstance(frame, bytes) else frame.serialize(),
        "encrypted": True,
    }
    return Incoming(**given | more)


def _command_id(record: Record, *, from_server: bool) -> int:
    kinds = type(record).__mro__
    return next(
        command.command_id
        for cluster in CLUSTERS.values()
        for command in cluster.commands
        if command.from_server == from_server and command.record in kinds
    )


def question(record: Record, *, from_server: bool = False, **more: Any) -> Frame:
    """Return a command of a peer."""
    given: dict[str, Any] = {"sequence": 0x21, "payload": record.serialize()}
    number = _command_id(record, from_server=from_server)
    return Frame(number, cluster_specific=True, from_server=from_server, **given | more)


def always() -> bool:
    """Say yes: the time is known."""
    return True
