"""The bridge as the code of a plug-in sees it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import inspect
import json
from typing import Any, Final, Protocol

from sebridge.plugin import words
from sebridge.plugin.channel import ChannelError
from sebridge.plugin.clock import Clock

Listener = Callable[[Mapping[str, Any]], Any]
Commanded = Callable[[str, Any], Any]
Method = Callable[..., Any]

_VALUE: Final = "{{ value_json }}"
_WHOLE: Final = "{{ value_json | to_json }}"
_EVENT: Final = "event"
_ALL: Final = "#"
_JSON: Final = "application/json"
_LOOKING: Final = 60.0  # seconds between two looks at a clock that may be set meanwhile


class BridgeError(Exception):
    """The bridge said no: `code` is that of the RPC error, `message` says why."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Refused(Exception):  # noqa: N818  # it is an answer, and nothing went wrong
    """Raised by a method or a route of a plug-in: whoever asked hears these words."""


class HttpRequest:
    """What somebody asks by HTTP: `path` is below the plug-in's, `body` is text."""

    __slots__ = ("body", "path", "query", "verb")

    def __init__(self, verb: str, path: str, query: Mapping[str, str], body: str) -> None:
        self.verb = verb
        self.path = path
        self.query = query
        self.body = body


class HttpAnswer:
    """What is answered by HTTP: text of a type, which is JSON, plain text or CSV."""

    __slots__ = ("body", "content_type", "status")

    def __init__(self, body: str, content_type: str = "text/plain", status: int = 200) -> None:
        self.body = body
        self.content_type = content_type
        self.status = status


class Line(Protocol):
    """What leads to the bridge."""

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """Return the result of a request; ChannelError where it is refused."""


class Storage:
    """What a plug-in keeps: JSON values by their keys, which survive everything but uninstalling.

    When a coroutine has returned, what it did is on the disk.
    """

    def __init__(self, ask: Callable[..., Awaitable[dict[str, Any]]]) -> None:
        self._ask = ask

    async def read(self, key: str, default: Any = None) -> Any:
        """Return what is kept under a key."""
        found = await self._ask(words.READ, key=key)
        return found["value"] if found["is_one"] else default

    async def keep(self, key: str, value: Any) -> None:
        """Keep a value in place of what was there; BridgeError where there is no room."""
        await self._ask(words.KEEP, key=key, value=value)

    async def drop(self, key: str) -> None:
        """Keep nothing under a key any more."""
        await self._ask(words.DROP, key=key)

    async def keys(self) -> list[str]:
        """Return all keys."""
        return list((await self._ask(words.KEYS))["keys"])


class Bridge:
    """The bridge, as far as the scope of the manifest goes.

    All coroutines raise BridgeError where the bridge says no, and ConnectionError when it is gone.
    What is handed over to be called may be a function or a coroutine function.
    """

    def __init__(
        self,
        line: Callable[[], Line],
        spawn: Callable[[Awaitable[Any]], asyncio.Future[Any]],
        clock: Clock,
    ) -> None:
        self.clock = clock
        self._line = line
        self._spawn = spawn
        self._listeners: dict[str, list[Listener]] = {}
        self._commanded: dict[str, list[Commanded]] = {}
        self._methods: dict[str, Method] = {}
        self._routes: dict[tuple[str, str], Callable[[HttpRequest], Any]] = {}
        self.storage = Storage(self._ask)

    # ------------------------------------------------------------------ the gateway

    async def call(self, method: str, /, **params: Any) -> dict[str, Any]:
        """Return the result of an RPC method, by the names and in the forms of JSON."""
        return await self._ask(method, **params)

    async def listen(self, notification: str, listener: Listener) -> None:
        """Call a listener with the parameters of each notification of a name.

        What comes faster than the plug-in takes it is dropped.
        """
        listeners = self._listeners.setdefault(notification, [])
        listeners.append(listener)
        try:
            await self._ask(words.LISTEN, notification=notification)
        except BridgeError:
            listeners.remove(listener)
            raise

    # ------------------------------------------------------------------ MQTT

    async def publish(self, topic: str, value: Any, *, retain: bool = False) -> str:
        """Publish a value as JSON below `<base>/<gateway>/plugin/<name>`; return the whole topic.

        With `retain` it stays there until the plug-in stops; without, it is said once, and lost
        where there is no broker. None retained takes away what was there.
        """
        told = await self._ask(words.PUBLISH, topic=topic, value=value, retain=retain)
        return str(told["topic"])

    async def subscribe(self, topic: str, listener: Commanded) -> str:
        """Call a listener with topic and value of what others publish below `…/command`.

        `#` is all of it. A payload that is no JSON is text. Return the whole topic.
        """
        listeners = self._commanded.setdefault(topic, [])
        listeners.append(listener)
        try:
            told = await self._ask(words.SUBSCRIBE, topic=topic)
        except BridgeError:
            listeners.remove(listener)
            raise
        return str(told["topic"])

    # ------------------------------------------------------------------ what others see of it

    async def add_method(
        self, name: str, method: Method, *, scope: str = "command", description: str = ""
    ) -> None:
        """Answer the RPC method `<plug-in>.<name>` for callers of a scope.

        It is called with the parameters by their names, has 30 seconds, and returns a mapping or
        None. `Refused` tells the caller why not.
        """
        description = description or inspect.getdoc(method) or ""
        self._methods[name] = method
        await self._ask(words.ADD_METHOD, name=name, scope=scope, description=description)

    async def add_route(
        self,
        verb: str,
        path: str,
        route: Callable[[HttpRequest], Any],
        *,
        scope: str = "read",
    ) -> None:
        """Answer HTTP requests at `/plugins/<plug-in>/<path>` of callers who have the scope.

        The route has 30 seconds, and returns an HttpAnswer, or what becomes JSON.
        """
        self._routes[verb, path] = route
        await self._ask(words.ADD_ROUTE, verb=verb, path=path, scope=scope)

    async def add_entity(
        self,
        platform: str,
        key: str,
        name: str,
        *,
        topic: str | None = None,
        template: str = _VALUE,
        command: str | None = None,
        device_class: str | None = None,
        state_class: str | None = None,
        unit: str | None = None,
        icon: str | None = None,
        category: str | None = None,
        options: tuple[str, ...] = (),
        event_types: tuple[str, ...] = (),
        minimum: float | None = None,
        maximum: float | None = None,
        step: float | None = None,
    ) -> None:
        """Have Home Assistant show an entity of the gateway.

        Its platform is sensor, binary_sensor, event, switch, number, select, text or button.
        `topic` is where the plug-in publishes its state, `command` where it is told what to do.
        An event has `event_types`, and publishes one as `{"event_type": …}`; a select has
        `options`. The start hook says which entities there are: those that it does not add are
        gone.
        """
        if platform == _EVENT and template == _VALUE:
            template = _WHOLE
        await self._ask(
            words.ADD_ENTITY,
            platform=platform,
            key=key,
            name=name,
            topic=topic,
            template=template,
            command=command,
            device_class=device_class,
            state_class=state_class,
            unit=unit,
            icon=icon,
            category=category,
            options=options,
            event_types=event_types,
            minimum=minimum,
            maximum=maximum,
            step=step,
        )

    # ------------------------------------------------------------------ time

    def every(self, seconds: float, function: Callable[[], Any]) -> asyncio.Future[Any]:
        """Call a function again and again, until what is returned is cancelled."""

        async def again() -> None:
            while True:
                await self.clock.sleep(seconds)
                await _done(function())

        return self._spawn(again())

    def at(self, moment: float, function: Callable[[], Any]) -> asyncio.Future[Any]:
        """Call a function at a moment, in seconds since 1970, unless that is cancelled before."""

        async def once() -> None:
            while (left := moment - self.clock.utc()) > 0:
                await self.clock.sleep(min(left, _LOOKING))
            await _done(function())

        return self._spawn(once())

    # ------------------------------------------------------------------ what the bridge asks

    def hear(self, notification: str, parameters: Mapping[str, Any]) -> None:
        """Hand a notification on to those who listen: the worker calls this."""
        for listener in self._listeners.get(notification, ()):
            self._hand_on(listener(parameters))

    def hear_command(self, topic: str, value: Any) -> None:
        """Hand a command on to those who subscribed: the worker calls this."""
        for wanted in (topic, _ALL):
            for listener in self._commanded.get(wanted, ()):
                self._hand_on(listener(topic, value))

    async def answer(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the result of a method: the worker calls this."""
        result = await _done(self._methods[name](**params))
        if result is None:
            return {}
        if not isinstance(result, Mapping):
            problem = f"{name} returns neither a mapping nor None"
            raise TypeError(problem)
        return result

    async def answer_http(self, request: HttpRequest) -> dict[str, Any]:
        """Return status, content type and body: the worker calls this."""
        answer = await _done(self._routes[request.verb, request.path](request))
        if not isinstance(answer, HttpAnswer):
            answer = HttpAnswer(json.dumps(answer), _JSON)
        return {"status": answer.status, "type": answer.content_type, "body": answer.body}

    def _hand_on(self, made: Any) -> None:
        if inspect.isawaitable(made):
            self._spawn(made)

    async def _ask(self, method: str, /, **params: Any) -> dict[str, Any]:
        try:
            result: dict[str, Any] = await self._line().call(method, params)
        except ChannelError as error:
            raise BridgeError(error.code, error.message) from error
        return result


async def _done(made: Any) -> Any:
    """Return what a function returned, or its coroutine."""
    return await made if inspect.isawaitable(made) else made
