"""What is streamed waits here until the broker has it: in order, and across restarts."""

from collections import deque
from collections.abc import MutableMapping
import math
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.base.clock import Instant

_STEP: Final = 60.0
"""Seconds by which somebody must set the clock for the times of waiting messages to be corrected.
Less is what NTP does, and nothing for an age of days."""


class OutboxMessage(msgspec.Struct, frozen=True):
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

    `unsent` are the ids of those whose turn is still to come, in order.
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
        self._knows_ages = not any(lane.kept for lane in self._lanes)
        self._offset = math.nan  # of the wall clock to the monotonic one, when last seen
        self._expiry = math.inf  # monotonic; nothing is too old before
        self.unsent = self._all()
        self._last_id = self.unsent[-1] if self.unsent else 0
        self.dropped = 0

    def __len__(self) -> int:
        """Return how many messages the broker has not acknowledged."""
        return len(self._notifications.kept) + len(self._answers.kept)

    @property
    def answers(self) -> int:
        """Return how many answers the broker has not acknowledged."""
        return len(self._answers.kept)

    def add(self, message: OutboxMessage, now: Instant, *, is_answer: bool) -> int:
        """Put a message at the end; return its id."""
        offset = now.utc - now.monotonic
        is_step = abs(offset - self._offset) > _STEP
        if is_step or now.monotonic > self._expiry or not self._knows_ages:
            self.expire(now)
        self._offset = offset
        identifier = self._last_id = self._last_id + 1
        lane = self._answers if is_answer else self._notifications
        lane.kept[identifier] = _Kept(message, now.monotonic)
        lane.store[identifier] = message
        self.unsent.append(identifier)
        if self._expiry == math.inf:
            self._expiry = now.monotonic + self._max_age
        while len(lane.kept) > self._max_messages:
            self._drop(lane)
        return identifier

    def send_next(self) -> tuple[int, OutboxMessage]:
        """Return the first of `unsent`, with its id: it is on its way from now on."""
        identifier = self.unsent.popleft()
        return identifier, self._lane_of(identifier).kept[identifier].message

    def acknowledged(self, identifier: int) -> None:
        """Forget a message that the broker has, unless it was dropped before."""
        if self._is_sent(identifier):
            self.remove(identifier)

    def get(self, identifier: int) -> OutboxMessage | None:
        """Return a message that the broker has not acknowledged; None when it is dropped."""
        kept = self._lane_of(identifier).kept.get(identifier)
        return None if kept is None else kept.message

    def __contains__(self, identifier: int) -> bool:
        """Tell whether the broker has not acknowledged this message, and it is not dropped."""
        return identifier in self._lane_of(identifier).kept

    def remove(self, identifier: int) -> OutboxMessage | None:
        """Take out a message that is never to be sent again; return it, None if it is gone."""
        lane = self._lane_of(identifier)
        kept = lane.kept.pop(identifier, None)
        if kept is None:
            return None
        if not self._is_sent(identifier):
            self.unsent.remove(identifier)
        del lane.store[identifier]
        return kept.message

    def _is_sent(self, identifier: int) -> bool:
        return not self.unsent or identifier < self.unsent[0]  # in the order of the ids, all are

    def _all(self) -> deque[int]:
        return deque(sorted(i for lane in self._lanes for i in lane.kept))

    def _lane_of(self, identifier: int) -> "_Lane":
        return self._notifications if identifier in self._notifications.kept else self._answers

    def all_unsent_again(self) -> None:
        """Begin again with the oldest: what was under way when the link broke may be lost."""
        self.unsent = self._all()

    def expire(self, now: Instant) -> None:
        """Drop what is too old."""
        self._follow_the_clock(now)
        if now.monotonic <= self._expiry:
            return
        for lane in self._lanes:
            while lane.kept and now.monotonic > lane.oldest.born + self._max_age:
                self._drop(lane)
        self._expiry = self._first_expiry()

    def _first_expiry(self) -> float:
        born = (lane.oldest.born for lane in self._lanes if lane.kept)
        return min(born, default=math.inf) + self._max_age

    def _follow_the_clock(self, now: Instant) -> None:
        """Put right what was created before the clock was set; learn how old other messages are."""
        offset = now.utc - now.monotonic
        step = offset - self._offset  # nan at first, which is no step
        self._offset = offset
        if abs(step) > _STEP:
            for lane in self._lanes:
                lane.date(offset)
        if not self._knows_ages and now.utc >= self._earliest:
            self._knows_ages = True
            for lane in self._lanes:
                lane.learn_ages(now, self._earliest)
            self._expiry = self._first_expiry()

    def _drop(self, lane: "_Lane") -> None:
        self.remove(next(iter(lane.kept)))
        self.dropped += 1


class _Kept(msgspec.Struct, frozen=True):
    """A message, and when it was born: monotonic, infinite as long as its age is not known."""

    message: OutboxMessage
    born: float = math.inf


class _Lane:
    """The messages of one kind: where they are kept, and in memory in the order they came in."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.kept = {identifier: _Kept(store[identifier]) for identifier in sorted(store)}

    @property
    def oldest(self) -> _Kept:
        return next(iter(self.kept.values()))

    def date(self, offset: float) -> None:
        """Set all times anew, by the offset of the wall clock to the monotonic one."""
        for identifier, kept in self.kept.items():
            if kept.born < math.inf:
                self._date(identifier, kept.born + offset, kept.born)

    def learn_ages(self, now: Instant, earliest: float) -> None:
        """Know from now on how old the messages of an earlier run are.

        What a clock that was wrong has dated ages from now on.
        """
        for identifier, kept in self.kept.items():
            if kept.born < math.inf:
                continue
            created = kept.message.created
            if not earliest <= created <= now.utc:
                created = now.utc
            self._date(identifier, created, created - (now.utc - now.monotonic))

    def _date(self, identifier: int, created: float, born: float) -> None:
        message = self.kept[identifier].message
        if message.created != created:
            message = self.store[identifier] = replace(message, created=created)
        self.kept[identifier] = _Kept(message, born)
