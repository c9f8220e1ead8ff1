"""What the code of a plug-in asks for: it is answered, and stays below its name and its limits."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
import json
from pathlib import Path
from random import Random
from typing import Any, Final

from sebridge.base.errors import DecodeError, RequestError
from sebridge.plugin import words
from sebridge.plugins.belongings import MOST_TOPICS, Belongings
from sebridge.plugins.requests import is_own
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.json_codec import parse
from sebridge.rpc.message import Caller, Scope
from tests.bridge_ports import durable
from tests.doubles import RecordingBroker
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must
from tests.plugins.gateway_side import BRANCH, host

_METHODS: Final = tuple(
    word for word in vars(words).values() if isinstance(word, str) and is_own(word)
)
_VALUES: Final[Sequence[Any]] = (
    *("a", "a/b", "../b", "command/a", "#", "+", "", "a" * 300, "a.b", "read", "admin", "GET"),
    *(None, True, 0, -1, 1e308, [], {}, ["a"], {"a": [1]}, "\u0000", "é"),
)
_NAMES: Final = ("key", "value", "topic", "retain", "name", "scope", "description", "verb", "path")


class RequestSubject:
    """The belongings of one plug-in, beside those of another."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self._board = RecordingBroker()
        self._host = host(self._board, Dispatcher(durable))
        self._board.publish(f"{BRANCH}/b/state", b"1", retain=True)
        self._host.pages["b", "key"] = "1"
        self._belongings = Belongings(
            Caller("plugin", Scope.COMMAND, name="a"),
            self._host,
            ask=self._ask,
            tell=lambda _method, _params: True,
        )

    async def _ask(self, method: str, params: Mapping[str, Any]) -> Any:
        del method, params
        return {}

    async def take(self, octets: bytes) -> None:
        """Have each line carried out, and then a good one."""
        for line in octets.splitlines():
            try:
                message = parse(line)
                self._belongings.answer(str(message["method"]), message["params"])
            except (DecodeError, RequestError, KeyError, TypeError):
                pass  # the other side ends at what is no message
            self._host.command(f"{BRANCH}/a/command/level", line)
        found = self._belongings.answer(words.KEYS, {})
        must(isinstance(found["keys"], list), "a good request is not answered")
        others = [topic for topic in self._board.retained if not topic.startswith(f"{BRANCH}/a/")]
        must(others == [f"{BRANCH}/b/state"], "it publishes elsewhere than below its name")
        must(len(self._board.retained) <= MOST_TOPICS + 1, "it keeps too many topics")
        must(self._host.pages["b", "key"] == "1", "it writes what is of another")
        self._board.history.clear()
        self._board.streamed.clear()


def grow_requests(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a seed with changed octets, or requests with odd parameters."""
    if random.random() < 0.4:
        return changed(random, random.choice(seeds), seeds)
    lines = []
    for _ in range(random.randrange(1, 6)):
        names = random.sample(_NAMES, random.randrange(5))
        params = {name: random.choice(_VALUES) for name in names}
        lines.append(json.dumps({"method": random.choice(_METHODS), "params": params}))
    return "\n".join(lines).encode()


@asynccontextmanager
async def _requests(_directory: Path) -> AsyncIterator[RequestSubject]:
    yield RequestSubject()


TARGET = Target(
    name="plugin",
    told="what the code of a plug-in asks for",
    subject=_requests,
    grow=grow_requests,
    lasts=300,
    in_suite=200,
)
