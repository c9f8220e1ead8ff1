"""What is streamed waits here until the broker has it: in order, and across restarts."""

from collections import deque
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Final

from sebridge.base.clock import Instant

_STEP: Final = 60.0
"""Seconds by which somebody must set the clock for the times of waiting messages to be corrected.
Less is what NTP does, and nothing for an age of days."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message on its way. `created` is UTC; `correlation` is MQTT 5's Correlation Data."""

    topic: str
    payload: bytes
    created: float
    correlation: bytes | None = None


Store = MutableMapping[int, OutboxMessage]
"""Messages by their ids, which count up in the order in which they came."""


class Outbox:
    """A queue of messages which forgets one only when the broker has acknowledged it.

    The stores are the truth: whoever hands in such that survive a restart gets the messages back in
    their order, `notifications` and `answers` together. Each of the two has a quota of its own, so
    that neither pushes the other out: beyond `max_messages`, or older than `max_age` seconds, its
    oldest are dropped and counted, those under way too; such a one may still arrive.

    In one run a message ages by the monotonic clock, whatever somebody does to the wall clock. What
    an earlier run left ages from the time at which it was created, as soon as the wall clock says
    more than `earliest` (UTC): a machine without a battery clock begins with a time long past.
    """

    def __init__(
        self,
        *,
        notifications: Store,
        answers: Store,
        max_messages: int,
        max_age: float,
        earliest: float,
    ) -> None:
        if max_messages < 1:
            raise ValueError("max_messages must be at least 1")
        self._notifications = _Lane(notifications)
        self._answers = _Lane(answers)
        self._lanes = (self._notifications, self._answers)
        self._max_messages = max_messages
        self._max_age = max_age
        self._earliest = earliest
        self._ageless = {*notifications, *answers}  # of an earlier run, while time is not known
        self._born: dict[int, float] = {}  # monotonic
        self._offset: float | None = None  # of the wall clock to the monotonic one, when last seen
        self._last_id = max(self._ageless, default=0)
        self.dropped = 0

    def __len__(self) -> int:
        """Return how many messages the broker has not acknowledged."""
        return len(self._notifications) + len(self._answers)

    @property
    def answers(self) -> int:
        """Return how many answers the broker has not acknowledged."""
        return len(self._answers)

    def __contains__(self, identifier: int) -> bool:
        """Tell whether the broker has not acknowledged this message, and it is not dropped."""
        return any(identifier in lane.store for lane in self._lanes)

    def add(self, message: OutboxMessage, now: Instant, *, is_answer: bool) -> int:
        """Put a message at the end; return its id."""
        self.expire(now)
        self._last_id += 1
        lane = self._answers if is_answer else self._notifications
        lane.store[self._last_id] = message
        lane.unsent.append(self._last_id)
        self._born[self._last_id] = now.monotonic
        while len(lane) > self._max_messages:
            self._drop(lane)
        return self._last_id

    def next_unsent(self) -> tuple[int, OutboxMessage] | None:
        """Return the message whose turn it is, with its id; None when all are on their way."""
        lane = self._next_lane()
        return None if lane is None else (lane.unsent[0], lane.store[lane.unsent[0]])

    def sent(self, identifier: int) -> None:
        """Note that the message whose turn it was is on its way."""
        lane = self._next_lane()
        if lane is None or lane.unsent[0] != identifier:
            raise ValueError(f"it is not the turn of message {identifier}")
        lane.unsent.popleft()
        lane.sent[identifier] = None

    def _next_lane(self) -> "_Lane | None":
        first, second = self._lanes
        if not first.unsent or not second.unsent:
            return first if first.unsent else second if second.unsent else None
        return first if first.unsent[0] < second.unsent[0] else second

    def acknowledged(self, identifier: int) -> OutboxMessage | None:
        """Forget a message that the broker has; return it, or None when it was dropped before."""
        for lane in self._lanes:
            if identifier in lane.sent:
                return self._take_out(lane, identifier)
        return None

    def remove(self, identifier: int) -> OutboxMessage | None:
        """Take out a message that is never to be sent again; return it, None if it is gone."""
        for lane in self._lanes:
            if identifier in lane.store:
                return self._take_out(lane, identifier)
        return None

    def all_unsent_again(self) -> None:
        """Begin again with the oldest: what was under way when the link broke may be lost."""
        for lane in self._lanes:
            lane.unsent.extendleft(reversed(lane.sent))
            lane.sent.clear()

    def expire(self, now: Instant) -> None:
        """Drop what is too old."""
        self._follow_the_clock(now)
        for lane in self._lanes:
            while len(lane) and self._age(lane.oldest, now) > self._max_age:
                self._drop(lane)

    def _age(self, identifier: int, now: Instant) -> float:
        return now.monotonic - self._born.get(identifier, now.monotonic)

    def _follow_the_clock(self, now: Instant) -> None:
        """Put right what was created before the clock was set; learn how old other messages are."""
        offset = now.utc - now.monotonic
        step = 0.0 if self._offset is None else offset - self._offset
        self._offset = offset
        if abs(step) > _STEP:
            for identifier, born in self._born.items():
                self._date(identifier, born + offset)
        if self._ageless and now.utc >= self._earliest:
            for identifier in self._ageless:
                created = self._lane_of(identifier).store[identifier].created
                if not self._earliest <= created <= now.utc:
                    created = now.utc  # by a clock that was wrong: the message ages from now on
                    self._date(identifier, created)
                self._born[identifier] = created - offset
            self._ageless.clear()

    def _date(self, identifier: int, created: float) -> None:
        store = self._lane_of(identifier).store
        store[identifier] = replace(store[identifier], created=created)

    def _lane_of(self, identifier: int) -> "_Lane":
        return next(lane for lane in self._lanes if identifier in lane.store)

    def _drop(self, lane: "_Lane") -> None:
        self._take_out(lane, lane.oldest)
        self.dropped += 1

    def _take_out(self, lane: "_Lane", identifier: int) -> OutboxMessage:
        self._born.pop(identifier, None)
        self._ageless.discard(identifier)
        if identifier in lane.sent:
            del lane.sent[identifier]
        elif lane.unsent[0] == identifier:
            lane.unsent.popleft()
        else:
            lane.unsent.remove(identifier)
        return lane.store.pop(identifier)


class _Lane:
    """The messages of one kind."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.unsent = deque(sorted(store))
        self.sent: dict[int, None] = {}  # in the order of sending, which is that of the ids

    def __len__(self) -> int:
        return len(self.unsent) + len(self.sent)

    @property
    def oldest(self) -> int:
        return next(iter(self.sent)) if self.sent else self.unsent[0]
