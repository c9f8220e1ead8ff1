"""The side of a plug-in: hooks, calls and news, over a real socket, in this process."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
import socket
import subprocess
import sys
from typing import Any

import pytest

from sebridge.plugin.channel import MOST_UNSENT, Channel, ChannelError, ClosedError
from sebridge.plugin.words import ASK, BROKEN, CALL, COMMANDED, HOOK, PING, REFUSED, TOLD
from sebridge.plugin.worker import Worker
from tests.patience import until

CODE = """
from sebridge.plugin import Bridge, BridgeError

async def start(bridge: Bridge) -> None:
    await bridge.call("note", text="started")
    await bridge.listen("read", lambda parameters: bridge.call("note", **parameters))

def breaks(bridge: Bridge) -> None:
    raise ValueError("no such meter")

def leaves(bridge: Bridge) -> None:
    raise SystemExit(3)

async def refused(bridge: Bridge) -> None:
    for ask in (bridge.call("refuse"), bridge.listen("refuse", print), bridge.call("break")):
        try:
            await ask
        except BridgeError as error:
            await bridge.call("note", text=f"{error.code} {error.message}")

async def deaf(bridge: Bridge) -> None:
    async def fails(parameters):
        raise KeyError("late")
    def fails_at_once(parameters):
        raise KeyError("at once")
    await bridge.listen("read", fails)
    await bridge.listen("read", fails_at_once)

async def waits(bridge: Bridge) -> None:
    import asyncio
    await asyncio.Event().wait()

async def own(bridge: Bridge) -> None:
    from sebridge.plugin import Refused
    async def add(first: int, second: int) -> dict[str, int]:
        return {"sum": first + second}
    def refuse() -> None:
        raise Refused("not now")
    await bridge.add_method("add", add)
    await bridge.add_method("long", lambda: {"long": "x" * 300_000})
    await bridge.add_method("refuse", refuse)
    await bridge.add_route("GET", "log", lambda request: [request.query, request.body])
    await bridge.subscribe("level", lambda topic, value: bridge.call("note", text=value))
    stopped = bridge.every(0.001, lambda: bridge.call("note", text="again"))
    bridge.at(bridge.clock.utc() + 0.01, lambda: stopped.cancel())

async def subscribes(bridge: Bridge) -> None:
    await bridge.subscribe("refuse", print)
"""


class Ends:
    """Both ends of a channel: a worker, and a bridge that notes what it is asked."""

    def __init__(self, folder: Path) -> None:
        (folder / "plugged.py").write_text(CODE)
        self.worker = Worker(folder)
        self.notes: list[str] = []

    async def open(self) -> None:
        ours, theirs = socket.socketpair()
        self.serving = asyncio.ensure_future(self.worker.run(theirs.detach()))
        self.reader, self.writer = await asyncio.open_connection(sock=ours)
        self.channel = Channel(
            self.reader, self.writer, answer=self.answer, hear=lambda _method, _params: None
        )
        self.reading = asyncio.ensure_future(self.channel.run())

    async def answer(self, method: str, params: Mapping[str, Any]) -> Any:
        if method == "break":
            raise ZeroDivisionError
        if "refuse" in (method, params.get("notification"), params.get("topic")):
            raise ChannelError(-32004, "not for you")
        self.notes += [params["text"]] if method == "note" else []
        return {"topic": "a/topic"}

    async def hook(self, name: str) -> None:
        assert await self.channel.call(HOOK, {"function": f"plugged:{name}"}) == {}

    async def broken(self, name: str) -> str:
        with pytest.raises(ChannelError) as raised:
            await self.hook(name)
        assert raised.value.code == BROKEN
        return str(raised.value)

    def tell(self, text: str) -> None:
        assert self.channel.tell(TOLD, {"name": "read", "parameters": {"text": text}})

    async def close(self) -> None:
        self.channel.close()
        await asyncio.gather(self.serving, self.reading, return_exceptions=True)


@pytest.fixture
async def ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ends]:
    monkeypatch.syspath_prepend(tmp_path)
    made = Ends(tmp_path)
    await made.open()
    yield made
    await made.close()
    sys.modules.pop("plugged", None)


async def test_a_hook_calls_and_hears(ends: Ends) -> None:
    await ends.hook("start")
    ends.tell("one")
    ends.tell("two")

    await until(lambda: len(ends.notes) == 3)
    assert ends.notes == ["started", "one", "two"]
    assert await ends.channel.call(PING, {}) == {}


async def test_it_answers_for_the_plugin(ends: Ends) -> None:
    await ends.hook("own")

    added = await ends.channel.call(CALL, {"name": "add", "params": {"first": 1, "second": 2}})
    request = {"verb": "GET", "path": "log", "query": {"a": "1"}, "body": "text"}
    logged = await ends.channel.call(ASK, request)
    with pytest.raises(ChannelError) as refused:
        await ends.channel.call(CALL, {"name": "refuse", "params": {}})
    with pytest.raises(ChannelError, match="a message has at most 262144 octets"):
        await ends.channel.call(CALL, {"name": "long", "params": {}})
    with pytest.raises(ChannelError, match="a message has at most 262144 octets"):
        await ends.channel.call(CALL, {"name": "add", "params": {"first": "x" * 300_000}})
    assert not ends.channel.tell(COMMANDED, {"topic": "level", "value": "x" * 300_000})
    ends.channel.tell(COMMANDED, {"topic": "level", "value": "seven"})
    ends.channel.tell("what is this", {})

    assert added == {"sum": 3}
    assert logged["body"] == '[{"a": "1"}, "text"]'
    assert (refused.value.code, refused.value.message) == (REFUSED, "not now")
    await until(lambda: {"seven", "again"} <= set(ends.notes))


async def test_who_is_refused_a_topic_hears_nothing_of_it(ends: Ends) -> None:
    assert "not for you" in await ends.broken("subscribes")

    ends.channel.tell(COMMANDED, {"topic": "refuse", "value": "seven"})
    assert await ends.channel.call(PING, {}) == {}


async def test_what_breaks_is_told_with_its_line(ends: Ends) -> None:
    assert await ends.broken("breaks") == "plugged.py, line 9: ValueError: no such meter"
    assert await ends.broken("leaves") == "plugged.py, line 12: SystemExit: 3"
    assert "has no attribute 'missing'" in await ends.broken("missing")


async def test_a_refusal_is_an_error_with_its_code(ends: Ends) -> None:
    await ends.hook("refused")

    assert ends.notes == ["-32004 not for you", "-32004 not for you", "-32603 internal error"]


async def test_a_listener_that_fails_hinders_nobody(
    ends: Ends, capfd: pytest.CaptureFixture[str]
) -> None:
    await ends.hook("deaf")
    ends.tell("one")
    ends.tell("two")
    assert await ends.channel.call(PING, {}) == {}

    printed = capfd.readouterr().err
    assert printed.count("KeyError: 'late'") == 2
    assert printed.count("KeyError: 'at once'") == 2


async def test_it_ends_with_the_bridge(ends: Ends) -> None:
    ends.channel.close()

    await ends.serving
    await ends.reading
    assert not ends.channel.tell(TOLD, {})
    with pytest.raises(ClosedError):
        await ends.channel.call(PING, {})


@pytest.mark.parametrize("line", [b"{", b"[1]", b"1", b'{"method": "a", "params": 1}', b"\xff"])
async def test_what_is_no_message_ends_the_channel(ends: Ends, line: bytes) -> None:
    waiting = asyncio.ensure_future(ends.channel.call(HOOK, {"function": "plugged:waits"}))
    await ends.channel.call(PING, {})
    ends.writer.write(line + b"\n")

    with pytest.raises(ClosedError, match="what it says is no message"):
        await ends.serving
    with pytest.raises(ClosedError, match="the other side is gone"):
        await waiting


async def test_answers_that_nobody_waits_for_are_left(ends: Ends) -> None:
    ends.writer.write(b'{"id": 99, "result": {}}\n')

    assert await ends.channel.call(PING, {}) == {}


async def test_what_waits_too_much_is_dropped(ends: Ends) -> None:
    ends.writer.transport.set_write_buffer_limits(high=10 * MOST_UNSENT)
    text = "x" * (MOST_UNSENT - 1000)

    told = [ends.channel.tell(TOLD, {"name": text, "parameters": {}}) for _ in range(6)]

    assert told[0]
    assert not told[2]


def test_nothing_but_what_comes_with_python_is_imported() -> None:
    program = "import sys, sebridge.plugin.worker, sebridge.plugin.testing; print(*sys.modules)"
    shown = subprocess.run(
        [sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True
    )

    imported = {name.partition(".")[0] for name in shown.stdout.split()}
    foreign = imported - sys.stdlib_module_names - {"sebridge", "__main__"}
    assert {name for name in foreign if not name.startswith("_")} == set()
