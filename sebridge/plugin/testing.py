"""A stage on which plug-ins are tried without a gateway: a `Bridge` whose other side is memory."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import json
from typing import Any, Final

from sebridge.plugin import words
from sebridge.plugin.bridge import Bridge, BridgeError, HttpRequest
from sebridge.plugin.channel import ChannelError

_BRANCH: Final = "sebridge/home/plugin/stage"
_NO_METHOD: Final = -32601
_TURNS: Final = 20  # of the event loop, in which what was begun goes on
_FIRST: Final = 1_700_000_000.0


class StageClock:
    """A clock that stands still until it is advanced."""

    def __init__(self) -> None:
        self._now = _FIRST
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    def utc(self) -> float:
        """Return the seconds since 1970."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Return when the clock was advanced by so many seconds."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._now + seconds, waiting))
        await waiting

    async def advance(self, seconds: float) -> None:
        """Let time pass, and let happen what is due, in its order."""
        end = self._now + seconds
        while due := min(
            (one for one in self._waiting if one[0] <= end), default=None, key=_moment
        ):
            self._waiting.remove(due)
            self._now, waiting = due
            if not waiting.done():
                waiting.set_result(None)
            await _settle()
        self._now = end


class Stage:
    """Hand `bridge` to the start hook, then play the others.

    `answers` has the results of RPC methods by their names, or a BridgeError that is raised, and
    `calls` what was called. `stored` is the storage, `retained` what stays on topics, `said` what
    was published otherwise, `entities` what Home Assistant shows, by keys.
    """

    def __init__(self, **answers: Mapping[str, Any] | BridgeError) -> None:
        self.answers: dict[str, Mapping[str, Any] | BridgeError] = answers
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.stored: dict[str, Any] = {}
        self.retained: dict[str, Any] = {}
        self.said: list[tuple[str, Any]] = []
        self.entities: dict[str, Mapping[str, Any]] = {}
        self.clock = StageClock()
        self._tasks: set[asyncio.Future[Any]] = set()
        self._ways: Mapping[str, Callable[..., Mapping[str, Any] | None]] = {
            words.READ: self._read,
            words.KEEP: self._keep,
            words.DROP: self._drop,
            words.KEYS: lambda: {"keys": list(self.stored)},
            words.PUBLISH: self._publish,
            words.SUBSCRIBE: lambda topic: {"topic": f"{_BRANCH}/command/{topic}"},
            words.ADD_ENTITY: self._add_entity,
            **dict.fromkeys((words.LISTEN, words.ADD_METHOD, words.ADD_ROUTE), lambda **_: None),
        }
        self.bridge = Bridge(lambda: self, self._spawn, self.clock)

    # ------------------------------------------------------------------ the others

    async def notify(self, notification: str, parameters: Mapping[str, Any]) -> None:
        """Have the bridge tell of something; raise what a listener raises."""
        self.bridge.hear(notification, parameters)
        await self._settle()

    async def command(self, topic: str, value: Any) -> None:
        """Publish something for the plug-in; raise what a listener raises."""
        self.bridge.hear_command(topic, value)
        await self._settle()

    async def invoke(self, method: str, /, **params: Any) -> Mapping[str, Any]:
        """Call a method of the plug-in."""
        return await self.bridge.answer(method, params)

    async def request(
        self, verb: str, path: str, query: Mapping[str, str] | None = None, body: str = ""
    ) -> Mapping[str, Any]:
        """Return `status`, `type` and `body` of the answer of a route."""
        return await self.bridge.answer_http(HttpRequest(verb, path, query or {}, body))

    async def advance(self, seconds: float) -> None:
        """Let time pass."""
        await self.clock.advance(seconds)
        await self._settle()

    # ------------------------------------------------------------------ the bridge

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """Answer what the plug-in asks: its `Bridge` calls this."""
        params = json.loads(json.dumps(params))  # as it would travel
        way = self._ways.get(method)
        return self._answer(method, params) if way is None else way(**params) or {}

    def _read(self, key: str) -> Mapping[str, Any]:
        return {"value": self.stored.get(key), "is_one": key in self.stored}

    def _keep(self, key: str, value: Any) -> None:
        self.stored[key] = value

    def _drop(self, key: str) -> None:
        self.stored.pop(key, None)

    def _add_entity(self, key: str, **said: Any) -> None:
        self.entities[key] = said

    def _publish(self, topic: str, value: Any, *, retain: bool) -> Mapping[str, str]:
        if not retain:
            self.said.append((topic, value))
        elif value is None:
            self.retained.pop(topic, None)
        else:
            self.retained[topic] = value
        return {"topic": f"{_BRANCH}/{topic}"}

    def _answer(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls.append((method, params))
        answer = self.answers.get(method)
        if answer is None:
            raise ChannelError(_NO_METHOD, f"there is no method {method} on this stage")
        if isinstance(answer, BridgeError):
            raise ChannelError(answer.code, answer.message)
        return answer

    def _spawn(self, work: Awaitable[Any]) -> asyncio.Future[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        return task

    async def _settle(self) -> None:
        await _settle()
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            if not task.cancelled():
                task.result()


def _moment(waiting: tuple[float, object]) -> float:
    return waiting[0]


async def _settle() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
