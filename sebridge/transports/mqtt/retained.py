"""Which topics the broker keeps for us, and what is on them."""

from bisect import bisect_left
from collections.abc import Callable, KeysView, MutableMapping
from typing import Final

from sebridge.transports.mqtt.messages import is_topic
from sebridge.transports.mqtt.packing import LONG, Packed, Packing

_MOST_EMPTIED: Final = 1000


class Retained:
    """The last payload of each retained topic, and the names of all that the broker may keep.

    The names are in a mapping that is handed in: with one that survives a restart, a branch can be
    emptied whose topics were published before it. The value tells whether the topic is kept; one
    that is False is still to be emptied. `empty` are the topics on which nothing is to be.
    """

    def __init__(self, names: MutableMapping[str, bool]) -> None:
        self._names = names
        self._payloads: dict[str, bytes | Packed] = {
            topic: b"" for topic, kept in names.items() if not kept
        }
        self._packing = Packing()
        self.empty = set(self._payloads)
        self._order: list[str] | None = None
        """All names in their order, besides some that are gone; None while it lacks one."""
        self._emptied: dict[str, None] = {}  # the last that were, the oldest first

    @property
    def topics(self) -> KeysView[str]:
        """The topics whose payload is known by now, in the order in which they appeared."""
        return self._payloads.keys()

    def to_be_repeated(self) -> list[str]:
        """Return the topics on which a broker that was killed may have something older.

        Besides those whose payload is known these are the last 1,000 that were emptied.
        """
        return [*self._payloads, *self._emptied]

    def payload(self, topic: str) -> bytes:
        """Return what is to be on the topic; empty when nothing is."""
        kept = self._payloads.get(topic, b"")
        return kept.payload if isinstance(kept, Packed) else kept

    def keep(self, topic: str, payload: bytes) -> bool:
        """Take a new payload; tell whether it differs from the last. An empty one means no topic.

        Raises ValueError when there can be no such topic.
        """
        last = self._payloads.get(topic)
        if last == payload or (type(last) is Packed and last.payload == payload):
            return False
        if not last or not payload:
            self._note(topic, kept=bool(payload))
        if len(payload) >= LONG:
            self._payloads[topic] = self._packing.packed(payload)
        else:  # msgspec leaves room behind what it writes, half as much again
            self._payloads[topic] = bytes(memoryview(payload))
        if self._emptied:
            self._emptied.pop(topic, None)
        return True

    def note(self, topic: str) -> bool:
        """Remember that a topic is going to be kept; tell whether it was unknown.

        Raises ValueError when there can be no such topic.
        """
        if topic in self._payloads or topic in self._names:  # the former are looked up faster
            return False
        self._note(topic, kept=True)
        return True

    def _note(self, topic: str, *, kept: bool) -> None:
        if not is_topic(topic):
            raise ValueError(f"{topic!r} is no topic to publish to")
        if kept:
            self.empty.discard(topic)
        else:
            self.empty.add(topic)
        before = self._names.get(topic)
        if before is None:
            self._order = None
        if before is not kept:
            self._names[topic] = kept

    def below(self, branch: str) -> list[str]:
        """Return the topics at or below a branch that are kept."""
        if self._order is None:
            self._order = sorted(self._names)
        # what follows the slash comes before what follows the next character
        first = bisect_left(self._order, f"{branch}/")
        last = bisect_left(self._order, f"{branch}{chr(ord('/') + 1)}", first)
        found = (branch, *self._order[first:last])
        return [topic for topic in found if self._names.get(topic)]

    def others(self, is_wanted: Callable[[str], bool]) -> list[str]:
        """Return the topics that are kept and not wanted."""
        return [topic for topic, kept in self._names.items() if kept and not is_wanted(topic)]

    def emptied(self, topic: str) -> None:
        """Note that the broker has the empty payload of a topic, unless it is in use again."""
        if topic not in self.empty:
            return
        self.empty.remove(topic)
        del self._payloads[topic]
        self._names.pop(topic, None)
        self._emptied[topic] = None
        if len(self._emptied) > _MOST_EMPTIED:
            del self._emptied[next(iter(self._emptied))]
