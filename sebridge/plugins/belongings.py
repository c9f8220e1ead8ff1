"""What one run of a plug-in's code has of its own at the gateway, all under the plug-in's name."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from sebridge.base.errors import FullError, ParameterError, RefusedError, RequestError
from sebridge.plugin import words
from sebridge.plugins.entities import PluginEntity
from sebridge.plugins.host import COMMAND, Host
from sebridge.plugins.notebook import Notebook
from sebridge.plugins.requests import (
    AddEntity,
    AddMethod,
    AddRoute,
    Asked,
    Drop,
    Keep,
    Keys,
    Listen,
    Publish,
    Read,
    Subscribe,
    read,
)
from sebridge.plugins.routes import PluginRequest, PluginRoute, RouteAnswer
from sebridge.rpc.message import Caller, Scope
from sebridge.rpc.method import Method, anything

MOST_HEARD: Final = 100
"""Names of notifications, and topics of commands."""
MOST_TOPICS: Final = 200
"""Retained ones."""
MOST_METHODS: Final = 50
MOST_ROUTES: Final = 50
MOST_ENTITIES: Final = 100
LONGEST_PAYLOAD: Final = 64 * 1024
"""Octets of what is published, by a plug-in or for it."""
LONGEST_BODY: Final = 128 * 1024
"""Octets of a request or an answer by HTTP."""

_TYPES: Final = frozenset({"application/json", "text/plain", "text/csv"})
"""Nothing that a browser would run: it is the origin of the console."""
_HIGHEST_STATUS: Final = 599
_INTERFACE: Final = "Plug-ins"

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
"""Has the code of the plug-in carry something out; RequestError says why it does not."""
Tell = Callable[[str, Mapping[str, Any]], object]


class Belongings:
    """From the start of a process to its end. `ask` and `tell` lead to it.

    What only hooks like `install` have is the storage: `is_for_hooks` says that it is such a one.
    """

    def __init__(
        self, caller: Caller, host: Host, *, ask: Ask, tell: Tell, is_for_hooks: bool = False
    ) -> None:
        self._plugin = caller.name
        self._caller = caller
        self._host = host
        self._ask = ask
        self._tell = tell
        self._is_for_hooks = is_for_hooks
        self._branch = f"{host.branch}/{self._plugin}"
        self._notebook = Notebook(self._plugin, host.pages)
        self._heard: set[str] = set()
        self._subscribed: set[str] = set()
        self._retained: set[str] = set()
        self._entities: set[str] = set()
        self._methods: list[Callable[[], object]] = []
        self._routes: list[Callable[[], object]] = []
        self._ways: Mapping[type[Asked], Callable[[Any], Mapping[str, Any] | None]] = {
            Read: lambda asked: self._notebook.read(asked.key),
            Keep: self._keep,
            Drop: lambda asked: self._notebook.drop(asked.key),
            Keys: lambda _asked: {"keys": self._notebook.keys},
            Listen: self._listen,
            Publish: self._publish,
            Subscribe: self._subscribe,
            AddMethod: self._add_method,
            AddRoute: self._add_route,
            AddEntity: self._add_entity,
        }
        if not is_for_hooks:
            host.commanded[self._plugin] = self._take_command

    def hears(self, notification: str) -> bool:
        """Say whether the plug-in listens to notifications of a name."""
        return notification in self._heard

    def settle(self) -> None:
        """Take away what an earlier run showed and this one, which has begun, does not."""
        shown = [key for plugin, key in self._host.entities if plugin == self._plugin]
        gone = [(self._plugin, key) for key in shown if key not in self._entities]
        self._host.withdraw_entities(gone)
        topics = self._host.board.kept_below(self._branch)
        self._host.empty([topic for topic in topics if topic not in self._retained])

    def close(self) -> None:
        """Answer nothing any more; what is shown stays until another run settles, or none is."""
        for remove in (*self._methods, *self._routes):
            remove()
        self._methods.clear()
        self._routes.clear()
        self._heard.clear()
        self._host.claimed.difference_update(self._retained)
        if self._host.commanded.get(self._plugin) == self._take_command:
            del self._host.commanded[self._plugin]

    # ------------------------------------------------------------------ what it asks for

    def answer(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out a request of the plug-in; RequestError says what is wrong with it."""
        asked = read(method, params)
        self._host.methods.check(method, asked.needs, self._caller)
        if self._is_for_hooks and not asked.is_for_hooks:
            raise RefusedError(f"{method} is for the start hook")
        return self._ways[type(asked)](asked) or {}

    def _keep(self, asked: Keep) -> None:
        self._notebook.keep(asked.key, asked.value)

    def _listen(self, asked: Listen) -> None:
        _check_room(self._heard, asked.notification, MOST_HEARD, "names")
        self._heard.add(asked.notification)

    def _at(self, *levels: str) -> str:
        return "/".join((self._branch, *levels))

    # ------------------------------------------------------------------ MQTT

    def _publish(self, asked: Publish) -> Mapping[str, Any]:
        topic = self._at(asked.topic)
        if asked.topic.partition("/")[0] == COMMAND:
            raise ParameterError("topic", f"{COMMAND} is for what others publish")
        payload = b"" if asked.value is None else msgspec.json.encode(asked.value)
        if len(payload) > LONGEST_PAYLOAD:
            raise ParameterError("value", f"has more than {LONGEST_PAYLOAD} octets")
        if asked.retain and payload:
            _check_room(self._retained, topic, MOST_TOPICS, "retained topics")
            self._retained.add(topic)
            self._host.claimed.add(topic)
        elif asked.retain:
            self._retained.discard(topic)
            self._host.claimed.discard(topic)
        self._host.board.publish(topic, payload, retain=asked.retain, only_if_changed=asked.retain)
        return {"topic": topic}

    def _subscribe(self, asked: Subscribe) -> Mapping[str, Any]:
        _check_room(self._subscribed, asked.topic, MOST_HEARD, "topics")
        self._subscribed.add(asked.topic)
        return {"topic": self._at(COMMAND, asked.topic)}

    def _take_command(self, topic: str, payload: bytes) -> None:
        if self._subscribed & {topic, "#"} and len(payload) <= LONGEST_PAYLOAD:
            self._tell(words.COMMANDED, {"topic": topic, "value": _value(payload)})

    # ------------------------------------------------------------------ who asks it

    def _add_method(self, asked: AddMethod) -> None:
        if len(self._methods) >= MOST_METHODS:
            raise FullError(f"a plug-in has at most {MOST_METHODS} methods")
        name = asked.name

        async def call(**params: Any) -> Mapping[str, Any]:
            answer: Mapping[str, Any] = await self._ask(
                words.CALL, {"name": name, "params": params}
            )
            return answer

        method = Method(
            name=f"{self._plugin}.{name}",
            interface=_INTERFACE,
            module=self._plugin,
            description=asked.description,
            parameters=(),
            call=call,
            scope=Scope[asked.scope.upper()],
            others=anything("params"),
        )
        self._methods.append(self._host.methods.add(method))

    def _add_route(self, asked: AddRoute) -> None:
        if len(self._routes) >= MOST_ROUTES:
            raise FullError(f"a plug-in has at most {MOST_ROUTES} routes")

        async def answer(request: PluginRequest) -> RouteAnswer:
            told = await self._ask(words.ASK, msgspec.to_builtins(request))
            return _route_answer(told)

        route = PluginRoute(Scope[asked.scope.upper()], answer)
        path = f"{self._plugin}/{asked.path}"
        self._routes.append(self._host.routes.add(asked.verb, path, route))

    def _add_entity(self, asked: AddEntity) -> None:
        _check_room(self._entities, asked.key, MOST_ENTITIES, "entities")
        self._entities.add(asked.key)
        entity = PluginEntity(
            platform=asked.platform,
            name=asked.name,
            template=asked.template,
            topic=None if asked.topic is None else self._at(asked.topic),
            command=None if asked.command is None else self._at(COMMAND, asked.command),
            device_class=asked.device_class,
            state_class=asked.state_class,
            unit=asked.unit,
            icon=asked.icon,
            category=asked.category,
            options=asked.options,
            event_types=asked.event_types,
            minimum=asked.minimum,
            maximum=asked.maximum,
            step=asked.step,
        )
        key = (self._plugin, asked.key)
        if self._host.entities.get(key) != entity:
            self._host.entities[key] = entity
            self._host.entities_changed()


def _check_room(there: set[str], name: str, most: int, what: str) -> None:
    if len(there) >= most and name not in there:
        raise FullError(f"a plug-in has at most {most} {what}")


def _value(payload: bytes) -> Any:
    text = payload.decode(errors="replace")
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def _route_answer(told: Any) -> RouteAnswer:
    """Return what a plug-in answers by HTTP; RequestError where it is no such answer."""
    try:
        answer = RouteAnswer(told["status"], told["type"], told["body"])
    except (KeyError, TypeError) as error:
        raise RequestError("it answers what is no answer") from error
    is_right = isinstance(answer.status, int) and isinstance(answer.body, str)
    if not is_right or not 200 <= answer.status <= _HIGHEST_STATUS:  # noqa: PLR2004  # of HTTP
        raise RequestError("it answers without a status and a text")
    if answer.content_type not in _TYPES:
        raise RequestError(f"it answers with none of the types {', '.join(sorted(_TYPES))}")
    if len(answer.body.encode()) > LONGEST_BODY:
        raise RequestError(f"it answers with more than {LONGEST_BODY} octets")
    return answer
