"""The stage on which plug-ins are tried: what they do there, they do with a bridge."""

from collections.abc import Mapping
from typing import Any

import pytest

from sebridge.plugin import Bridge, BridgeError, HttpAnswer, HttpRequest, Refused
from sebridge.plugin.testing import Stage


async def test_calls_are_answered_as_was_said() -> None:
    stage = Stage(get_time={"time": 7}, set_time=BridgeError(-32004, "not for you"))

    assert await stage.bridge.call("get_time", now=True) == {"time": 7}
    for method, problem in (("set_time", "not for you"), ("other", "no method other")):
        with pytest.raises(BridgeError, match=problem):
            await stage.bridge.call(method)
    assert stage.calls == [("get_time", {"now": True}), ("set_time", {}), ("other", {})]


async def test_what_is_told_is_heard() -> None:
    stage, heard = Stage(), list[Any]()

    async def later(parameters: Mapping[str, Any]) -> None:
        heard.append(parameters["reading"] + 1)

    await stage.bridge.listen("read", lambda parameters: heard.append(parameters["reading"]))
    await stage.bridge.listen("read", later)
    await stage.bridge.subscribe("level", lambda topic, value: heard.append((topic, value)))
    await stage.bridge.subscribe("#", lambda topic, value: heard.append((value, topic)))
    await stage.notify("read", {"reading": 7})
    await stage.notify("other", {"reading": 9})
    await stage.command("level", 3)

    assert heard == [7, 8, ("level", 3), (3, "level")]


async def test_what_a_listener_raises_is_raised() -> None:
    stage = Stage()

    async def fails(_parameters: Mapping[str, Any]) -> None:
        raise KeyError("late")

    await stage.bridge.listen("read", fails)

    with pytest.raises(KeyError, match="late"):
        await stage.notify("read", {})


async def test_storage_topics_and_entities_are_there_to_look_at() -> None:
    stage = Stage()
    storage = stage.bridge.storage
    await storage.keep("count", 1)
    await storage.keep("old", None)
    await storage.drop("old")
    await stage.bridge.publish("count", 1, retain=True)
    await stage.bridge.publish("old", 1, retain=True)
    await stage.bridge.publish("old", None, retain=True)
    topic = await stage.bridge.publish("event", "begun")
    await stage.bridge.add_entity("sensor", "count", "Count", topic="count")

    assert (await storage.read("count"), await storage.read("old", 5)) == (1, 5)
    assert await storage.keys() == ["count"]
    assert stage.retained == {"count": 1}
    assert stage.said == [("event", "begun")]
    assert topic.endswith("/event")
    assert stage.entities["count"]["platform"] == "sensor"


async def test_methods_and_routes_are_called() -> None:
    stage = Stage()

    async def add(first: int, second: int) -> dict[str, int]:
        """Add numbers."""
        return {"sum": first + second}

    def log(request: HttpRequest) -> HttpAnswer:
        return HttpAnswer(request.body, status=201)

    def refuse() -> None:
        raise Refused("not now")

    await stage.bridge.add_method("add", add)
    await stage.bridge.add_method("nothing", lambda: None)
    await stage.bridge.add_method("wrong", lambda: 7)
    await stage.bridge.add_method("refuse", refuse)
    await stage.bridge.add_route("POST", "log", log)
    await stage.bridge.add_route("GET", "log", lambda request: {"of": request.query})

    assert await stage.invoke("add", first=1, second=2) == {"sum": 3}
    assert await stage.invoke("nothing") == {}
    with pytest.raises(TypeError, match="wrong returns neither a mapping nor None"):
        await stage.invoke("wrong")
    with pytest.raises(Refused, match="not now"):
        await stage.invoke("refuse")
    posted = await stage.request("POST", "log", body="text")
    assert posted == {"status": 201, "type": "text/plain", "body": "text"}
    assert (await stage.request("GET", "log", {"a": "1"}))["body"] == '{"of": {"a": "1"}}'


async def test_time_passes_when_it_is_told_to() -> None:
    stage, done = Stage(), list[float]()
    begun = stage.clock.utc()

    def note() -> None:
        done.append(stage.clock.utc() - begun)

    async def end() -> None:
        again.cancel()

    again = stage.bridge.every(60, note)
    stage.bridge.at(begun + 150, note)
    stage.bridge.at(begun - 1, note)
    await stage.advance(0)
    stage.bridge.at(begun + 200, end)
    await stage.advance(1000)

    assert done == [0, 60, 120, 150, 180]


async def test_a_hook_gets_the_bridge_of_the_stage() -> None:
    async def start(bridge: Bridge) -> None:
        await bridge.call("get_time")

    stage = Stage(get_time={})
    await start(stage.bridge)

    assert stage.calls == [("get_time", {})]
