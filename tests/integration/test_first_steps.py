"""docs/index.md as four kinds of people follow it: every command that begins their way."""

import asyncio
from collections.abc import AsyncIterator, Callable
import json
import os
from pathlib import Path
import re
import shlex
import subprocess
from xml.etree import ElementTree as ET

import pytest

from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.settings.config import load
from tests.integration.bridges import (
    DISPLAY,
    PYTHON,
    SWITCH,
    SteadyBridge,
    configuration,
    is_at_home,
    make_bridge,
)
from tests.integration.brokers import Mosquitto
from tests.patience import PATIENCE, until
from tests.ports import unused_port
from tests.simulate_program import simulating

PROJECT = Path(__file__).parents[2]
_PART = re.compile(r"^## (.+?)\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
_LINES = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
PARTS = dict(_PART.findall((PROJECT / "docs" / "index.md").read_text(encoding="utf-8")))


def commands(part: str) -> list[str]:
    """Return what is typed in a part of the page."""
    [text] = _LINES.findall(PARTS[part])
    return [line.replace("\\\n", "").strip() for line in f"\n{text}".split("\n$ ")[1:]]


class Desk:
    """A terminal in a directory where the project was set up, with a broker on the machine."""

    def __init__(self, directory: Path, broker_port: int) -> None:
        self.directory = directory
        self.port = broker_port
        program = directory / ".venv" / "bin" / "sebridge"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec "{PYTHON}" -m sebridge "$@"\n')
        program.chmod(0o755)

    async def type(self, line: str) -> str:
        """Return what a line prints; it must be right."""
        line = re.sub(r"(mosquitto_\w+) ", rf"\1 -p {self.port} ", line)
        done = await asyncio.to_thread(
            subprocess.run,
            ["bash", "-c", line],
            cwd=self.directory,
            env=os.environ | {"SEBRIDGE_BROKER": f"127.0.0.1:{self.port}"},
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{line}: {done.stderr}"
        return str(done.stdout)

    async def type_until(self, line: str, wanted: str) -> None:
        """Type a line again until it prints something."""
        async with asyncio.timeout(PATIENCE):
            while wanted not in await self.type(line):
                pass


@pytest.fixture
def desk(mosquitto: Mosquitto, tmp_path: Path) -> Desk:
    return Desk(tmp_path, mosquitto.port)


@pytest.fixture
async def started() -> AsyncIterator[Callable[[Process], asyncio.Future[None]]]:
    """Return a way to start bridges, and to wait until they are asked; they are stopped at the end.

    They have the policy of every bridge: nobody who begins has changed it.
    """
    bridges: list[Process] = []

    async def start(bridge: Process) -> None:
        bridges.append(bridge)
        await bridge.start()
        await until(lambda: bridge.link.published)

    yield lambda bridge: asyncio.ensure_future(start(bridge))
    for bridge in bridges:
        await bridge.stop()


async def test_a_meter_is_let_in(
    desk: Desk, started: Callable[[Process], asyncio.Future[None]]
) -> None:
    look, install, add, watch = commands("You have a meter, a stick and Home Assistant")
    words = dict(word.split("=") for word in shlex.split(add) if "=" in word)
    meter = {
        "kind": "meter",
        "name": "Meter",
        "eui64": words["device_address"],
        "installation_code": words["installation_code"],
    }
    simulator = {"speed": 20, "devices": [meter]}
    root = desk.directory / "root"
    root.mkdir()
    await started(make_bridge(desk.directory, {"port": desk.port}, rpc={}, simulator=simulator))

    await desk.type(f"{PROJECT}/{install.removeprefix('sudo ')} --files --root {root}")
    added = json.loads(await desk.type(add))
    read = await desk.type(watch)

    assert look == "ls /dev/serial/by-id"
    assert load(root / "etc/sebridge/config.yaml", {}).radio.type == "ezsp"
    assert added["status"] == "ok"
    assert read.startswith("sebridge/home/device/0013a200405c01f7/")


async def test_a_price_and_an_event_are_sent(
    desk: Desk, started: Callable[[Process], asyncio.Future[None]]
) -> None:
    demo, price, see_price, event, see_event, token = commands(
        "You integrate: a utility, an aggregator, a head-end"
    )
    bridge: SteadyBridge = make_bridge(desk.directory, {"port": desk.port}, rpc={})
    await started(bridge)
    await until(lambda: is_at_home(bridge, DISPLAY, SWITCH))

    prices = json.loads(await desk.type(price))
    await desk.type_until(see_price, '"label":"evening"')
    events = json.loads(await desk.type(event))
    await desk.type_until(see_event, '"issuer_event_id":8')
    made = await desk.type(token)

    assert demo == ".venv/bin/sebridge demo"
    assert prices["result"]["device_list"] == ["00:0d:6f:00:0a:00:00:03"]
    assert events["result"]["device_list"] == ["00:0d:6f:00:0a:00:00:05"]
    assert "scope: command" in made


async def test_frames_are_read_and_a_stick_is_there(desk: Desk) -> None:
    price, load_control, simulate, zha = commands(
        "You develop Smart Energy devices, and have no hardware"
    )

    of_price = await desk.type(price)
    of_load_control = json.loads(await desk.type(load_control))
    listen = simulate.replace("6638", str(unused_port()))
    with simulating(*shlex.split(listen)[2:], directory=desk.directory) as said:
        devices = [line for line in said if "Main meter" in line]

    assert "get_current_price" in of_price
    assert of_load_control
    assert len(devices) == 1
    assert (PROJECT / zha.split()[0]).is_file()


async def test_the_files_of_an_old_gateway_are_taken_and_its_documents_answered(
    desk: Desk, started: Callable[[Process], asyncio.Future[None]]
) -> None:
    look, take, run, ask = commands("You own an old gateway")
    saved = desk.directory / "old-gateway"
    saved.mkdir()
    (saved / "devices.ini").write_text("00:13:A2:00:40:11:22:33\n")
    file = configuration(
        desk.directory,
        {"port": desk.port},
        storage={"path": "kept.db"},
        rpc={},
    )

    await desk.type(look)
    await desk.type(take)
    bridge = SteadyBridge(load(file, {}))
    await started(bridge)
    answer = ET.fromstring(await desk.type(ask))

    assert run == ".venv/bin/sebridge run"
    assert Eui64.parse("00:13:A2:00:40:11:22:33") in bridge.gateway.directory
    assert answer.find(".//get_time_response/UTC_2000") is not None
