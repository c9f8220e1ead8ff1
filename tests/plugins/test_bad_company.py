"""Plug-ins that crash, hang, leak and flood, beside one that does its work, which goes on."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
import time
from typing import Any, Final, TypeVar

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.rpc.message import Request
from tests.patience import until
from tests.plugins.packages import named
from tests.plugins.test_manager import Managed

T = TypeVar("T")
_BEGINNING: Final = 3.0
"""Seconds of the machine until which time does not pass faster than there."""

HOOKS: Final = "scope: command\nhooks: {start: main:start}\n"
GOOD: Final = """
async def start(bridge):
    counted = {"count": await bridge.storage.read("count", 0)}
    async def count():
        counted["count"] += 1
        await bridge.storage.keep("count", counted["count"])
        await bridge.publish("count", counted["count"], retain=True)
        return counted
    await bridge.add_method("count", count)
"""
BAD: Final = {
    "crashes": """
import asyncio, os
def start(bridge):
    asyncio.get_running_loop().call_later(0.01, os._exit, 1)
""",
    "hangs": """
import asyncio, time
def start(bridge):
    asyncio.get_running_loop().call_later(0.01, time.sleep, 1000)
""",
    "leaks": """
import asyncio
held = []
async def leak():
    while True:
        held.append(bytearray(1 << 24))
        await asyncio.sleep(0)
def start(bridge):
    bridge.every(0, leak)
""",
    "floods": """
async def flood(bridge, number):
    while True:
        await bridge.publish(f"t{number}", "x" * 1000)
async def start(bridge):
    for number in range(40):
        bridge.every(0, lambda number=number: flood(bridge, number))
""",
}


@pytest.fixture
async def managed(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Managed]:
    made = Managed(tmp_path, clock)
    await made.manager.start()
    yield made
    await driven(clock, made.manager.stop())


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def driven(clock: VirtualClock, work: Coroutine[Any, Any, T]) -> T:
    """Let time pass until something is done, as one that hangs has some to end by itself.

    At first it passes as that of the machine does, so that a process has the time to begin.
    """
    doing, begun = asyncio.ensure_future(work), time.monotonic()
    while not doing.done():
        hurries = time.monotonic() - begun > _BEGINNING
        await clock.advance(0.05 if hurries else 0.001)
        await asyncio.sleep(0.001)
    return await doing


async def test_one_does_its_work_beside_all_that_do_not(
    managed: Managed, clock: VirtualClock
) -> None:
    for name, code in {"good": GOOD, **BAD}.items():
        await managed.install(named(name, more=HOOKS), main=code)
        await managed.manager.start_plugin(name)

    counted = 0
    for _ in range(8):
        answer = await managed.dispatcher.answer(Request("good.count"))
        assert answer.error is None, answer.error
        counted = answer.result["count"]  # type: ignore[index]  # a mapping
        await asyncio.sleep(0.01)
    for name in BAD:
        await driven(clock, managed.manager.stop_plugin(name))

    assert counted == 8
    assert managed.active == ["good"]
    assert managed.board.kept("sebridge/home/plugin/good/count") == 8
    assert managed.kept["pages"] == {("good", "count"): "8"}


async def test_code_that_is_started_again_and_again_leaves_nothing_behind(
    managed: Managed, caplog: pytest.LogCaptureFixture
) -> None:
    await managed.install(named("good", more=HOOKS), main=GOOD)
    tasks, files = len(asyncio.all_tasks()), open_files()

    for _ in range(3):
        await managed.manager.start_plugin("good")
        await managed.dispatcher.answer(Request("good.count"))
        await managed.manager.stop_plugin("good")

    await until(lambda: len(asyncio.all_tasks()) == tasks)
    assert open_files() == files
    assert (managed.dispatcher.methods, managed.host.commanded, managed.host.claimed) == (
        {},
        {},
        set(),
    )
    assert managed.board.retained == {}
    assert managed.kept["pages"] == {("good", "count"): "3"}
    assert "is started again" not in caplog.text
