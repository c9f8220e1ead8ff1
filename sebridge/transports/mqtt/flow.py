"""What is to be sent, what is under way, and what must be sent again."""

from collections import deque
from collections.abc import MutableMapping
from typing import Final, Protocol

from sebridge.transports.mqtt.messages import is_topic
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from sebridge.transports.mqtt.retained import Retained

_MOST_WAITING: Final = 20_000


class Send(Protocol):
    """The way out: hand a message to the link."""

    def __call__(
        self, topic: str, payload: bytes, *, retain: bool, correlation: bytes | None
    ) -> int | None:
        """Return the packet identifier; None when the broker would not take such a message."""


class Flow:
    """Every message that the broker must acknowledge goes through here.

    While the link is up, messages leave in order, no more under way at a time than the broker
    wants. While it is down, retained topics remember only their last payload, and what is
    streamed waits in the outbox. Nothing here waits or sends by itself.
    """

    def __init__(self, outbox: Outbox, names: MutableMapping[str, bool]) -> None:
        self._outbox = outbox
        self._retained = Retained(names)
        self._send: Send | None = None
        self._window = 0
        self._under_way: dict[int, str | int] = {}  # packet identifier -> topic, or outbox id
        self._waiting: deque[tuple[str, bytes]] = deque()  # while the window is full
        self._pending = dict.fromkeys(self._retained.topics())  # topics: the last payload will do
        self.published = 0  # acknowledged by the broker
        self.refused = 0  # the broker would not have them, so they are gone

    @property
    def dropped(self) -> int:
        """Return how many streamed messages never left because of number or age."""
        return self._outbox.dropped

    @property
    def queued(self) -> int:
        """Return how many streamed messages the broker has not acknowledged."""
        return len(self._outbox)

    @property
    def idle(self) -> bool:
        """Tell whether the broker has everything."""
        return not (self._under_way or self._waiting or self._pending or self._outbox)

    # -------------------------------------------------------------- from the bridge

    def publish(self, topic: str, payload: bytes, *, only_if_changed: bool = False) -> None:
        """Keep a payload on a topic. Raises ValueError for an impossible topic."""
        if not self._retained.keep(topic, payload) and only_if_changed:
            return
        if self._send is None:
            self._pending[topic] = None
        elif not self._waiting and len(self._under_way) < self._window:
            self._send_kept(self._send, topic, payload)
        elif len(self._waiting) < _MOST_WAITING:
            self._waiting.append((topic, payload))
        else:
            self._pending[topic] = None

    def stream(self, message: OutboxMessage) -> None:
        """Send a message at least once, sooner or later. Raises ValueError: impossible topic."""
        if not is_topic(message.topic):
            raise ValueError(f"{message.topic!r} is no topic to publish to")
        self._outbox.add(message, message.created)
        self.pump()

    def forget(self, branch: str) -> None:
        """Empty every retained topic at or below the branch."""
        for topic in self._retained.below(branch):
            self.publish(topic, b"")

    # -------------------------------------------------------------- from the link

    def open(self, send: Send, window: int, *, session_present: bool, now: float) -> None:
        """Begin to send, at most `window` messages at a time; all again if the broker forgot us."""
        self._outbox.expire(now)
        if not session_present:
            self._pending = dict.fromkeys(self._retained.topics())
        self._send = send
        self._window = max(window, 1)
        self.pump()

    def close(self) -> None:
        """Stop sending; what was under way may be lost, so it is to be sent again."""
        self._send = None
        topics = [ref for ref in self._under_way.values() if isinstance(ref, str)]
        topics += [topic for topic, _ in self._waiting]
        self._pending = dict.fromkeys([*topics, *self._pending])
        self._under_way.clear()
        self._waiting.clear()
        self._outbox.all_unsent_again()

    def acknowledged(self, packet: int, *, refused: bool = False) -> str | None:
        """Take the broker's answer to a message; return its topic when it was refused."""
        reference = self._under_way.pop(packet, None)
        if reference is None:
            return None
        if refused:
            self.refused += 1
        else:
            self.published += 1
        if isinstance(reference, int):
            message = self._outbox.acknowledged(reference)
            topic = message.topic if message else ""
        else:
            topic = reference
            if not self._retained.payload(topic):
                self._emptied(topic)
        return topic if refused else None

    def _emptied(self, topic: str) -> None:
        # the answer may belong to an earlier payload, with the empty one still on its way
        still_to_come = (
            topic in self._pending
            or topic in self._under_way.values()
            or any(topic == waiting for waiting, _ in self._waiting)
        )
        if not still_to_come:
            self._retained.emptied(topic)

    def pump(self) -> None:
        """Send what may be sent, streamed and retained in turn, so that neither starves."""
        if self._send is None:
            return
        more = True
        while more:
            more = self._send_next_streamed(self._send)
            more = self._send_next_kept(self._send) or more

    def _send_next_streamed(self, send: Send) -> bool:
        if len(self._under_way) >= self._window or (turn := self._outbox.next_unsent()) is None:
            return False
        identifier, message = turn
        self._outbox.sent(identifier)
        packet = send(message.topic, message.payload, retain=False, correlation=message.correlation)
        if packet is None:
            self.refused += 1
            self._outbox.acknowledged(identifier)
        else:
            self._under_way[packet] = identifier
        return True

    def _send_next_kept(self, send: Send) -> bool:
        if len(self._under_way) >= self._window:
            return False
        if self._waiting:
            topic, payload = self._waiting.popleft()
        elif self._pending:
            topic = next(iter(self._pending))
            del self._pending[topic]
            payload = self._retained.payload(topic)
        else:
            return False
        self._send_kept(send, topic, payload)
        return True

    def _send_kept(self, send: Send, topic: str, payload: bytes) -> None:
        packet = send(topic, payload, retain=True, correlation=None)
        if packet is None:
            self.refused += 1
        else:
            self._under_way[packet] = topic
