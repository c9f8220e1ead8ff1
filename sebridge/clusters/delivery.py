"""Who has heard which event, and what to send again. Pure."""

from collections import defaultdict
from collections.abc import Iterable

import zigpy.types as t

from sebridge.devices.peer import Peer

_Place = tuple[t.EUI64, int]


class Deliveries:
    """For each event, the endpoints that have it. Not power-safe: clients may hear twice."""

    def __init__(self) -> None:
        self._heard: defaultdict[int, set[_Place]] = defaultdict(set)

    def heard(self, event_id: int, device: t.EUI64, endpoint: int) -> None:
        """Note that an endpoint has an event."""
        self._heard[event_id].add((device, endpoint))

    def keep_only(self, event_ids: Iterable[int]) -> None:
        """Forget the events that are over."""
        alive = set(event_ids)
        for event_id in [event_id for event_id in self._heard if event_id not in alive]:
            del self._heard[event_id]

    def forget(self, device: t.EUI64) -> None:
        """Forget what a device has: it left, or lost its memory when it came back."""
        for places in self._heard.values():
            for place in [place for place in places if place[0] == device]:
                places.discard(place)

    def missing(
        self, event_ids: Iterable[int], peers: Iterable[Peer]
    ) -> list[tuple[Peer, list[int]]]:
        """Return, for each peer that lacks any, the events it lacks in the given order."""
        wanted = list(event_ids)
        found = []
        for peer in peers:
            place = (peer.device, peer.endpoint)
            lacking = [e for e in wanted if place not in self._heard.get(e, ())]
            if lacking:
                found.append((peer, lacking))
        return found
