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
    counted, those under way too; such a one may still arrive.
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
        self._unsent = deque(sorted(store))
        self._sent: dict[int, None] = {}  # in the order of sending, which is that of the ids
        self._last_id = self._unsent[-1] if self._unsent else 0
        self.dropped = 0

    def __len__(self) -> int:
        """Return how many messages the broker has not acknowledged."""
        return len(self._unsent) + len(self._sent)

    def add(self, message: OutboxMessage, now: float) -> int:
        """Put a message at the end; return its id."""
        self.expire(now)
        self._last_id += 1
        self._store[self._last_id] = message
        self._unsent.append(self._last_id)
        while len(self) > self._max_messages:
            self._drop(self._oldest())
        return self._last_id

    def next_unsent(self) -> tuple[int, OutboxMessage] | None:
        """Return the message whose turn it is, with its id; None when all are on their way."""
        if not self._unsent:
            return None
        return self._unsent[0], self._store[self._unsent[0]]

    def sent(self, identifier: int) -> None:
        """Note that the message whose turn it was is on its way."""
        if not self._unsent or self._unsent[0] != identifier:
            raise ValueError(f"it is not the turn of message {identifier}")
        self._unsent.popleft()
        self._sent[identifier] = None

    def acknowledged(self, identifier: int) -> OutboxMessage | None:
        """Forget a message that the broker has; return it, or None when it was dropped before."""
        if identifier not in self._sent:
            return None
        del self._sent[identifier]
        return self._store.pop(identifier)

    def __contains__(self, identifier: int) -> bool:
        """Tell whether the broker has not acknowledged this message, and it is not dropped."""
        return identifier in self._store

    def remove(self, identifier: int) -> OutboxMessage | None:
        """Take out a message that is never to be sent again; return it, None if it is gone."""
        if identifier in self._sent:
            del self._sent[identifier]
        elif identifier in self._unsent:
            self._unsent.remove(identifier)
        return self._store.pop(identifier, None)

    def all_unsent_again(self) -> None:
        """Begin again with the oldest: what was under way when the link broke may be lost."""
        self._unsent.extendleft(reversed(self._sent))
        self._sent.clear()

    def expire(self, now: float) -> None:
        """Drop what is too old at that UTC."""
        while len(self) and self._store[self._oldest()].created < now - self._max_age:
            self._drop(self._oldest())

    def _oldest(self) -> int:
        return next(iter(self._sent)) if self._sent else self._unsent[0]

    def _drop(self, identifier: int) -> None:
        if identifier in self._sent:
            del self._sent[identifier]
        else:
            self._unsent.popleft()
        del self._store[identifier]
        self.dropped += 1
