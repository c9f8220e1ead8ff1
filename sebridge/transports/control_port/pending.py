"""Octets of clients that wait for a node: in order for each, in turn between them. Pure."""

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

import msgspec

MOST_WAITING: Final = 4_096
"""Octets of one client; one that has sent so many is not read from before there are fewer."""
FEW_WAITING: Final = 1_024
"""Octets of one client with which it is read from again."""

C = TypeVar("C", bound=Hashable)


class Piece(msgspec.Struct, Generic[C], frozen=True):
    """Octets of one client, as many as fit one frame."""

    client: C
    octets: bytes


class Pending(Generic[C]):
    """Holds what clients have sent, until it is on its way."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._waiting: dict[C, bytearray] = {}  # whose turn it is is first

    def waiting(self, client: C) -> int:
        """Return how many octets of a client wait."""
        return len(self._waiting.get(client, b""))

    def is_full(self, client: C) -> bool:
        """Say whether a client should send no more for now."""
        return self.waiting(client) >= MOST_WAITING

    def is_low(self, client: C) -> bool:
        """Say whether a client may go on."""
        return self.waiting(client) <= FEW_WAITING

    def add(self, client: C, octets: bytes) -> None:
        """Take what a client has sent."""
        self._waiting.setdefault(client, bytearray()).extend(octets)

    def next(self) -> Piece[C] | None:
        """Take out what is sent next; None where nothing waits."""
        if not self._waiting:
            return None
        client = next(iter(self._waiting))
        waiting = self._waiting.pop(client)
        octets = bytes(waiting[: self._longest])
        del waiting[: self._longest]
        if waiting:
            self._waiting[client] = waiting  # behind the others
        return Piece(client, octets)

    def drop(self, client: C) -> int:
        """Forget what waits of a client; return how many octets that were."""
        return len(self._waiting.pop(client, b""))
