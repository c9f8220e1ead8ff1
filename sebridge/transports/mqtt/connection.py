"""The bridge's connection to its broker: for ever, through every outage."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
import contextlib
from dataclasses import replace
import logging
import math
import random
import ssl
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock, Instant
from sebridge.base.errors import AnswerTimeoutError, ConfigError, StorageError
from sebridge.base.service import Service
from sebridge.settings.options import MqttOptions
from sebridge.transports.mqtt.flow import LAST_IDENTIFIER, Flow
from sebridge.transports.mqtt.link import TAKEN_OVER, Link, refusal
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
_REPEATED: Final = 200  # retained topics that are published again at once
_REPEATING: Final = 0.1  # seconds before the next ones: 2,000 a second leave room for what is new
_VISITORS: Final = 1_000  # messages that somebody who only asks may have under way
_CONTESTED_AFTER: Final = 5  # links that ended early, one after the other
_CONTESTED_FAILURES: Final = 5  # as many as make a pause of 32 seconds, and then of 60
_UNCONTESTED: Final = 600.0  # seconds after which nobody else seems to have our client id
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
        self._holding = asyncio.Event()
        self._flow = Flow(outbox, names, self._holding.set)
        self._durable = durable
        self.publish = self._flow.publish
        self.expire = self._flow.expire
        self.follow = self._flow.follow
        self.payload_on = self._flow.payload_on
        self.forget = self._flow.forget
        self.forget_others = self._flow.forget_others
        self.kept_below = self._flow.kept_below
        self._link: Link | None = None
        self._subscriptions = Subscriptions()
        # received at QoS 1 and not acknowledged: packet, and what is waited for
        self._unacknowledged: deque[tuple[int, list[asyncio.Future[None]]]] = deque()
        self._on_session: list[Callable[[bool], object]] = []
        self._repeating: asyncio.Task[None] | None = None
        # window and `session_present` of a session that begins once subscriptions are made
        self._beginning: tuple[int, bool] | None = None
        self._losing = False  # told that the outbox drops messages
        self._refusing = False  # told that the broker refuses a message
        self._trouble = ""  # the last that was told
        self._failures = 0  # in a row: links that were not made, or ended early
        self._short_links = 0  # in a row: links that were accepted, and ended early
        self._is_contested = False  # told that another client may have our client id
        self._was_away = False  # the broker could not be reached since the last link
        self._accepted_at: float | None = None  # monotonic
        self._leaving = False
        self._renewing = False  # the link, at our own wish
        self._turned = asyncio.Event()  # set by the link after each turn
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
        outbox = Outbox(
            notifications={}, answers={}, max_messages=_VISITORS, max_age=math.inf, earliest=0.0
        )
        return cls(
            options,
            Topics("", ""),
            outbox,
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

    def ask(self, topic: str, payload: bytes, reply: Reply) -> bool:
        """Send a question (QoS 0, MQTT 5); False when it did not leave, so that none waits."""
        return bool(self.connected and self._link and self._link.pass_on(topic, payload, reply))

    def stream(self, topic: str, payload: bytes) -> None:
        """Send through the outbox (QoS 1): at least once, in order, across outages and restarts.

        Raises ValueError for an impossible topic.
        """
        self._stream(topic, payload, None, is_answer=False)

    def respond(self, topic: str, payload: bytes, *, correlation: bytes | None) -> None:
        """Send an answer as `stream` does; the outbox has a quota of its own for answers.

        With MQTT 5 `correlation` travels as Correlation Data. Raises ValueError for an impossible
        topic.
        """
        self._stream(topic, payload, correlation, is_answer=True)

    @property
    def unsent_answers(self) -> int:
        """Return how many answers the broker has not acknowledged."""
        return self._flow.answers

    async def until_answers_are_sent(self, most: int) -> None:
        """Return when at most so many answers wait for the broker."""
        while self._flow.answers > most:
            self._turned.clear()
            await self._turned.wait()

    def reconnect(self) -> None:
        """Have the broker deliver again, on a new link, what is not acknowledged."""
        if self._link is not None and self.connected:
            self._renewing = True
            self._link.close()

    def _stream(
        self, topic: str, payload: bytes, correlation: bytes | None, *, is_answer: bool
    ) -> None:
        now = Instant(self._clock.utc(), self._clock.monotonic())
        message = OutboxMessage(topic, payload, now.utc, correlation)
        if not self._flow.stream(message, now, is_answer=is_answer) and not self._losing:
            self._losing = True
            _LOGGER.warning("the outbox is full: the oldest messages are dropped")

    def subscribe(self, topic_filter: str, handler: Handler) -> None:
        """Call the handler with every message of these topics. An error in it is logged.

        A message is acknowledged when the handler returns; when it returns a future, when that is
        done. Until then the broker delivers it again at each new link.
        """
        if self._subscriptions.add(topic_filter, handler) and self.connected and self._link:
            self._subscriptions.asked((topic_filter,))
            self._link.subscribe((topic_filter,))

    def on_session(self, callback: Callable[[bool], object]) -> None:
        """Call back after each connection, subscriptions made, with `session_present`.

        It is False when the broker knew nothing of us. All retained topics are published again by
        then or about to be.
        """
        self._on_session.append(callback)

    # -------------------------------------------------------------- the service

    @override
    async def run(self) -> None:
        """Connect, and connect again, until we leave."""
        self._leaving = False
        if self._availability is not None and self._flow.note(self._availability):
            # the broker publishes our last will there, whatever we come to
            with contextlib.suppress(StorageError):
                await self._durable()
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
            if self._renewing:
                self._renewing = False
                continue
            self._tell(reason)
            await self._clock.sleep(self._pause())

    @override
    async def stop(self) -> None:
        """Let what is under way arrive, within 2 s; say `offline`; disconnect."""
        self._leaving = True
        await self._send_held()
        if self._link is not None and self.connected:
            await self._say_goodbye(self._link)
        await super().stop()

    def _tell(self, reason: str) -> None:
        """Say why the link ended, where that is news."""
        if reason == TAKEN_OVER or self._short_links >= _CONTESTED_AFTER:
            self._failures = max(self._failures, _CONTESTED_FAILURES)
            if not self._is_contested:
                self._is_contested = True
                _LOGGER.error(
                    "the MQTT broker at %s ends each link soon (%s): is a second bridge running"
                    " with the client id %s? Give each gateway a gateway.name (or mqtt.client_id)"
                    " of its own; trying again, ever more slowly",
                    *(self._address, reason, self._options.client_id),
                )
        elif reason != self._trouble and not self._is_contested:
            self._trouble = reason
            _LOGGER.warning(
                "no MQTT broker at %s: %s; trying again until it answers",
                *(self._address, reason),
            )

    async def _note_topics(self) -> None:
        """Send what is on new topics as soon as these are remembered, many together."""
        while True:
            await self._holding.wait()
            self._holding.clear()
            await self._send_held()

    async def _send_held(self) -> None:
        held = self._flow.held
        # while the disk refuses, the names are in memory; people want to see how things are
        with contextlib.suppress(StorageError):
            await self._durable()
        self._flow.noted(held)

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
            self._short_links = 0  # it is the broker that comes and goes
            return _why_not_connected(error)
        try:
            reason = await asyncio.shield(link.closed)
            if reason == TAKEN_OVER:
                self._was_away = True  # no message of ours ended it
            return reason
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
        if self._accepted_at is None or self._renewing:
            self._was_away = True  # no broker answered, or it was not the broker who ended it
        else:
            self._judge(self._clock.monotonic() - self._accepted_at)
        self._accepted_at = None
        self._beginning = None
        self._unacknowledged.clear()
        if self._repeating is not None:
            self._repeating.cancel()
            self._repeating = None
        self._subscriptions.none_asked()
        self._flow.close()

    def _judge(self, lived: float) -> None:
        """Take note of how many seconds a link lived."""
        if lived < _SETTLED:
            self._short_links += 1
            return
        self._short_links = 0
        if lived >= _UNCONTESTED or not self._is_contested:
            self._is_contested = False
            self._failures = 0
            self._trouble = ""

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
            now=Instant(self._clock.utc(), self._clock.monotonic()),
            was_away=self._was_away,
        )
        self._was_away = False
        if self._flow.repeat(_REPEATED):
            self._repeating = self.spawn(self._repeat(), "repeat retained topics")
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

    async def _repeat(self) -> None:
        more = True
        while more:
            await self._clock.sleep(_REPEATING)
            more = self._flow.repeat(_REPEATED)

    def on_message(self, message: Message) -> None:
        """Hand the message to those who subscribed; acknowledge it when they are done with it."""
        self.received += 1
        waited_for = self._subscriptions.deliver(message) if message.topic else []
        if message.packet is not None:
            self._unacknowledged.append((message.packet, waited_for))
            for future in waited_for:
                future.add_done_callback(self._acknowledge)
            self._acknowledge()

    def _acknowledge(self, _done: object = None) -> None:
        """Acknowledge in the order of receiving, as MQTT 5.0, "Message ordering" demands."""
        while self._unacknowledged and self._link is not None:
            packet, waited_for = self._unacknowledged[0]
            if not all(future.done() for future in waited_for):
                return
            self._unacknowledged.popleft()
            self._link.acknowledge(packet)

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
        self._turned.set()
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
