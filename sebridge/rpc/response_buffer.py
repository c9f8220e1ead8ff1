"""Responses that nobody waits for: kept until they are fetched or pushed."""

from collections import defaultdict
from collections.abc import Callable, MutableMapping, Sequence

import msgspec

from sebridge.model.row_codec import Later
from sebridge.rpc.file_name import FileNumber


class StoredResponse(msgspec.Struct, frozen=True):
    """A response or a notification as an XML document.

    `name` is that of its element; `number` makes the name of its file, and says when it came.
    """

    name: str
    number: FileNumber
    document: str


class OwnedResponse(StoredResponse, frozen=True):
    """A response as it is kept.

    `owner` is whose room it takes: the caller's whom it answers, and nobody's for notifications.
    """

    owner: Later[str] = ""

    def without_owner(self) -> StoredResponse:
        """Return it for who fetches it."""
        return StoredResponse(self.name, self.number, self.document)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """The oldest responses, which are gone from the gateway now, and how many are left."""

    responses: Sequence[StoredResponse]
    remaining: int


class ResponseBuffer:
    """A queue with an end to it, and a quota for each owner.

    Beyond the capacity, or the octets, the oldest response of the owner who has most of them is
    dropped and counted, so that nobody pushes out those of others. The store is the truth: one that
    survives a restart keeps the responses over it. `capacity` is RPC_Manager.max_buffer_items,
    `most_octets` are those of all documents in UTF-8.
    """

    def __init__(
        self,
        store: MutableMapping[int, OwnedResponse],
        *,
        capacity: Callable[[], int],
        most_octets: int,
    ) -> None:
        self.dropped = 0
        self.octets = 0
        self._listeners: list[Callable[[], object]] = []
        self._store = store
        self._capacity = capacity
        self.most_octets = most_octets
        self._last = max(store, default=0)
        self._number = store[self._last].number if store else FileNumber()
        self._owned: defaultdict[str, _Owned] = defaultdict(_Owned)
        for key, response in store.items():
            self._count(key, response)

    def on_filled(self, listener: Callable[[], object]) -> None:
        """Call back after each response that comes in."""
        self._listeners.append(listener)

    def __len__(self) -> int:
        """Return how many responses are there."""
        return len(self._store)

    def append(self, name: str, time: float, document: str, *, owner: str) -> StoredResponse:
        """Put a response at the end; return it as it is kept."""
        self._number = self._number.next(time)
        self._last += 1
        response = OwnedResponse(name, self._number, document, owner)
        self._store[self._last] = response
        self._count(self._last, response)
        while len(self._store) > max(self._capacity(), 1):
            self._drop(max(self._owned.values(), key=_Owned.number))
        while self.octets > self.most_octets and len(self._store) > 1:
            self._drop(max(self._owned.values(), key=_Owned.size))
        for listener in self._listeners:
            listener()
        return response

    def fetch(self, limit: int | None = None) -> Fetched:
        """Take the oldest responses out, at most `limit` of them."""
        taken = [self._take(key).without_owner() for key in self._oldest(limit)]
        return Fetched(responses=taken, remaining=len(self._store))

    def octets_of(self, limit: int | None) -> int:
        """Return how many octets `fetch` would take out now."""
        return sum(len(self._store[key].document.encode()) for key in self._oldest(limit))

    def _oldest(self, limit: int | None) -> list[int]:
        count = len(self._store) if limit is None else max(limit, 0)
        return [key for key, _ in zip(self._store, range(count), strict=False)]

    def after(self, key: int) -> tuple[int, StoredResponse] | None:
        """Return the oldest response that came after the one of a key (0: of all), with its key.

        It stays until it is removed.
        """
        following = next((other for other in self._store if other > key), None)
        return None if following is None else (following, self._store[following])

    def remove(self, key: int) -> None:
        """Forget a response that was pushed; one that was fetched or dropped meanwhile is gone."""
        if key in self._store:
            self._take(key)

    def _count(self, key: int, response: OwnedResponse) -> None:
        octets = len(response.document.encode())
        self.octets += octets
        self._owned[response.owner].add(key, octets)

    def _take(self, key: int) -> OwnedResponse:
        response = self._store.pop(key)
        owned = self._owned[response.owner]
        self.octets -= owned.remove(key)
        if not owned.keys:
            del self._owned[response.owner]
        return response

    def _drop(self, owned: "_Owned") -> None:
        self._take(owned.oldest)
        self.dropped += 1


class _Owned:
    """The responses of one owner: their keys, oldest first, and the octets of each."""

    def __init__(self) -> None:
        self.keys: dict[int, int] = {}
        self.octets = 0

    @property
    def oldest(self) -> int:
        return next(iter(self.keys))

    def number(self) -> tuple[int, int]:
        """Return how many there are; of two with as many, the one with the oldest has more."""
        return len(self.keys), -self.oldest

    def size(self) -> tuple[int, int]:
        """Return how many octets they have, and so on."""
        return self.octets, -self.oldest

    def add(self, key: int, octets: int) -> None:
        self.keys[key] = octets
        self.octets += octets

    def remove(self, key: int) -> int:
        octets = self.keys.pop(key)
        self.octets -= octets
        return octets
