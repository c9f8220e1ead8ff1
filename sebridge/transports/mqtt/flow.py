"""What is to be sent, what is under way, and what must be sent again."""

from collections import deque
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
import itertools
from typing import Final, Protocol

from sebridge.base.clock import Instant
from sebridge.base.follower import Follower
from sebridge.transports.mqtt.messages import is_topic
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from sebridge.transports.mqtt.retained import Retained
from sebridge.transports.mqtt.unproven import Unproven

LAST_IDENTIFIER: Final = 0xFDFF
"""Packet identifiers from 1 to here are for what goes through the flow; those above are left for
what the link sends besides."""

_MOST_WAITING: Final = 20_000
_MOST_ENDS: Final = 3  # links that may end with a message under way, before it is put aside

"""Hears what is published: topic, payload, and whether that is what the topic holds now."""

Reference = str | int
"""A message that is under way: the topic of a retained one, the number of one in the outbox."""


@dataclass(frozen=True, slots=True)
class PutAside:
    """A message that is not sent any more, as the broker ended the link each time."""

    topic: str
    size: int  # octets of its payload


class Outward(Protocol):
    """The way out, as long as there is a link."""

    def publish(
        self,
        packet: int,
        topic: str,
        payload: bytes,
        *,
        retain: bool,
        correlation: bytes | None,
        lifetime: int | None = None,
    ) -> bool:
        """Send at QoS 1 under a packet identifier; False when the broker would not take it.

        After its lifetime, in seconds, the broker may forget it.
        """

    def show(self, topic: str, payload: bytes, lifetime: int | None) -> bool:
        """Send a retained payload at QoS 0; False when the broker would not take it."""

    def pass_on(self, topic: str, payload: bytes) -> bool:
        """Send at QoS 0; False when it cannot leave now."""

    def allow(self, under_way: int) -> None:
        """Take note of how many messages can be without an acknowledgement at a time."""


class Flow:
    """What we publish goes through here; most of it is to be acknowledged by the broker.

    While the link is up, messages leave in order, no more under way at a time than the broker
    wants. While it is down, retained topics remember only their last payload, and what is
    streamed waits in the outbox. Nothing here waits or sends by itself.

    A broker may end the link because of a message: one that is too large for it, or whose topic it
    does not like. Sent again at each new link, such a one would cut us off for good. So what was
    under way when a link ended goes alone the next time, one after the other; and a message that
    was alone when the link ended, for the third time, is put aside.

    What is retained goes at QoS 0 once the broker has acknowledged the topic on this link: what is
    sent after it will be acknowledged, which proves that it arrived. Without that proof it counts
    as under way when the link ends.

    The first payload of a new retained topic is held until the topic's name is on the disk:
    `holding` is called, whereupon someone sees to that and says so by `noted`.
    """

    def __init__(
        self, outbox: Outbox, names: MutableMapping[str, bool], holding: Callable[[], object]
    ) -> None:
        self._outbox = outbox
        self._retained = Retained(names)
        self._known = self._retained.topics
        self._noted = set(names)  # on the disk: of those topics on which nothing is yet
        self._held: dict[str, bytes] = {}  # by topics whose names are not
        self._holding = holding
        self._lifetimes: dict[str, int] = {}  # seconds, by topics that have one
        self._followers: tuple[Follower, ...] = ()
        self._link: Outward | None = None
        self._window = 0  # what the broker takes at a time
        self._most_under_way = 0  # what we send at a time
        self._last_packet = 0  # the identifier that was used last
        self._under_way: dict[int, Reference] = {}  # by packet identifier
        self._unproven = Unproven()
        self._untried: set[str] = set()  # of those known: the broker took none yet on this link
        self._unfinished: tuple[Reference, ...] = ()  # was under way when the last link ended
        self._ends: dict[Reference, int] = {}  # how often a link ended with it under way
        self._aside: dict[str, int] = {}  # retained topics, and the octets that were too much
        self._waiting: deque[tuple[str, bytes]] = deque()  # while the window is full
        self._pending = dict.fromkeys(self._known)  # topics: the last payload will do
        self._repeated: dict[str, None] = {}  # topics to be published again, a few at a time
        self.published = 0  # acknowledged by the broker
        self.refused = 0  # the broker would not have them, so they are gone
        self.put_aside = 0  # links ended because of them
        self.not_passed_on = 0  # at QoS 0, while the link was down or congested

    @property
    def dropped(self) -> int:
        """Return how many streamed messages never left because of number or age."""
        return self._outbox.dropped

    @property
    def queued(self) -> int:
        """Return how many streamed messages the broker has not acknowledged."""
        return len(self._outbox)

    @property
    def answers(self) -> int:
        """Return how many of these are answers."""
        return self._outbox.answers

    @property
    def idle(self) -> bool:
        """Tell whether the broker has everything."""
        return not (self._under_way or self._waiting or self._pending or self._outbox)

    # -------------------------------------------------------------- from the bridge

    def follow(self, follower: Follower) -> Callable[[], object]:
        """Tell of whatever is published from now on, until what is returned is called.

        Answers to requests are not told of: they are for those who asked.
        """
        self._followers = (*self._followers, follower)

        def unfollow() -> None:
            self._followers = tuple(one for one in self._followers if one is not follower)

        return unfollow

    def payload_on(self, topic: str) -> bytes:
        """Return what is kept on a topic; empty where nothing is."""
        return self._retained.payload(topic)

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        """Keep a payload on a topic (QoS 1; an empty one clears it), or say it once (QoS 0).

        A retained payload reaches the broker sooner or later, unless a newer one of the same topic
        comes first while the link is down; with `only_if_changed` it is not sent when it is the
        topic's last. One that is not retained is lost when the link is down: use `stream` for what
        must arrive. Raises ValueError for an impossible topic.
        """
        if not retain:
            self._say(topic, payload)
            return
        is_first = topic not in self._known or topic in self._retained.empty
        if is_first and topic not in self._noted and self._hold(topic, payload):
            return
        is_new = self._retained.keep(topic, payload)
        if self._followers:
            self._tell(topic, payload, is_kept=True)
        if is_first:
            self._noted.discard(topic)
            self._untried.add(topic)
        is_idle = only_if_changed and not is_new
        if is_idle or ((self._aside or self._repeated) and not self._may_be_sent(topic, payload)):
            return
        if self._link is None:
            self._pending[topic] = None
        elif not self._waiting and len(self._under_way) < self._most_under_way:
            self._show(self._link, topic, payload)
        else:
            self._wait(topic, payload)

    def _wait(self, topic: str, payload: bytes) -> None:
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append((topic, payload))
        else:
            self._pending[topic] = None

    def expire(self, topic: str, after: int | None) -> None:
        """Have the broker forget what it keeps on a topic, so many seconds after it came last.

        That takes MQTT 5. It holds from the next publication on; None is for ever.
        """
        if after is None:
            self._lifetimes.pop(topic, None)
        else:
            self._lifetimes[topic] = after

    def _tell(self, topic: str, payload: bytes, *, is_kept: bool) -> None:
        for follower in self._followers:
            follower(topic, payload, is_kept=is_kept)

    def _say(self, topic: str, payload: bytes) -> None:
        if self._followers:
            self._tell(topic, payload, is_kept=False)
        if self._link is None or not self._link.pass_on(topic, payload):
            self.not_passed_on += 1

    def stream(self, message: OutboxMessage, now: Instant, *, is_answer: bool = False) -> bool:
        """Send a message at least once, in order, also after a restart.

        False when others, which are older, are dropped for it. Raises ValueError for an impossible
        topic.
        """
        if not is_topic(message.topic):
            raise ValueError(f"{message.topic!r} is no topic to publish to")
        if self._followers and not is_answer:
            self._tell(message.topic, message.payload, is_kept=False)
        dropped = self._outbox.dropped
        self._outbox.add(message, now, is_answer=is_answer)
        is_full = self._outbox.dropped > dropped
        if self._ends and is_full:
            self._ends = {
                reference: count
                for reference, count in self._ends.items()
                if not isinstance(reference, int) or reference in self._outbox
            }
            self._fit_window()
        self.pump()
        return not is_full

    def forget(self, branch: str) -> None:
        """Empty every retained topic at or below the branch, also those of an earlier run."""
        for topic in self._retained.below(branch):
            self.publish(topic, b"", retain=True)

    def forget_others(self, is_wanted: Callable[[str], bool]) -> None:
        """Empty every retained topic that is not wanted."""
        for topic in self._retained.others(is_wanted):
            self.publish(topic, b"", retain=True)

    def note(self, topic: str) -> bool:
        """Remember that a topic is going to be kept; tell whether it was unknown.

        Whoever calls brings that to the disk before anything is on the topic.
        """
        if topic not in self._known:
            self._noted.add(topic)
        return self._retained.note(topic)

    def _hold(self, topic: str, payload: bytes) -> bool:
        """Hold the payload of a topic that is not noted; tell whether it is held."""
        if not payload:
            self._held.pop(topic, None)
            return False
        self._retained.note(topic)
        self._held[topic] = payload
        self._holding()
        return True

    @property
    def held(self) -> Sequence[str]:
        """The topics that wait until their names are on the disk."""
        return tuple(self._held)

    def noted(self, topics: Iterable[str]) -> None:
        """Send what was held for these topics."""
        for topic in topics:
            payload = self._held.pop(topic, None)
            if payload is not None:
                self._noted.add(topic)
                self.publish(topic, payload, retain=True)

    def kept_below(self, branch: str) -> list[str]:
        """Return the retained topics at or below the branch, also those of an earlier run."""
        return self._retained.below(branch)

    # -------------------------------------------------------------- from the link

    def open(
        self,
        link: Outward,
        window: int,
        *,
        now: Instant,
        was_away: bool = False,
    ) -> list[PutAside]:
        """Begin to send, at most `window` messages at a time.

        A broker that was killed has forgotten what it had not saved, retained topics that it had
        acknowledged too, and may know our session all the same: `repeat` publishes them again.
        `was_away` says that the broker could not be reached for a while: then it is not a message
        that ended the last link. Returns what is put aside now.
        """
        self._outbox.expire(now)
        aside = [] if was_away else self._suspect()
        self._unfinished = ()
        # first those to which it did not come on the last link, which may have been short
        topics = dict.fromkeys([*self._repeated, *self._retained.to_be_repeated()])
        self._repeated = {
            topic: None
            for topic in topics
            if topic not in self._pending and topic not in self._aside
        }
        self._forget_settled()
        self._link = link
        self._untried = set(self._known)
        self._window = max(window, 1)
        self._fit_window()
        self._last_packet = 0
        self.pump()
        return aside

    def repeat(self, most: int) -> bool:
        """Publish that many retained topics again, with what is to be on them now.

        Returns whether more are left.
        """
        for topic in tuple(itertools.islice(self._repeated, most)):
            del self._repeated[topic]
            self._pending[topic] = None
        self.pump()
        return bool(self._repeated)

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
        """Tell whether a topic is sent; one that was put aside only with a shorter payload.

        What is sent anyway need not be repeated.
        """
        if topic not in self._aside:
            self._repeated.pop(topic, None)
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

    def _fit_window(self) -> None:
        """Let one at a time be under way as long as there is one that may have ended a link."""
        most = 1 if self._ends else self._window
        if self._link is not None and most != self._most_under_way:
            self._most_under_way = most
            self._link.allow(most)

    def close(self) -> None:
        """Stop sending; what was under way may be lost, so it is to be sent again."""
        self._link = None
        self._most_under_way = 0
        lost = [*self._under_way.values(), *self._unproven.topics]
        self._unfinished = self._unfinished or tuple(dict.fromkeys(lost))
        topics = [ref for ref in lost if isinstance(ref, str)]
        topics += [topic for topic, _ in self._waiting]
        self._pending = dict.fromkeys([*topics, *self._pending])
        self._under_way.clear()
        self._unproven.forget()
        self._waiting.clear()
        self._outbox.all_unsent_again()

    def acknowledged(self, packet: int, *, refused: bool = False) -> str | None:
        """Take the broker's answer to a message; return its topic when it was refused."""
        reference = self._under_way.pop(packet, None)
        if reference is None:
            return None
        if self._ends:
            self._ends.pop(reference, None)
            self._fit_window()
        self.published += self._unproven.acknowledged(packet)
        topic = None
        if refused:
            topic = self._topic_of(reference)
            self.refused += 1
            if topic in self._known:
                self._untried.add(topic)
        else:
            self.published += 1
        if isinstance(reference, int):
            self._outbox.acknowledged(reference)
        elif reference in self._retained.empty:
            self._emptied(reference)
        elif not refused:
            self._untried.discard(reference)
        return topic

    def _topic_of(self, reference: Reference) -> str:
        """Return a message's topic; nothing for one that was dropped meanwhile."""
        if isinstance(reference, str):
            return reference
        message = self._outbox.get(reference)
        return "" if message is None else message.topic

    def _emptied(self, topic: str) -> None:
        # the answer may belong to an earlier payload, with the empty one still on its way
        still_to_come = (
            topic in self._pending
            or topic in self._under_way.values()
            or any(topic == waiting for waiting, _ in self._waiting)
        )
        if not still_to_come:
            self._retained.emptied(topic)
            self._untried.discard(topic)

    def pump(self) -> None:
        """Send what may be sent, streamed and retained in turn, so that neither starves."""
        link = self._link
        if link is None:
            return
        outbox, under_way = self._outbox, self._under_way
        while (outbox.unsent or self._waiting or self._pending) and (
            len(under_way) < self._most_under_way
        ):
            if outbox.unsent:
                identifier, message = outbox.send_next()
                self._send(
                    link,
                    identifier,
                    message.topic,
                    message.payload,
                    retain=False,
                    correlation=message.correlation,
                )
            if (self._waiting or self._pending) and len(under_way) < self._most_under_way:
                topic, payload = self._next_kept()
                self._send(link, topic, topic, payload, retain=True)

    def _show(self, link: Outward, topic: str, payload: bytes) -> None:
        needs_answer = not payload or topic in self._untried or self._ends
        if needs_answer or not self._unproven.room:
            self._send(link, topic, topic, payload, retain=True)
        elif link.show(topic, payload, self._lifetimes.get(topic)):
            self._unproven.sent(topic)
        else:
            self.refused += 1

    def _next_kept(self) -> tuple[str, bytes]:
        if self._waiting:
            return self._waiting.popleft()
        topic = next(iter(self._pending))
        del self._pending[topic]
        return topic, self._retained.payload(topic)

    def _send(
        self,
        link: Outward,
        reference: Reference,
        topic: str,
        payload: bytes,
        *,
        retain: bool,
        correlation: bytes | None = None,
    ) -> None:
        packet = self._last_packet % LAST_IDENTIFIER + 1
        while packet in self._under_way:  # the broker left it unanswered for so long
            packet = packet % LAST_IDENTIFIER + 1
        self._last_packet = packet
        lifetime = self._lifetimes.get(topic) if payload else None
        is_sent = link.publish(
            packet, topic, payload, retain=retain, correlation=correlation, lifetime=lifetime
        )
        if is_sent:
            self._under_way[packet] = reference
            self._unproven.followed_by(packet)
            return
        self.refused += 1
        if isinstance(reference, int):
            self._outbox.remove(reference)
