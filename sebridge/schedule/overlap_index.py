"""Where to look for the events that an event meets, in O(log n)."""

from collections.abc import Hashable, Iterator
from typing import Any, Final

from sortedcontainers import SortedList

from sebridge.schedule.event import EVERY_GROUP, ScheduledEvent
from sebridge.schedule.overlap import Policy

Event = ScheduledEvent[Any]

_FIRST: Final = -1  # below every key
_FOR_EVER: Final = 1 << 40  # above every start


class OverlapIndex:
    """The events that wait, in a lane for each server and commodity, or each class and group.

    Events of one lane take turns: one that starts ends the one before it. So at most one event of
    a lane reaches into the start of another, the one before it.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._lanes: dict[int, dict[Hashable, Any]] = {}

    def add(self, event: Event) -> None:
        """Let an event wait."""
        for bit, group in self._own(event):
            lane = self._lanes.setdefault(bit, {}).setdefault(group, SortedList())
            lane.add((event.start, event.key))

    def remove(self, event: Event) -> None:
        """Forget an event that waits."""
        for bit, group in self._own(event):
            groups = self._lanes[bit]
            groups[group].remove((event.start, event.key))
            if not groups[group]:
                del groups[group]

    def near(self, event: Event) -> Iterator[int]:
        """Give the keys of what waits and may overlap, in each lane by start."""
        last = _FOR_EVER if event.end is None else event.end
        for lane in self._met(event):
            first = max(lane.bisect_left((event.start, _FIRST)) - 1, 0)
            yield from (key for _, key in lane[first : lane.bisect_left((last, _FIRST))])

    def beside(self, event: Event) -> Iterator[int]:
        """Give the keys of what waits and is next before or after the event."""
        for lane in self._met(event):
            place = lane.bisect_left((event.start, event.key))
            yield from (key for _, key in lane[max(place - 1, 0) : place])
            if event.end is not None:
                after = lane.bisect_left((event.end, _FIRST))
                yield from (key for _, key in lane[after : after + 1])

    def _own(self, event: Event) -> list[tuple[int, Hashable]]:
        if self._policy is not Policy.LOAD_CONTROL:
            return [(0, (event.source, event.commodity))]
        return [(bit, event.group) for bit in _bits(event.remaining)]

    def _met(self, event: Event) -> Iterator[Any]:
        for bit, own in self._own(event):
            for group, lane in self._lanes.get(bit, {}).items():
                anybody = self._policy is Policy.LOAD_CONTROL and EVERY_GROUP in {own, group}
                if own == group or anybody:
                    yield lane


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
