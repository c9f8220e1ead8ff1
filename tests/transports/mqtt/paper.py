"""A broker of paper: what is said to it is written down."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
import json
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.signals import SignalBus
from sebridge.feature import Role
from sebridge.gateway.reporting.expiry import Expiry
from sebridge.network.device_options import DEFAULT_OPTIONS, DeviceOptions
from sebridge.rpc.message import Caller, Request, Response
from sebridge.rpc.quota import Quota
from sebridge.transports.mqtt.inbox import Inbox
from sebridge.transports.mqtt.messages import Message, matches
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from sebridge.transports.mqtt.rpc_server import MqttRpcServer
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics


class PaperBroker:
    """Keeps what is published, and hands over what a test says."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.lifetimes: dict[str, int | None] = {}
        self.said: list[tuple[str, bytes]] = []
        self.correlations: list[bytes | None] = []
        self.publications = 0
        self.takes_answers = True  # at once; otherwise when it is told to
        self.unsent_answers = 0
        self.reconnects = 0
        self._taken = asyncio.Event()
        self._handlers: list[tuple[str, Callable[[Message], object]]] = []

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        if not retain:
            self.said.append((topic, payload))
            return
        if only_if_changed and self.kept.get(topic) == payload:
            return
        self.publications += 1
        self.kept[topic] = payload

    def expire(self, topic: str, after: int | None) -> None:
        self.lifetimes[topic] = after

    def stream(self, topic: str, payload: bytes) -> None:
        self.said.append((topic, payload))

    def respond(self, topic: str, payload: bytes, *, correlation: bytes | None) -> None:
        self.said.append((topic, payload))
        self.correlations.append(correlation)
        self.unsent_answers += not self.takes_answers

    async def until_answers_are_sent(self, most: int) -> None:
        while self.unsent_answers > most:
            self._taken.clear()
            await self._taken.wait()

    def reconnect(self) -> None:
        self.reconnects += 1

    def take_answers(self) -> None:
        """Acknowledge all that was answered, as a broker that was slow."""
        self.unsent_answers = 0
        self._taken.set()

    def forget(self, branch: str) -> None:
        for topic in list(self.kept):
            if topic == branch or topic.startswith(f"{branch}/"):
                del self.kept[topic]

    def forget_others(self, is_wanted: Callable[[str], bool]) -> None:
        self.kept = {topic: last for topic, last in self.kept.items() if is_wanted(topic)}

    def kept_below(self, branch: str) -> list[str]:
        return [t for t in self.kept if t == branch or t.startswith(f"{branch}/")]

    def subscribe(self, topic_filter: str, handler: Callable[[Message], object]) -> None:
        self._handlers.append((topic_filter, handler))

    def bring(self, topic: str, payload: bytes | str = b"", **more: Any) -> None:
        """Hand a message over as a broker would."""
        octets = payload.encode() if isinstance(payload, str) else payload
        self.deliver(Message(topic, octets, **more))

    def deliver(self, message: Message) -> list[object]:
        """Hand a message over; return what its handlers return."""
        return [
            handler(message)
            for topic_filter, handler in self._handlers
            if matches(topic_filter, message.topic)
        ]

    def json(self, topic: str) -> Any:
        """Return what is kept on a topic."""
        return json.loads(self.kept[topic])

    def answers(self) -> list[tuple[str, Any]]:
        """Return all that was streamed."""
        return [(topic, json.loads(payload)) for topic, payload in self.said]

    def answer(self) -> Any:
        """Return the one answer."""
        ((_, body),) = self.answers()
        return body


async def _at_once() -> None:
    """Memory is as durable as the test."""


def rpc_server(
    broker: PaperBroker,
    answer: Callable[[Request, Caller], Awaitable[Response]],
    answer_document: Callable[[bytes, Caller], Awaitable[bytes]],
    *,
    quota: Quota,
    clock: Clock,
    told: Callable[[Response], object] = lambda _response: None,
) -> MqttRpcServer:
    """Return a server of requests that keeps nothing longer than the test."""
    return MqttRpcServer(
        broker=broker,
        topics=Topics("sebridge", "home"),
        discovery_prefix="homeassistant",
        answer=lambda request, caller, _witness: answer(request, caller),
        answer_document=lambda document, caller, _witness: answer_document(document, caller),
        told=told,
        inbox=Inbox(requests={}, results={}),
        durable=_at_once,
        quota=quota,
        clock=clock,
    )


def outbox(
    store: MutableMapping[int, OutboxMessage] | None = None,
    *,
    answers: MutableMapping[int, OutboxMessage] | None = None,
    max_messages: int = 10_000,
    max_age: float = 604_800.0,
    earliest: float = 0.0,
) -> Outbox:
    """Return an outbox; without stores it is empty, and forgets at its end."""
    return Outbox(
        notifications={} if store is None else store,
        answers={} if answers is None else answers,
        max_messages=max_messages,
        max_age=max_age,
        earliest=earliest,
    )


def topic_host(
    bus: SignalBus,
    broker: PaperBroker,
    clock: Clock,
    kept: dict[str, dict[Any, Any]] | None = None,
    strangers: frozenset[Eui64] = frozenset(),
    expiry: Expiry = lambda *_attribute: None,
    options: Callable[[Eui64], DeviceOptions] = lambda _device: DEFAULT_OPTIONS,
) -> TopicHost:
    """Return what features keep their topics by, on a broker of paper; all clocks agree."""
    collections = {} if kept is None else kept
    return TopicHost(
        bus=bus,
        mqtt=broker,
        topics=Topics("sebridge", "home"),
        clock=clock,
        network_clock=clock,
        open_collection=lambda name, _key, _value: collections.setdefault(name, {}),
        knows=lambda device: device not in strangers,
        shows=Role.COORDINATOR.shows,
        default_prices={},
        expiry=expiry,
        options=options,
    )
