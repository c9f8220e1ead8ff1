"""What of the gateway the code of plug-ins stands on, and what of theirs others see there."""

from collections.abc import Callable, MutableMapping, Sequence, Set as AbstractSet
from typing import Final, Protocol

import msgspec

from sebridge.plugins.entities import PluginEntity
from sebridge.plugins.notebook import Pages
from sebridge.plugins.routes import PluginRoutes
from sebridge.rpc.message import Caller, Scope
from sebridge.rpc.method import Method

COMMAND: Final = "command"
"""The level below a plug-in's topic where others publish for it."""

Entities = MutableMapping[tuple[str, str], PluginEntity]
"""What Home Assistant shows of all plug-ins, by their names and the keys of the entities."""
EMPTIED_AFTER: Final = 3.0
"""Seconds until topics are emptied on which nobody publishes any more: Home Assistant takes away
entities one after the other, and warns of an empty state of each that is still there."""
Commanded = Callable[[str, bytes], object]
"""Takes what somebody published below the `command` of a plug-in, and on which topic there."""


class Board(Protocol):
    """The broker, as far as plug-ins publish."""

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        """Keep a payload on a topic, or say it once."""

    def kept_below(self, branch: str) -> Sequence[str]:
        """Return the retained topics at or below the branch, also those of an earlier run."""


class Methods(Protocol):
    """The RPC methods of the gateway."""

    def add(self, method: Method) -> Callable[[], object]:
        """Make a method callable until what is returned is called; RequestError."""

    def check(self, what: str, needed: Scope, caller: Caller) -> None:
        """Raise RefusedError where a caller may not do something."""


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """What plug-ins share. `branch` is the topic below which each has its own.

    `entities_changed` is called when Home Assistant is to show others; `commanded` has, for each
    plug-in that runs, who takes what is published for it, and `claimed` the topics on which
    one of them keeps something. `later` calls a function after so many seconds.
    """

    branch: str
    board: Board
    methods: Methods
    routes: PluginRoutes
    pages: Pages
    entities: Entities
    entities_changed: Callable[[], object]
    later: Callable[[float, Callable[[], None]], object]
    claimed: set[str] = msgspec.field(default_factory=set)
    commanded: dict[str, Commanded] = msgspec.field(default_factory=dict)

    def command(self, topic: str, payload: bytes) -> None:
        """Take what was published on `<branch>/<plug-in>/command/…`."""
        name = self._plugin_of(topic)
        take = self.commanded.get(name)
        if take is not None:
            take(topic.removeprefix(f"{self.branch}/{name}/{COMMAND}/"), payload)

    def withdraw_others(self, running: AbstractSet[str]) -> None:
        """Let nobody see anything of plug-ins other than these, also what an earlier run left."""
        self.withdraw_entities([key for key in self.entities if key[0] not in running])
        topics = self.board.kept_below(self.branch)
        self.empty([topic for topic in topics if self._plugin_of(topic) not in running])

    def withdraw_entities(self, keys: Sequence[tuple[str, str]]) -> None:
        """Let Home Assistant show these no more."""
        for key in keys:
            del self.entities[key]
        if keys:
            self.entities_changed()

    def empty(self, topics: Sequence[str]) -> None:
        """Empty topics after a while, but those on which something is published until then."""

        def empty() -> None:
            for topic in topics:
                if topic not in self.claimed:
                    self.board.publish(topic, b"", retain=True)

        if topics:
            self.later(EMPTIED_AFTER, empty)

    def _plugin_of(self, topic: str) -> str:
        return topic.removeprefix(f"{self.branch}/").partition("/")[0]
