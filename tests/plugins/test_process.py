"""Code of a plug-in in its process: real processes, which fail in every way there is."""

import ast
import asyncio
from collections.abc import AsyncIterator
import os
from pathlib import Path
import signal

import msgspec
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, SystemClock, VirtualClock
from sebridge.base.errors import RequestError
from sebridge.base.signals import SignalBus
from sebridge.gateway.signals import CommandHeard
from sebridge.network.signals import DeviceActive, DeviceInactive
from sebridge.plugins.process import PluginProcess, ProcessPorts
from sebridge.plugins.routes import PluginRequest
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Notification, Request, Scope
from sebridge.rpc.method import method
from sebridge.zcl.identifiers import HA_PROFILE, PREPAYMENT
from tests.doubles import RecordingBroker
from tests.patience import PATIENCE, until
from tests.plugins.gateway_side import BRANCH, host

MEMORY = 512 * 1024 * 1024

CODE = """
import asyncio
import bridged

async def start(bridge):
    await bridge.call("note", text=f"started with {bridged.VERSION}")
    async def heard(parameters):
        await bridge.call("note", text=f"heard {parameters['reading']}")
    await bridge.listen("meter_read", heard)

async def watches(bridge):
    async def heard(news):
        await bridge.call("note", text=str(news))
    await bridge.listen("device_active", heard)
    await bridge.listen("received_command", heard)

async def refused(bridge):
    from sebridge.plugin import BridgeError
    names = [f"n{number}" for number in range(100)]
    for name in names:
        await bridge.listen(name, print)
    asked = [bridge.listen("no name", print), bridge.listen("n100", print)]
    for ask in (bridge.call("forget"), bridge.call("no_such"), *asked):
        try:
            await ask
        except BridgeError as error:
            await bridge.call("note", text=f"{error.code} {error.message}")

def broken(bridge):
    raise ValueError("no such meter")

def leaves(bridge):
    raise SystemExit(3)

def leaks(bridge):
    return b"x" * (1 << 32)

def exits(bridge):
    import os
    os._exit(1)

def hangs(bridge):
    import time
    time.sleep(1000)

async def nonsense(bridge):
    bridge._line()._writer.write(b"[1, 2]\\n")
    await asyncio.sleep(60)

async def talks(bridge):
    for number in range(300):
        await bridge.call("note", text=str(number))

async def own(bridge):
    async def add(first, second):
        return {"sum": first + second}
    def broken_method():
        raise ValueError("no such meter")
    async def slow():
        await asyncio.sleep(1000)
    async def log(request):
        return {"asked": request.path, "of": request.query, "body": request.body}
    async def heard(topic, value):
        await bridge.storage.keep(topic, value)
        await bridge.publish(topic, await bridge.storage.read(topic), retain=True)
    await bridge.add_method("add", add, scope="read")
    await bridge.add_method("broken", broken_method)
    await bridge.add_method("slow", slow)
    await bridge.add_route("POST", "log", log)
    await bridge.subscribe("level", heard)
    await bridge.add_entity("number", "level", "Level", topic="level", command="level")

async def floods(bridge):
    answers = await asyncio.gather(
        *(bridge.call("wait") for _ in range(40)), return_exceptions=True
    )
    busy = sum("busy" in str(answer) for answer in answers)
    await bridge.call("note", text=f"{busy} were too many")
"""


class Said(msgspec.Struct, frozen=True):
    """What was noted."""

    reading: int


class Notes:
    """Methods for plug-ins to call."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.go_on = asyncio.Event()

    @method
    async def note(self, text: str) -> None:
        """Note a text."""
        self.texts.append(text)

    @method(scope=Scope.ADMIN)
    async def forget(self) -> None:
        """Forget all."""

    @method(scope=Scope.READ)
    async def wait(self) -> None:
        """Take some time."""
        await asyncio.wait_for(self.go_on.wait(), 0.2)


class Side:
    """The bridge's side of one plug-in."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        async def durable() -> None:
            """Memory is as durable as the test."""

        folder.mkdir()
        (folder / "main.py").write_text(CODE)
        (folder / "lib").mkdir()
        (folder / "lib" / "bridged.py").write_text("VERSION = 2\n")
        self.bus = SignalBus(strict=True)
        self.clock = clock
        self.notes = Notes()
        dispatcher = Dispatcher(durable)
        dispatcher.register([self.notes])
        self.board = RecordingBroker()
        self.host = host(self.board, dispatcher)
        self.dispatcher = dispatcher
        self.ports = ProcessPorts(
            call=dispatcher.answer,
            host=self.host,
            bus=self.bus,
            clock=self.clock,
            durable=durable,
            memory=MEMORY,
        )
        self.process = PluginProcess("a", folder, Scope.COMMAND, self.ports)

    async def refused(self, function: str, seconds: float = PATIENCE) -> str:
        with pytest.raises(RequestError) as raised:
            await self.process.run_hook(f"main:{function}", seconds)
        return str(raised.value)


@pytest.fixture
async def side(tmp_path: Path) -> AsyncIterator[Side]:
    made = Side(tmp_path / "a-1", SystemClock())
    await made.process.start()
    yield made
    await made.process.stop()
    assert made.process.pid is None


async def test_a_hook_calls_the_bridge_and_hears_it(side: Side) -> None:
    await side.process.run_hook("main:start", PATIENCE)
    side.bus.send(Notification("meter_read", Said(7), 1.0))
    side.bus.send(Notification("other", Said(8), 1.0))
    side.bus.send(Notification("meter_read", Said(9), 1.0))

    await until(lambda: len(side.notes.texts) == 3)
    assert side.notes.texts == ["started with 2", "heard 7", "heard 9"]


async def test_it_hears_of_devices_and_of_commands_that_are_no_secret(side: Side) -> None:
    await side.process.run_hook("main:watches", PATIENCE)
    device = Eui64(0x000D6F000A000001)
    for news in (
        DeviceActive(device),
        DeviceInactive(device),  # to which it does not listen
        CommandHeard(device, 1, 7, HA_PROFILE, PREPAYMENT, 1, None, 0, b"a code"),
        CommandHeard(device, 1, 7, HA_PROFILE, 6, 1, None, 2, b"\x01"),
    ):
        side.bus.send(news)

    await until(lambda: len(side.notes.texts) == 2)
    active, command = map(ast.literal_eval, side.notes.texts)
    assert active == {"device": "00:0d:6f:00:0a:00:00:01"}
    assert command == {
        "device": "00:0d:6f:00:0a:00:00:01",
        "endpoint": 1,
        "local_endpoint": 7,
        "profile_id": HA_PROFILE,
        "cluster_id": 6,
        "server_or_client": 1,
        "manufacturer_code": None,
        "command_id": 2,
        "payload": "01",
    }


async def test_it_has_the_scope_that_it_was_given(side: Side) -> None:
    await side.process.run_hook("main:refused", PATIENCE)

    assert [text[:6] for text in side.notes.texts] == ["-32004", "-32601", "-32602", "-32602"]
    assert "forget needs the scope admin" in side.notes.texts[0]


async def test_a_hook_that_fails_is_told_with_its_line(side: Side) -> None:
    assert (
        await side.refused("broken") == "main:broken: main.py, line 30: ValueError: no such meter"
    )
    assert "SystemExit: 3" in await side.refused("leaves")
    assert "MemoryError" in await side.refused("leaks")
    assert "has no attribute 'nothing'" in await side.refused("nothing")
    assert side.process.pid is not None


async def test_more_calls_than_may_be_under_way_are_refused(side: Side) -> None:
    await side.process.run_hook("main:floods", PATIENCE)

    assert side.notes.texts == ["24 were too many"]


async def test_it_has_methods_routes_topics_and_storage_of_its_own(side: Side) -> None:
    await side.process.run_hook("main:own", PATIENCE)

    summed = await side.dispatcher.answer(Request("a.add", {"first": 1, "second": 2}))
    broken = await side.dispatcher.answer(Request("a.broken"))
    route = side.host.routes.find("POST", "a/log")
    assert route is not None
    logged = await route.answer(PluginRequest("POST", "log", {"of": "1"}, "text"))
    side.host.command(f"{BRANCH}/a/command/level", b"7")
    await until(lambda: side.board.kept(f"{BRANCH}/a/level") == 7)

    assert summed.result == {"sum": 3}
    assert broken.error is not None
    assert broken.error.message == "plug-in a: main.py, line 58: ValueError: no such meter"
    assert logged.body == '{"asked": "log", "of": {"of": "1"}, "body": "text"}'
    assert side.host.pages == {("a", "level"): "7"}
    assert list(side.host.entities) == [("a", "level")]

    await side.process.stop()

    assert "a.add" not in side.dispatcher.methods
    assert side.host.routes.find("POST", "a/log") is None
    side.host.command(f"{BRANCH}/a/command/level", b"8")  # nobody takes it
    assert side.board.kept(f"{BRANCH}/a/level") == 7  # until it is known that none goes on


async def test_a_method_has_its_time(tmp_path: Path, clock: VirtualClock) -> None:
    side = Side(tmp_path / "a-1", clock)
    await side.process.start()
    await side.process.run_hook("main:own", 1000)
    asked = [asyncio.ensure_future(side.dispatcher.answer(Request("a.slow"))) for _ in range(17)]
    while not all(call.done() for call in asked):
        await clock.advance(1)
        await asyncio.sleep(0.001)  # and real time, for the process

    errors = {call.result().error.message for call in asked}  # type: ignore[union-attr]  # all fail
    assert errors == {
        "plug-in a takes more than 30 s",
        "plug-in a is busy: 16 requests are under way",
    }
    await side.process.stop()


@pytest.mark.parametrize("function", ["exits", "nonsense"])
async def test_a_process_that_ends_or_talks_nonsense_is_dead(side: Side, function: str) -> None:
    assert await side.refused(function) == f"main:{function}: its process ended"
    with pytest.raises(Exception, match=r"ended|no message"):
        await side.process.wait()
    await side.process.start()
    await side.process.run_hook("main:start", PATIENCE)


async def test_a_hook_that_hangs_is_given_up_and_killed(side: Side) -> None:
    pid = side.process.pid

    assert await side.refused("hangs", 0.2) == "main:hangs takes more than 0.2 s"
    assert side.process.pid == pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)  # as stop does, after two seconds


async def test_without_a_process_no_hook_runs(side: Side) -> None:
    await side.process.stop()

    assert await side.refused("start") == "main:start: its process does not run"


async def test_a_process_that_gives_no_sign_of_life_is_killed(
    tmp_path: Path, clock: VirtualClock
) -> None:
    side = Side(tmp_path / "a-1", clock)
    await side.process.start()
    hanging = asyncio.ensure_future(side.refused("hangs", 1000))
    while side.process.pid is not None:
        await clock.advance(1)
        await asyncio.sleep(0.001)  # and real time, for the process

    assert await hanging == "main:hangs: its process ended"
    with pytest.raises(RequestError, match="its process ended"):
        await side.process.wait()
    await side.process.stop()


async def test_one_that_says_too_much_waits(tmp_path: Path, clock: VirtualClock) -> None:
    side = Side(tmp_path / "a-1", clock)
    await side.process.start()
    talking = asyncio.ensure_future(side.process.run_hook("main:talks", 1000))

    await until(lambda: len(side.notes.texts) >= 200)
    for _ in range(20):
        await clock.settle()
    said = len(side.notes.texts)
    await clock.advance(1)
    await until(talking.done)

    assert said == 200
    assert len(side.notes.texts) == 300
    await side.process.stop()
