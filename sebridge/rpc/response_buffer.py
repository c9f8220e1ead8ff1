"""Responses that nobody waits for: kept until they are fetched or pushed."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Final

from sebridge.rpc.file_name import FileNumber

_CAPACITY: Final = 250  # that of the reference


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response or a notification as an XML document.

    `name` is that of its element; `number` makes the name of its file, and says when it came.
    """

    name: str
    number: FileNumber
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The oldest responses, which are gone from the gateway now, and how many are left."""

    responses: Sequence[StoredResponse]
    remaining: int


class ResponseBuffer:
    """A queue with an end to it: beyond the capacity the oldest is dropped and counted.

    The store is the truth: one that survives a restart keeps the responses over it. `capacity` is
    RPC_Manager.max_buffer_items.
    """

    def __init__(
        self,
        store: MutableMapping[int, StoredResponse],
        capacity: Callable[[], int] = lambda: _CAPACITY,
    ) -> None:
        self.dropped = 0
        self._listeners: list[Callable[[], object]] = []
        self._store = store
        self._capacity = capacity
        self._last = max(store, default=0)
        self._number = store[self._last].number if store else FileNumber()

    def on_filled(self, listener: Callable[[], object]) -> None:
        """Call back after each response that comes in."""
        self._listeners.append(listener)

    def __len__(self) -> int:
        """Return how many responses are there."""
        return len(self._store)

    def append(self, name: str, time: float, document: str) -> StoredResponse:
        """Put a response at the end; return it as it is kept."""
        self._number = self._number.next(time)
        self._last += 1
        response = StoredResponse(name, self._number, document)
        self._store[self._last] = response
        while len(self._store) > max(self._capacity(), 1):
            del self._store[self._oldest()]
            self.dropped += 1
        for listener in self._listeners:
            listener()
        return response

    def fetch(self, limit: int | None = None) -> Fetched:
        """Take the oldest responses out, at most `limit` of them."""
        count = len(self._store) if limit is None else max(limit, 0)
        keys = [key for key, _ in zip(self._store, range(count), strict=False)]
        taken = [self._store.pop(key) for key in keys]
        return Fetched(responses=taken, remaining=len(self._store))

    def after(self, key: int) -> tuple[int, StoredResponse] | None:
        """Return the oldest response that came after the one of a key (0: of all), with its key.

        It stays until it is removed.
        """
        following = next((other for other in self._store if other > key), None)
        return None if following is None else (following, self._store[following])

    def remove(self, key: int) -> None:
        """Forget a response that was pushed; one that was fetched or dropped meanwhile is gone."""
        self._store.pop(key, None)

    def _oldest(self) -> int:
        return next(iter(self._store))
