"""What a plug-in has of its own: under its name, for its scope, within limits, and no longer."""

from collections.abc import Mapping
from typing import Any

import pytest

from sebridge.base.errors import RequestError
from sebridge.plugin import words
from sebridge.plugins import belongings
from sebridge.plugins.belongings import Belongings
from sebridge.plugins.host import Host
from sebridge.plugins.routes import PluginRequest
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Caller, Request, Scope
from tests.bridge_ports import durable
from tests.doubles import RecordingBroker
from tests.plugins.gateway_side import BRANCH, host

ENTITY: Mapping[str, Any] = {
    "platform": "sensor",
    "key": "power",
    "name": "Power",
    "topic": "power",
    "template": "{{ value_json }}",
    "command": None,
    "device_class": "power",
    "state_class": None,
    "unit": "W",
    "icon": None,
    "category": None,
    "options": [],
    "event_types": [],
    "minimum": None,
    "maximum": None,
    "step": None,
}
REQUEST = PluginRequest("GET", "log", {}, "")


class Owner:
    """The code of a plug-in, which answers everything in the same way."""

    def __init__(self, scope: Scope = Scope.COMMAND, kept: Any = None, name: str = "a") -> None:
        self.board = RecordingBroker()
        self.dispatcher = Dispatcher(durable)
        self.host: Host = host(self.board, self.dispatcher, kept)
        self.caller = Caller("plugin", scope, name=name)
        self.told: list[Any] = []
        self.answer: Any = {}
        self.begin()

    def begin(self, *, is_for_hooks: bool = False) -> None:
        async def ask(_method: str, _params: Mapping[str, Any]) -> Any:
            return self.answer

        self.has = Belongings(
            self.caller,
            self.host,
            ask=ask,
            tell=lambda _method, params: self.told.append(params),
            is_for_hooks=is_for_hooks,
        )

    def ask(self, method: str, **params: Any) -> Mapping[str, Any]:
        return self.has.answer(method, params)

    def publish(self, topic: str, value: Any, *, retain: bool = True) -> None:
        self.ask(words.PUBLISH, topic=topic, value=value, retain=retain)

    def refused(self, method: str, **params: Any) -> str:
        with pytest.raises(RequestError) as raised:
            self.ask(method, **params)
        return str(raised.value)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        (words.SUBSCRIBE, {"topic": "level"}),
        (words.ADD_METHOD, {"name": "add", "scope": "read", "description": ""}),
        (words.ADD_ROUTE, {"verb": "GET", "path": "log", "scope": "read"}),
    ],
)
def test_who_takes_orders_needs_command(method: str, params: Mapping[str, Any]) -> None:
    assert f"{method} needs the scope command" in Owner(Scope.READ).refused(method, **params)


@pytest.mark.parametrize(
    ("method", "params", "problem"),
    [
        (words.KEEP, {"key": "a"}, "missing required field `value`"),
        (words.KEEP, {"key": "a b", "value": 1}, "key: expected `str` matching regex"),
        (words.KEYS, {"more": 1}, "contains unknown field `more`"),
        (words.PUBLISH, {"topic": "a/../b", "value": 1, "retain": True}, "topic: expected"),
        (words.PUBLISH, {"topic": "#", "value": 1, "retain": True}, "topic: expected"),
        (words.PUBLISH, {"topic": "command/x", "value": 1, "retain": True}, "topic: command is"),
        (words.PUBLISH, {"topic": "a", "value": "x" * 65536, "retain": True}, "value: has more"),
        (words.SUBSCRIBE, {"topic": "+"}, "topic: expected"),
        (words.ADD_METHOD, {"name": "A", "scope": "read", "description": ""}, "name: expected"),
        (words.ADD_METHOD, {"name": "a", "scope": "all", "description": ""}, "scope: expected"),
        (words.ADD_ROUTE, {"verb": "TRACE", "path": "a", "scope": "read"}, "verb: expected"),
        (words.ADD_ENTITY, {**ENTITY, "name": ""}, "name: expected"),
        (words.ADD_ENTITY, {**ENTITY, "platform": "climate"}, "platform is none of sensor, "),
        (words.ADD_ENTITY, {**ENTITY, "platform": "select", "command": "a"}, "options is missing"),
        (words.ADD_ENTITY, {**ENTITY, "topic": None}, "topic is missing: a sensor has it"),
        (words.ADD_ENTITY, {**ENTITY, "icon": "lamp"}, "icon: expected"),
    ],
)
def test_what_is_wrong_is_told(method: str, params: Mapping[str, Any], problem: str) -> None:
    assert problem in Owner().refused(method, **params)


def test_a_hook_like_install_has_the_storage_and_nothing_else() -> None:
    owner = Owner()
    owner.begin(is_for_hooks=True)

    owner.ask(words.KEEP, key="a", value=1)

    assert owner.ask(words.READ, key="a") == {"value": 1, "is_one": True}
    assert owner.ask(words.KEYS) == {"keys": ["a"]}
    owner.ask(words.DROP, key="a")
    assert owner.ask(words.KEYS) == {"keys": []}
    refused = owner.refused(words.PUBLISH, topic="a", value=1, retain=True)
    assert refused == "plugin.publish is for the start hook"


# ------------------------------------------------------------------ MQTT


def test_it_publishes_below_its_name() -> None:
    owner = Owner(Scope.READ)
    owner.publish("power/now", {"watts": 7})
    owner.publish("event", "begun", retain=False)

    assert owner.board.kept(f"{BRANCH}/a/power/now") == {"watts": 7}
    assert owner.board.history[-1] == (f"{BRANCH}/a/event", b'"begun"')
    owner.publish("power/now", None)
    assert owner.board.retained == {}


def test_it_hears_what_it_subscribed_and_nothing_else() -> None:
    owner = Owner()
    told = owner.ask(words.SUBSCRIBE, topic="level")
    for topic, payload in (("level", b"7"), ("other", b"8"), ("level", b"\xffup"), ("level", b"")):
        owner.host.command(f"{BRANCH}/a/command/{topic}", payload)
    owner.host.command(f"{BRANCH}/b/command/level", b"9")
    owner.host.command(f"{BRANCH}/a/command/level", b"x" * 65537)

    assert told == {"topic": f"{BRANCH}/a/command/level"}
    assert [heard["value"] for heard in owner.told] == [7, "�up", ""]

    owner.ask(words.SUBSCRIBE, topic="#")
    owner.host.command(f"{BRANCH}/a/command/other/one", b"8")
    assert owner.told[-1] == {"topic": "other/one", "value": 8}


def test_what_the_next_run_does_not_publish_again_is_gone() -> None:
    owner = Owner()
    owner.publish("old", 1)
    owner.publish("same", 1)
    owner.has.close()
    between = set(owner.board.retained)
    owner.begin()
    owner.publish("same", 2)
    owner.has.settle()

    assert between == {f"{BRANCH}/a/old", f"{BRANCH}/a/same"}
    assert owner.board.retained == {f"{BRANCH}/a/same": b"2"}


def test_what_is_published_again_in_time_is_not_emptied() -> None:
    owner, later = Owner(), list[Any]()
    owner.host = host(owner.board, owner.dispatcher, later=later)
    owner.begin()
    owner.publish("power", 1)
    owner.publish("old", 1)
    owner.has.close()
    owner.host.withdraw_others(set())
    owner.begin()
    owner.publish("power", 2)
    [empty] = later
    empty()

    assert owner.board.retained == {f"{BRANCH}/a/power": b"2"}


def test_of_those_that_do_not_run_nobody_sees_anything() -> None:
    kept: dict[str, Any] = {}
    owner = Owner(kept=kept)
    owner.publish("power", 1)
    owner.board.publish(f"{BRANCH}/b/power", b"2", retain=True)
    owner.ask(words.ADD_ENTITY, **ENTITY)

    owner.host.withdraw_others({"a"})
    kept_of_a = (set(owner.board.retained), list(owner.host.entities))
    owner.has.close()
    owner.host.withdraw_others(set())

    assert kept_of_a == ({f"{BRANCH}/a/power"}, [("a", "power")])
    assert (owner.board.retained, owner.host.entities) == ({}, {})
    assert len(owner.board.streamed) == 2  # it was told that entities came, and went


# ------------------------------------------------------------------ methods and routes


async def test_a_method_is_called_under_its_name_by_who_may() -> None:
    owner = Owner()
    owner.answer = {"sum": 3}
    owner.ask(words.ADD_METHOD, name="add", scope="command", description="Add numbers.")

    called = await owner.dispatcher.answer(Request("a.add", {"first": 1}))
    refused = await owner.dispatcher.answer(Request("a.add"), Caller("http", Scope.READ))
    twice = owner.refused(words.ADD_METHOD, name="add", scope="read", description="")
    owner.has.close()
    gone = await owner.dispatcher.answer(Request("a.add"))

    assert called.result == {"sum": 3}
    assert refused.error is not None
    assert "a.add needs the scope command" in refused.error.message
    assert twice == "there is a method a.add already"
    assert gone.error is not None
    assert gone.error.code == -32601


async def test_a_route_answers_text_that_no_browser_runs() -> None:
    owner = Owner()
    owner.ask(words.ADD_ROUTE, verb="GET", path="log", scope="admin")
    route = owner.host.routes.find("GET", "a/log")
    assert route is not None
    owner.answer = {"status": 201, "type": "text/csv", "body": "1,2"}
    right = await route.answer(REQUEST)
    twice = owner.refused(words.ADD_ROUTE, verb="GET", path="log", scope="read")

    assert (right.status, right.content_type, right.body) == (201, "text/csv", "1,2")
    assert route.scope is Scope.ADMIN
    assert twice == "there is a route GET a/log already"
    owner.has.close()
    assert owner.host.routes.find("GET", "a/log") is None


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({}, "what is no answer"),
        ({"status": "1", "type": "text/csv", "body": ""}, "without a status"),
        ({"status": 99, "type": "text/csv", "body": ""}, "without a status"),
        ({"status": 200, "type": "text/html", "body": ""}, "none of the types application/json"),
        ({"status": 200, "type": "text/csv", "body": "x" * 131073}, "more than 131072 octets"),
    ],
)
async def test_what_is_no_answer_is_told(answer: Any, problem: str) -> None:
    owner = Owner()
    owner.ask(words.ADD_ROUTE, verb="GET", path="log", scope="read")
    route = owner.host.routes.find("GET", "a/log")
    assert route is not None
    owner.answer = answer

    with pytest.raises(RequestError, match=problem):
        await route.answer(REQUEST)


# ------------------------------------------------------------------ limits


@pytest.mark.parametrize(
    ("most", "method", "params"),
    [
        (belongings.MOST_HEARD, words.LISTEN, {"notification": "n{}"}),
        (belongings.MOST_HEARD, words.SUBSCRIBE, {"topic": "n{}"}),
        (belongings.MOST_TOPICS, words.PUBLISH, {"topic": "n{}", "value": 1, "retain": True}),
        (
            belongings.MOST_METHODS,
            words.ADD_METHOD,
            {"name": "n{}", "scope": "read", "description": ""},
        ),
        (belongings.MOST_ROUTES, words.ADD_ROUTE, {"verb": "GET", "path": "n{}", "scope": "read"}),
        (belongings.MOST_ENTITIES, words.ADD_ENTITY, {**ENTITY, "key": "n{}"}),
    ],
)
def test_there_are_so_many_of_each(most: int, method: str, params: Mapping[str, Any]) -> None:
    owner = Owner()

    def numbered(number: int) -> dict[str, Any]:
        return {k: v.format(number) if v == "n{}" else v for k, v in params.items()}

    for number in range(most):
        owner.ask(method, **numbered(number))

    assert f"at most {most} " in owner.refused(method, **numbered(most))


# ------------------------------------------------------------------ entities


def test_entities_are_kept_over_runs_and_told_once() -> None:
    kept: dict[str, Any] = {}
    owner = Owner(kept=kept)
    owner.ask(words.ADD_ENTITY, **ENTITY)
    owner.ask(words.ADD_ENTITY, **{**ENTITY, "key": "old"})
    again = Owner(kept=kept)
    again.ask(words.ADD_ENTITY, **ENTITY)
    told = len(again.board.streamed)
    again.has.settle()

    assert told == 0
    assert list(again.host.entities) == [("a", "power")]
    assert again.host.entities["a", "power"].topic == f"{BRANCH}/a/power"
    assert len(again.board.streamed) == 1
