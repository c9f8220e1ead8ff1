"""What is to be sent, what is under way, and what must be sent again."""

from collections import deque
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Final, Protocol

from sebridge.transports.mqtt.messages import is_topic
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from sebridge.transports.mqtt.retained import Retained

_MOST_WAITING: Final = 20_000
_MOST_ENDS: Final = 3  # links that may end with a message under way, before it is put aside

Reference = str | int
"""A message that is under way: the topic of a retained one, the number of one in the outbox."""


@dataclass(frozen=True, slots=True)
class PutAside:
    """A message that is not sent any more, as the broker ended the link each time."""

    topic: str
    size: int  # octets of its payload


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

    A broker may end the link because of a message: one that is too large for it, or whose topic it
    does not like. Sent again at each new link, such a one would cut us off for good. So what was
    under way when a link ended goes alone the next time, one after the other; and a message that
    was alone when the link ended, for the third time, is put aside.
    """

    def __init__(self, outbox: Outbox, names: MutableMapping[str, bool]) -> None:
        self._outbox = outbox
        self._retained = Retained(names)
        self._send: Send | None = None
        self._window = 0
        self._under_way: dict[int, Reference] = {}  # by packet identifier
        self._unfinished: tuple[Reference, ...] = ()  # was under way when the last link ended
        self._ends: dict[Reference, int] = {}  # how often a link ended with it under way
        self._aside: dict[str, int] = {}  # retained topics, and the octets that were too much
        self._waiting: deque[tuple[str, bytes]] = deque()  # while the window is full
        self._pending = dict.fromkeys(self._retained.topics())  # topics: the last payload will do
        self.published = 0  # acknowledged by the broker
        self.refused = 0  # the broker would not have them, so they are gone
        self.put_aside = 0  # links ended because of them

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
        if not self._may_be_sent(topic, payload):
            return
        if self._send is None:
            self._pending[topic] = None
        elif not self._waiting and self._has_room:
            self._send_kept(self._send, topic, payload)
        elif len(self._waiting) < _MOST_WAITING:
            self._waiting.append((topic, payload))
        else:
            self._pending[topic] = None

    def stream(self, message: OutboxMessage) -> None:
        """Send a message at least once, sooner or later. Raises ValueError: impossible topic."""
        if not is_topic(message.topic):
            raise ValueError(f"{message.topic!r} is no topic to publish to")
        dropped = self._outbox.dropped
        self._outbox.add(message, message.created)
        if self._ends and self._outbox.dropped > dropped:
            self._ends = {
                reference: count
                for reference, count in self._ends.items()
                if not isinstance(reference, int) or reference in self._outbox
            }
        self.pump()

    def forget(self, branch: str) -> None:
        """Empty every retained topic at or below the branch."""
        for topic in self._retained.below(branch):
            self.publish(topic, b"")

    def forget_others(self, is_wanted: Callable[[str], bool]) -> None:
        """Empty every retained topic that is not wanted."""
        for topic in self._retained.others(is_wanted):
            self.publish(topic, b"")

    def note(self, topic: str) -> bool:
        """Remember that a topic is going to be kept; tell whether it was unknown."""
        return self._retained.note(topic)

    def kept_below(self, branch: str) -> list[str]:
        """Return the retained topics at or below the branch."""
        return self._retained.below(branch)

    # -------------------------------------------------------------- from the link

    def open(
        self,
        send: Send,
        window: int,
        *,
        session_present: bool,
        now: float,
        was_away: bool = False,
    ) -> list[PutAside]:
        """Begin to send, at most `window` messages at a time; all again if the broker forgot us.

        `was_away` says that the broker could not be reached for a while: then it is not a message
        that ended the last link. Returns what is put aside now.
        """
        self._outbox.expire(now)
        aside = [] if was_away else self._suspect()
        self._unfinished = ()
        if not session_present:
            self._pending = {
                topic: None for topic in self._retained.topics() if topic not in self._aside
            }
        self._forget_settled()
        self._send = send
        self._window = max(window, 1)
        self.pump()
        return aside

    def _suspect(self) -> list[PutAside]:
        """Count the end of the link for what was under way; put aside what ended it for sure."""
        for reference in self._unfinished:
            self._ends[reference] = self._ends.get(reference, 0) + 1
        if len(self._unfinished) != 1:
            return []
        (reference,) = self._unfinished
        if self._ends[reference] < _MOST_ENDS:
            return []
        put_aside = self._put_aside(reference)
        return [] if put_aside is None else [put_aside]

    def _put_aside(self, reference: Reference) -> PutAside | None:
        del self._ends[reference]
        if isinstance(reference, int):
            message = self._outbox.remove(reference)
            if message is None:
                return None
            topic, size = message.topic, len(message.payload)
        else:
            topic, size = reference, len(self._retained.payload(reference))
            self._pending.pop(topic, None)
            self._aside[topic] = size
        self.put_aside += 1
        return PutAside(topic, size)

    def _may_be_sent(self, topic: str, payload: bytes) -> bool:
        """Tell whether a topic is sent; one that was put aside only with a shorter payload."""
        if topic not in self._aside:
            return True
        if len(payload) >= self._aside[topic]:
            return False
        del self._aside[topic]
        return True

    def _forget_settled(self) -> None:
        """Suspect no more what is not going to be sent again."""
        self._ends = {
            reference: count
            for reference, count in self._ends.items()
            if (
                reference in self._outbox if isinstance(reference, int) else self._awaits(reference)
            )
        }

    def _awaits(self, topic: str) -> bool:
        return topic in self._pending or any(topic == waiting for waiting, _ in self._waiting)

    @property
    def _has_room(self) -> bool:
        window = 1 if self._ends else self._window
        return len(self._under_way) < window

    def close(self) -> None:
        """Stop sending; what was under way may be lost, so it is to be sent again."""
        self._send = None
        self._unfinished = self._unfinished or tuple(dict.fromkeys(self._under_way.values()))
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
        self._ends.pop(reference, None)
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
        if not self._has_room or (turn := self._outbox.next_unsent()) is None:
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
        if not self._has_room:
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
