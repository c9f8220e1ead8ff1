"""Put together what comes in several frames. Pure: the caller brings the time.

Source: ZigBee specification, APS fragmentation; Silicon Labs UG100, EmberApsFrame.
"""

from typing import Final, NamedTuple

import msgspec

from sebridge.radio.heard import Heard

KEPT_FOR: Final = 10.0  # seconds after the first fragment
MOST_MESSAGES: Final = 16
"""Messages of which something is missing, at the same time; the oldest gives way."""
MOST_FRAGMENTS: Final = 32
"""Of one message; a longer one is not kept."""


class Fragment(NamedTuple):
    """A part of a message."""

    heard: Heard  # with the data of this part
    sequence: int  # the APS counter, which all parts share
    options: int  # of the APS frame
    place: int  # 0 is the first
    parts: int  # of the message; only the first tells it


class _Message:
    """The parts of a message that have come."""

    def __init__(self, until: float) -> None:
        self.until = until
        self._count: int | None = None
        self._parts: dict[int, bytes] = {}

    def take(self, fragment: Fragment) -> bytes | None:
        """Take a part; return the whole once all are there."""
        self._parts[fragment.place] = fragment.heard.data
        if fragment.place == 0:
            self._count = fragment.parts
        places = range(self._count or 0)
        if not places or any(place not in self._parts for place in places):
            return None
        return b"".join(self._parts[place] for place in places)


class Fragments:
    """Messages of which something is missing."""

    def __init__(self) -> None:
        self._messages: dict[tuple[int, ...], _Message] = {}

    def take(self, fragment: Fragment, now: float) -> Heard | None:
        """Take a part; return the message once it is whole. `now` is in monotonic seconds."""
        for key in [key for key, message in self._messages.items() if message.until <= now]:
            del self._messages[key]
        heard = fragment.heard
        key = (heard.nwk, fragment.sequence, heard.profile_id, heard.cluster_id)
        if fragment.parts > MOST_FRAGMENTS or fragment.place >= MOST_FRAGMENTS:
            self._messages.pop(key, None)
            return None
        message = self._messages.setdefault(key, _Message(now + KEPT_FOR))
        if len(self._messages) > MOST_MESSAGES:
            del self._messages[next(iter(self._messages))]
        data = message.take(fragment)
        if data is None:
            return None
        self._messages.pop(key, None)
        return msgspec.structs.replace(heard, data=data)
