"""Who has not heard which event, or other thing that a server says, yet. Pure."""

from collections.abc import Hashable, Iterable
from typing import Final, Generic, TypeVar

from sebridge.base.addresses import Eui64
from sebridge.network.peer import Peer

_Place = tuple[Eui64, int]
K = TypeVar("K", bound=Hashable)

MOST_REPETITIONS: Final = 3
"""So often is an event brought that was taken, but not answered as it asks (PRC-10)."""


class Deliveries(Generic[K]):
    """For each endpoint, the events it lacks: nothing for those who have heard all.

    Not power-safe: clients may hear an event twice.
    """

    def __init__(self, event_ids: Iterable[K] = ()) -> None:
        self._alive = dict.fromkeys(event_ids)
        self._lacks: dict[_Place, dict[K, int]] = {}  # event -> how often it was brought
        self._wanting: set[_Place] = set()

    def begin(self, event_id: K) -> None:
        """Note a new event, which nobody has heard."""
        if event_id not in self._alive:
            self._alive[event_id] = None
            for place, lacking in self._lacks.items():
                lacking[event_id] = 0
                self._wanting.add(place)

    def over(self, event_id: K) -> None:
        """Forget an event that is over."""
        self._alive.pop(event_id, None)
        for place in tuple(self._wanting):
            self._drop(place, self._lacks[place], event_id)

    def heard(self, event_id: K, device: Eui64, endpoint: int) -> None:
        """Note that an endpoint has an event."""
        place = (device, endpoint)
        self._drop(place, self._known(place), event_id)

    def taken(self, event_id: K, device: Eui64, endpoint: int) -> None:
        """Note that an endpoint took an event that it has to answer, too."""
        place = (device, endpoint)
        lacking = self._known(place)
        if event_id in lacking:
            lacking[event_id] += 1
            if lacking[event_id] > MOST_REPETITIONS:
                self._drop(place, lacking, event_id)  # an older device, which answers otherwise

    def forget(self, device: Eui64) -> None:
        """Forget what a device has: it left, or lost its memory when it came back."""
        for place in [place for place in self._lacks if place[0] == device]:
            del self._lacks[place]
            self._wanting.discard(place)

    def missing(self, peers: Iterable[Peer]) -> list[tuple[Peer, list[K]]]:
        """Return, for each peer that lacks any, the events it lacks, the earliest noted first."""
        found = []
        for peer in peers:
            lacking = self._known((peer.device, peer.endpoint))
            if lacking:
                found.append((peer, list(lacking)))
        return found

    def _known(self, place: _Place) -> dict[K, int]:
        """Return what an endpoint lacks: everything, when it is new."""
        if place not in self._lacks:
            self._lacks[place] = dict.fromkeys(self._alive, 0)
            if self._alive:
                self._wanting.add(place)
        return self._lacks[place]

    def _drop(self, place: _Place, lacking: dict[K, int], event_id: K) -> None:
        if lacking.pop(event_id, None) is not None and not lacking:
            self._wanting.discard(place)
