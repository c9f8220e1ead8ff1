"""Messages that do not fit one frame: cut them, and put them together. Pure.

Source: ZigBee specification, APS fragmentation; Silicon Labs UG100, EmberApsFrame.
"""

from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple

KEPT_FOR: Final = 10.0  # seconds after the first part
MOST_MESSAGES: Final = 16
"""Messages of which something is missing, at the same time; the oldest gives way."""
MOST_FRAGMENTS: Final = 32
"""Of one message; a longer one is not kept, and not sent."""


class Part(NamedTuple):
    """Which part of a message it is."""

    sequence: int  # the APS counter, which all parts of a message share
    place: int  # 0 is the first
    parts: int  # of the message; only the first has to tell it


def cut(data: bytes, longest: int) -> Sequence[bytes]:
    """Return the parts of a message, each but the last with so many octets."""
    return [data[begin : begin + longest] for begin in range(0, len(data), longest)]


class _Message:
    """The parts of a message that have come."""

    def __init__(self, until: float) -> None:
        self.until = until
        self._count: int | None = None
        self._parts: dict[int, bytes] = {}

    def take(self, part: Part, data: bytes) -> bytes | None:
        """Take a part; return the whole once all are there."""
        self._parts[part.place] = data
        if part.place == 0:
            self._count = part.parts
        places = range(self._count or 0)
        if not places or any(place not in self._parts for place in places):
            return None
        return b"".join(self._parts[place] for place in places)


class Fragments:
    """Messages of which something is missing."""

    def __init__(self) -> None:
        self._messages: dict[Hashable, _Message] = {}

    def take(self, head: Hashable, part: Part, data: bytes, now: float) -> bytes | None:
        """Take a part; return the message once it is whole. `now` is in monotonic seconds.

        `head` is what tells a message from another one with the same counter: its sender first.
        """
        for key in [key for key, message in self._messages.items() if message.until <= now]:
            del self._messages[key]
        key = (head, part.sequence)
        if part.parts > MOST_FRAGMENTS or part.place >= MOST_FRAGMENTS:
            self._messages.pop(key, None)
            return None
        message = self._messages.setdefault(key, _Message(now + KEPT_FOR))
        if len(self._messages) > MOST_MESSAGES:
            del self._messages[next(iter(self._messages))]
        whole = message.take(part, data)
        if whole is not None:
            self._messages.pop(key, None)
        return whole
