"""What a page that is open still has to hear: bounded, the newest wins. Pure."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from sebridge.base.errors import LimitError, ParameterError
from sebridge.console.protocol import Change
from sebridge.transports.mqtt.messages import is_filter, matches_any

_MOST_FILTERS: Final = 64
_LONGEST_FILTER: Final = 256  # characters
_MOST_STREAMED: Final = 2_000  # messages that wait; of what topics hold, the last of each waits
_MOST_OCTETS: Final = 65_536  # of payloads that are told together


class Changes:
    """What was published on topics that a page wants to hear of, until it is told.

    Topics are below `root`, which is left out. `payload_on` returns what a topic holds.
    """

    def __init__(self, root: str, payload_on: Callable[[str], bytes]) -> None:
        self._root = f"{root}/"
        self._payload_on = payload_on
        self._filters: dict[str, None] = {}
        self._is_wanted = matches_any(())
        self._kept: dict[str, None] = {}  # topics whose payload is to be told
        self._streamed: deque[Change] = deque()
        self.lost = 0

    def __bool__(self) -> bool:
        """Say whether there is something to tell."""
        return bool(self._kept or self._streamed)

    def subscribe(self, filters: Iterable[str], kept: Iterable[str]) -> None:
        """Want topics that match these filters; those of `kept` hold something by now.

        Raises ParameterError for what is no filter, LimitError where they become too many.
        """
        wanted = tuple(filters)
        for number, one in enumerate(wanted):
            if len(one) > _LONGEST_FILTER or not is_filter(one):
                raise ParameterError(f"topics[{number}]", "is no filter of topics")
        if len(self._filters | dict.fromkeys(wanted)) > _MOST_FILTERS:
            raise LimitError(f"a page subscribes to at most {_MOST_FILTERS} filters")
        self._filters.update(dict.fromkeys(wanted))
        self._is_wanted = matches_any(self._filters)
        is_new = matches_any(wanted)
        start = len(self._root)
        self._kept.update(dict.fromkeys(topic for topic in kept if is_new(topic[start:])))

    def unsubscribe(self, filters: Iterable[str]) -> None:
        """Want no longer what matched these filters, and none of those that are left."""
        for one in filters:
            self._filters.pop(one, None)
        self._is_wanted = matches_any(self._filters)
        start = len(self._root)
        self._kept = {topic: None for topic in self._kept if self._is_wanted(topic[start:])}
        self._streamed = deque(one for one in self._streamed if self._is_wanted(one.topic))

    def note(self, topic: str, payload: bytes, *, is_kept: bool) -> bool:
        """Take note of something that was published; return whether the page wants it."""
        if not topic.startswith(self._root):
            return False
        name = topic[len(self._root) :]
        if not self._is_wanted(name):
            return False
        if is_kept:
            self._kept[topic] = None
            return True
        if len(self._streamed) == _MOST_STREAMED:
            self._streamed.popleft()
            self.lost += 1
        self._streamed.append(Change(name, payload, is_kept=False))
        return True

    def take(self) -> list[Change]:
        """Return what is to be told next; what topics hold comes as it is now."""
        taken: list[Change] = []
        octets = 0
        while self and octets < _MOST_OCTETS:
            if self._streamed:
                change = self._streamed.popleft()
            else:
                topic = next(iter(self._kept))
                del self._kept[topic]
                name = topic[len(self._root) :]
                change = Change(name, self._payload_on(topic), is_kept=True)
            octets += len(change.payload)
            taken.append(change)
        return taken
