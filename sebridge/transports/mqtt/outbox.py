"""What is streamed waits here until the broker has it: in order, and across restarts."""

from collections import deque
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Final

_SECONDS_IN_A_WEEK: Final = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message on its way. `created` is UTC; `correlation` is MQTT 5's Correlation Data."""

    topic: str
    payload: bytes
    created: float
    correlation: bytes | None = None


class Outbox:
    """A queue of messages which forgets one only when the broker has acknowledged it.

    The store is the truth: whoever hands in one that survives a restart gets the messages back in
    their order. Beyond `max_messages`, or older than `max_age` seconds, the oldest are dropped and
    counted, those under way too; such a one may still arrive. `unsent` are the ids of those whose
    turn is still to come, in order.
    """

    def __init__(
        self,
        store: MutableMapping[int, OutboxMessage],
        max_messages: int = 10_000,
        max_age: float = _SECONDS_IN_A_WEEK,
    ) -> None:
        if max_messages < 1:
            raise ValueError("max_messages must be at least 1")
        self._store = store
        self._max_messages = max_messages
        self._max_age = max_age
        self.unsent = deque(sorted(store))
        self._sent: dict[int, None] = {}  # in the order of sending, which is that of the ids
        self._last_id = self.unsent[-1] if self.unsent else 0
        self._oldest_created = float("-inf")  # UTC; nothing here is older
        self.dropped = 0

    def __len__(self) -> int:
        """Return how many messages the broker has not acknowledged."""
        return len(self.unsent) + len(self._sent)

    def add(self, message: OutboxMessage, now: float) -> int:
        """Put a message at the end; return its id."""
        if self._oldest_created < now - self._max_age:
            self.expire(now)
        self._last_id += 1
        self._store[self._last_id] = message
        self.unsent.append(self._last_id)
        while len(self.unsent) + len(self._sent) > self._max_messages:
            self._drop(self._oldest())
        return self._last_id

    def send_next(self) -> tuple[int, OutboxMessage]:
        """Return the first of `unsent`, with its id: it is on its way from now on."""
        identifier = self.unsent.popleft()
        self._sent[identifier] = None
        return identifier, self._store[identifier]

    def acknowledged(self, identifier: int) -> None:
        """Forget a message that the broker has, unless it was dropped before."""
        if identifier in self._sent:
            del self._sent[identifier]
            del self._store[identifier]

    def get(self, identifier: int) -> OutboxMessage | None:
        """Return a message that the broker has not acknowledged; None when it is dropped."""
        return self._store.get(identifier)

    def __contains__(self, identifier: int) -> bool:
        """Tell whether the broker has not acknowledged this message, and it is not dropped."""
        return identifier in self._store

    def remove(self, identifier: int) -> OutboxMessage | None:
        """Take out a message that is never to be sent again; return it, None if it is gone."""
        if identifier in self._sent:
            del self._sent[identifier]
        elif identifier in self.unsent:
            self.unsent.remove(identifier)
        return self._store.pop(identifier, None)

    def all_unsent_again(self) -> None:
        """Begin again with the oldest: what was under way when the link broke may be lost."""
        self.unsent.extendleft(reversed(self._sent))
        self._sent.clear()

    def expire(self, now: float) -> None:
        """Drop what is too old at that UTC."""
        while len(self):
            self._oldest_created = self._store[self._oldest()].created
            if self._oldest_created >= now - self._max_age:
                return  # and nothing behind it is older, nor what comes
            self._drop(self._oldest())

    def _oldest(self) -> int:
        return next(iter(self._sent)) if self._sent else self.unsent[0]

    def _drop(self, identifier: int) -> None:
        if identifier in self._sent:
            del self._sent[identifier]
        else:
            self.unsent.popleft()
        del self._store[identifier]
        self.dropped += 1
