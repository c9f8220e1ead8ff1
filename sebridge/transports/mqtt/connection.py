"""The bridge's connection to its broker: for ever, through every outage."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
import contextlib
from dataclasses import replace
import logging
import random
import ssl
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, ConfigError, StorageError
from sebridge.base.service import Service
from sebridge.settings.options import MqttOptions
from sebridge.transports.mqtt.flow import LAST_IDENTIFIER, Flow
from sebridge.transports.mqtt.link import Link, refusal
from sebridge.transports.mqtt.messages import Message, Reply
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from sebridge.transports.mqtt.stream import open_stream
from sebridge.transports.mqtt.subscriptions import Handler, Subscriptions
from sebridge.transports.mqtt.tls import tls_context
from sebridge.transports.mqtt.topics import Topics

_LOGGER = logging.getLogger(__name__)

ONLINE: Final = b"online"
OFFLINE: Final = b"offline"

_SHORTEST_PAUSE: Final = 1.0  # seconds before the first new attempt
_LONGEST_PAUSE: Final = 60.0
_CONNECTING: Final = 10.0  # seconds for host name, TCP and TLS
_FLUSHING: Final = 2.0  # seconds for what is under way, when we stop
_FAREWELL: Final = LAST_IDENTIFIER + 1  # the packet identifier of our last `offline`
_REFUSALS: Final = 0x80  # MQTT 5's reason codes from here on
_PARTING: Final = 1.0  # seconds for each step of a goodbye
_SETTLED: Final = 30.0  # seconds after which a link is a good one; others are tried less often


class Connection(Service):
    """Publish, stream and subscribe, whatever the broker does.

    `start` returns at once and `publish`, `stream`, `forget` and `subscribe` may be called at any
    time, before it too. `clock` is one of real time, as the broker lives in it. `names` remembers
    which retained topics exist; let it survive a restart. `durable` returns when it will: no topic
    is sent before, or it could stay for ever after a kill. What the log tells is only what changes.
    """

    def __init__(
        self,
        options: MqttOptions,
        topics: Topics,
        outbox: Outbox,
        names: MutableMapping[str, bool],
        clock: Clock,
        chance: random.Random,
        *,
        durable: Callable[[], Awaitable[None]],
        is_visitor: bool = False,
    ) -> None:
        super().__init__()
        gateway = topics.root.rpartition("/")[2]
        self._options = replace(options, client_id=options.client_id or f"sebridge-{gateway}")
        self._address = options.address
        self._availability = None if is_visitor else topics.availability
        self._clock = clock
        self._chance = chance
        self._flow = Flow(outbox, names)
        self._durable = durable
        self._held: dict[str, bytes] = {}  # by new topics, until their names are on the disk
        self._holding = asyncio.Event()
        self.kept_below = self._flow.kept_below
        self._link: Link | None = None
        self._subscriptions = Subscriptions()
        self._on_session: list[Callable[[bool], object]] = []
        # window and `session_present` of a session that begins once subscriptions are made
        self._beginning: tuple[int, bool] | None = None
        self._losing = False  # told that the outbox drops messages
        self._refusing = False  # told that the broker refuses a message
        self._trouble = ""  # the last that was told
        self._failures = 0  # in a row: links that were not made, or ended early
        self._was_away = False  # the broker could not be reached since the last link
        self._accepted_at: float | None = None  # monotonic
        self._leaving = False
        self._quiet = asyncio.Event()  # set by the link when all is acknowledged
        self._parted = asyncio.Event()  # set by the link when the broker has our `offline`
        self._sessions = 0
        self.connected = False
        self.received = 0

    @classmethod
    def visitor(cls, options: MqttOptions, clock: Clock, chance: random.Random) -> "Connection":
        """Return a connection of somebody who only looks or asks: it has no availability topic.

        `options.client_id` must be set.
        """
        return cls(
            options,
            Topics("", ""),
            Outbox({}),
            {},
            clock,
            chance,
            durable=_at_once,
            is_visitor=True,
        )

    # -------------------------------------------------------------- what others see

    @property
    def counters(self) -> dict[str, int]:
        """Return what became of messages since the start."""
        return {
            "published": self.published,
            "received": self.received,
            "queued": self.queued,
            "dropped": self.dropped,
            "put_aside": self._flow.put_aside,
            "reconnects": self.reconnects,
        }

    @property
    def published(self) -> int:
        """Return how many messages the broker has acknowledged."""
        return self._flow.published

    @property
    def dropped(self) -> int:
        """Return how many messages are lost: too many, too old, or refused by the broker."""
        return self._flow.dropped + self._flow.refused

    @property
    def reconnects(self) -> int:
        """Return how often the broker was lost and found again."""
        return max(self._sessions - 1, 0)

    @property
    def queued(self) -> int:
        """Return how many streamed messages the broker has not acknowledged yet."""
        return self._flow.queued

    @property
    def not_passed_on(self) -> int:
        """Return how many messages of QoS 0 are lost: the link was down or congested."""
        return self._flow.not_passed_on

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        """Keep a payload on a topic, or say it once, as the flow does.

        The first payload of a new topic is held until the topic's name is on the disk.
        """
        if retain and payload and (topic in self._held or self._flow.note(topic)):
            self._held[topic] = payload
            self._holding.set()
            return
        if self._held and retain:
            self._held.pop(topic, None)
        self._flow.publish(topic, payload, retain=retain, only_if_changed=only_if_changed)

    def ask(self, topic: str, payload: bytes, reply: Reply) -> bool:
        """Send a question (QoS 0, MQTT 5); False when it did not leave, so that none waits."""
        return bool(self.connected and self._link and self._link.pass_on(topic, payload, reply))

    def stream(self, topic: str, payload: bytes, *, correlation: bytes | None = None) -> None:
        """Send through the outbox (QoS 1): at least once, in order, across outages and restarts.

        With MQTT 5 `correlation` travels as Correlation Data. Raises ValueError for an impossible
        topic.
        """
        message = OutboxMessage(topic, payload, self._clock.utc(), correlation)
        if not self._flow.stream(message) and not self._losing:
            self._losing = True
            _LOGGER.warning("the outbox is full: the oldest messages are dropped")

    def forget(self, branch: str) -> None:
        """Empty every retained topic at or below the branch, also those of an earlier run."""
        self._let_go_if(lambda topic: topic == branch or topic.startswith(f"{branch}/"))
        self._flow.forget(branch)

    def forget_others(self, is_wanted: Callable[[str], bool]) -> None:
        """Empty every retained topic that is not wanted, also those of an earlier run."""
        self._let_go_if(lambda topic: not is_wanted(topic))
        self._flow.forget_others(is_wanted)

    def _let_go_if(self, is_gone: Callable[[str], bool]) -> None:
        self._held = {topic: last for topic, last in self._held.items() if not is_gone(topic)}

    def subscribe(self, topic_filter: str, handler: Handler) -> None:
        """Call the handler with every message of these topics. An error in it is logged."""
        if self._subscriptions.add(topic_filter, handler) and self.connected and self._link:
            self._subscriptions.asked((topic_filter,))
            self._link.subscribe((topic_filter,))

    def on_session(self, callback: Callable[[bool], object]) -> None:
        """Call back after each connection, subscriptions made, with `session_present`.

        It is False when the broker knew nothing of us; all retained topics are published again
        by then or about to be.
        """
        self._on_session.append(callback)

    # -------------------------------------------------------------- the service

    @override
    async def run(self) -> None:
        """Connect, and connect again, until we leave."""
        self._leaving = False
        noting = self.spawn(self._note_topics(), "new topics")
        try:
            await self._connect_again_and_again()
        finally:
            noting.cancel()

    async def _connect_again_and_again(self) -> None:
        while not self._leaving:
            reason = await self._one_link()
            if self._leaving:
                return
            if reason != self._trouble:
                self._trouble = reason
                _LOGGER.warning(
                    "no MQTT broker at %s: %s; trying again until it answers",
                    *(self._address, reason),
                )
            await self._clock.sleep(self._pause())

    @override
    async def stop(self) -> None:
        """Let what is under way arrive, within 2 s; say `offline`; disconnect."""
        self._leaving = True
        await self._send_held()
        if self._link is not None and self.connected:
            await self._say_goodbye(self._link)
        await super().stop()

    async def _note_topics(self) -> None:
        """Send what is on new topics as soon as these are remembered, many together."""
        while True:
            await self._holding.wait()
            self._holding.clear()
            await self._send_held()

    async def _send_held(self) -> None:
        noted = tuple(self._held)
        # while the disk refuses, the names are in memory; people want to see how things are
        with contextlib.suppress(StorageError):
            await self._durable()
        for topic in noted:
            payload = self._held.pop(topic, None)
            if payload is not None:
                self._flow.publish(topic, payload, retain=True)

    def _pause(self) -> float:
        longest = min(_SHORTEST_PAUSE * (1 << self._failures), _LONGEST_PAUSE)
        self._failures = min(self._failures + 1, 10)
        # not all bridges of a fleet at once, when their broker comes back
        return max(longest * self._chance.uniform(0.5, 1.0), _SHORTEST_PAUSE)

    async def _one_link(self) -> str:
        """Connect, and return when the link has ended; return why."""
        try:
            link = await self._clock.within(_CONNECTING, self._connect())
        except (AnswerTimeoutError, OSError, ValueError, ConfigError) as error:
            self._was_away = True
            return _why_not_connected(error)
        try:
            return await asyncio.shield(link.closed)
        finally:
            link.abort("")
            self._lost()

    async def _connect(self) -> Link:
        options, address, tls = self._options, self._address, self._options.encryption
        context = await asyncio.to_thread(tls_context, tls) if tls else None
        link = Link(self, options, self._will, self._clock)
        name = tls.server_name if tls else None
        if address.is_websocket:
            # aiohttp is much to have in memory for who does not use it
            from sebridge.transports.mqtt.websocket import open_websocket  # noqa: PLC0415

            await open_websocket(address, link, context, name)
        else:
            await open_stream(address, link, context, name)
        self._link = link
        return link

    def _lost(self) -> None:
        self._link = None
        self.connected = False
        if self._accepted_at is None:
            self._was_away = True  # somebody took the connection, but no broker answered
        elif self._clock.monotonic() - self._accepted_at >= _SETTLED:
            self._failures = 0
            self._trouble = ""
        self._accepted_at = None
        self._beginning = None
        self._subscriptions.none_asked()
        self._flow.close()

    async def _say_goodbye(self, link: Link) -> None:
        if not await self._in_time(_FLUSHING, self._until_quiet()):
            _LOGGER.info("%d streamed messages are left for the next start", self.queued)
        self._flow.close()  # nothing else will leave
        # without its acknowledgement we just drop the connection: then the last will says it
        if self._availability is None or await self._said_offline(link, self._availability):
            link.close()
            await self._in_time(_PARTING, asyncio.shield(link.closed))

    async def _said_offline(self, link: Link, topic: str) -> bool:
        self._parted.clear()
        link.publish(_FAREWELL, topic, OFFLINE, retain=True, correlation=None)
        return await self._in_time(_PARTING, self._parted.wait())

    @property
    def _will(self) -> tuple[str, bytes] | None:
        return None if self._availability is None else (self._availability, OFFLINE)

    async def _until_quiet(self) -> None:
        while not self._flow.idle:
            self._quiet.clear()
            await self._quiet.wait()

    async def _in_time(self, seconds: float, answer: Awaitable[object]) -> bool:
        try:
            await self._clock.within(seconds, answer)
        except AnswerTimeoutError:
            return False
        return True

    # -------------------------------------------------------------- what the link tells

    def on_accepted(self, window: int, *, session_present: bool) -> None:
        """Subscribe; the rest waits until we can be spoken to."""
        assert self._link is not None
        session = "goes on" if session_present else "is new"
        _LOGGER.info("connected to the MQTT broker at %s; the session %s", self._address, session)
        self.connected = True
        self._sessions += 1
        self._accepted_at = self._clock.monotonic()
        self._losing = self._refusing = False
        self._beginning = (window, session_present)
        if filters := self._subscriptions.filters:
            self._subscriptions.asked(filters)
            self._link.subscribe(filters)
        else:
            self.on_subscribed(())

    def on_subscribed(self, refusals: Sequence[str | None]) -> None:
        """Begin the session: who sees `online` and asks at once is heard."""
        self._subscriptions.answered(refusals)
        beginning, self._beginning = self._beginning, None
        if beginning is None or self._link is None:
            return
        window, session_present = beginning
        if self._availability is not None:
            self.publish(self._availability, ONLINE, retain=True)
        aside = self._flow.open(
            self._link,
            window,
            session_present=session_present,
            now=self._clock.utc(),
            was_away=self._was_away,
        )
        self._was_away = False
        for message in aside:
            _LOGGER.error(
                "a message on %s (%d octets) is put aside: each time it was sent, the broker"
                " ended the link",
                *(message.topic, message.size),
            )
        for callback in tuple(self._on_session):
            try:
                callback(session_present)
            except Exception:
                _LOGGER.exception("a listener failed on a new session of the MQTT broker")

    def on_message(self, message: Message | None) -> None:
        """Hand the message to those who subscribed."""
        self.received += 1
        if message is not None:
            self._subscriptions.deliver(message)

    def on_acknowledged(self, packet: int, reason: int) -> None:
        """Tick the message off; say once in a session that the broker refuses some."""
        if packet == _FAREWELL:
            self._parted.set()
        topic = self._flow.acknowledged(packet, refused=reason >= _REFUSALS)
        if topic is not None and not self._refusing:
            self._refusing = True
            _LOGGER.warning("the broker refuses what we publish on %s: %s", topic, refusal(reason))

    def on_turn_over(self) -> None:
        """Send more, now that there is room."""
        self._flow.pump()
        if self._flow.idle:
            self._quiet.set()


async def _at_once() -> None:
    """Return: there is nothing to be remembered."""


def _why_not_connected(error: Exception) -> str:
    if isinstance(error, AnswerTimeoutError):
        return f"no connection within {_CONNECTING:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)  # a file of TLS that is wrong, or a host name that cannot be one
