"""Client clusters with their services, and the two servers that they talk to."""

from collections.abc import Sequence
from random import Random
from typing import Any

from sebridge.base.addresses import Broadcast, Eui64, Group
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.client import DrlcClient, LoadControlSettings
from sebridge.features.load_control.client_service import LoadControlClientService
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.client_service import MessagingClientService
from sebridge.features.price.client import PriceClient
from sebridge.features.price.client_service import PriceClientService
from sebridge.gateway.endpoint import Endpoint
from sebridge.network.peer import Peer
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT, SE_PROFILE
from tests.gateway.radio_side import Trust

_FOR_PRICES = (0x00, 0x01)  # Get Current Price, Get Scheduled Prices
NEAR = Eui64.parse("00:0d:6f:00:00:00:00:01")
FAR = Eui64.parse("00:0d:6f:00:00:00:00:02")


class Outside:
    """The air, the directory and the listener for reports: all that lies outside of a service."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.silent: set[Eui64] = set()
        self.bound: list[tuple[Peer, int, int]] = []
        self.peers = [Peer(NEAR, 1, SE_PROFILE), Peer(FAR, 2, SE_PROFILE)]

    async def send(self, frame: Outgoing) -> None:
        if frame.destination in self.silent:
            raise DeliveryError("nobody is there")
        self.sent.append(frame)

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        del cluster_id
        return self.peers

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        self.bound.append((peer, cluster_id, local_endpoint))
        if peer.device in self.silent:
            raise AnswerTimeoutError("nobody answers")
        return int(peer.device == FAR)


class Clients:
    """The three client clusters with their services, and what lies outside of them."""

    def __init__(self, clock: VirtualClock, bus: SignalBus) -> None:
        self.clock = clock
        self.outside = Outside()
        self.time_is_known = True
        self.patience = 10.0
        self.woken = 0
        self.client = PriceClient(
            SE_ENDPOINT, Schedule(Policy.PRICE, {}), time_is_known=self._knows
        )
        self.messages = MessagingClient(
            SE_ENDPOINT,
            Schedule(Policy.MESSAGE, {}),
            pin=Secret(b"1234"),
            time_is_known=self._knows,
        )
        self.loads = DrlcClient(
            SE_ENDPOINT,
            Schedule(Policy.LOAD_CONTROL, {}),
            LoadControlSettings(),
            Random(1),
            time_is_known=self._knows,
        )
        clusters = (self.client, self.messages, self.loads)
        endpoint = Endpoint(SE_ENDPOINT, SE_PROFILE, 0x0502, clusters)
        trust = Trust()
        exchange = trust.exchange(self.outside, clock)
        self.router = trust.router([endpoint], exchange, clock, bus)
        self.gate = trust.gate(self.router, clock, bus)
        parts: dict[str, Any] = {
            "router": self.router,
            "servers": self.outside,
            "binder": self.outside,
            "clock": clock,
            "bus": bus,
            "patience": lambda: self.patience,
            "woken": self._wake,
            "time_is_known": self._knows,
        }
        self.price_service = PriceClientService(endpoint, self.client, **parts)
        self.message_service = MessagingClientService(endpoint, self.messages, **parts)
        self.load_service = LoadControlClientService(endpoint, self.loads, **parts)
        self.bus = bus

    def _knows(self) -> bool:
        return self.time_is_known

    def _wake(self) -> None:
        self.woken += 1

    @property
    def asked(self) -> list[Eui64 | Broadcast | Group]:
        """Who was asked for prices."""
        prices = [frame for frame in self.outside.sent if frame.cluster_id == PRICE]
        return [f.destination for f in prices if Frame.parse(f.data).command_id in _FOR_PRICES]

    def sent(self, cluster_id: int) -> list[tuple[Eui64 | Broadcast | Group, int, bytes]]:
        """Return whom which command went to, with its payload, since the last time."""
        frames = [frame for frame in self.outside.sent if frame.cluster_id == cluster_id]
        self.outside.sent.clear()
        parsed = [(frame.destination, Frame.parse(frame.data)) for frame in frames]
        return [(who, frame.command_id, frame.payload) for who, frame in parsed]

    def hear(
        self, cluster_id: int, payload: bytes, command_id: int = 0, source: Eui64 = NEAR
    ) -> None:
        frame = Frame(command_id, 1, payload, cluster_specific=True, from_server=True)
        self.gate.received(
            Incoming(
                source,
                0x1234,
                SE_PROFILE,
                cluster_id,
                1,
                SE_ENDPOINT,
                frame.serialize(),
                encrypted=True,
            )
        )
