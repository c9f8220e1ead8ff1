"""Whole bridges with a simulated house: in this process, and as programs that can be killed."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

from typing_extensions import override
import yaml

from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.settings.config import read
from sebridge.settings.options import Options
from tests.integration.brokers import Listener
from tests.integration.steady_clock import SteadyClock
from tests.patience import PATIENCE, eventually, until
from tests.private_file import write_private

ROOT = "sebridge/home"
PYTHON = sys.executable

_HOUSE = {
    "speed": 20,
    "devices": [
        {"kind": "meter", "name": "Meter", "eui64": "00:0d:6f:00:0a:00:00:01"},
        {"kind": "display", "name": "Display", "eui64": "00:0d:6f:00:0a:00:00:03"},
        {"kind": "load_control", "name": "Heater", "eui64": "00:0d:6f:00:0a:00:00:05"},
    ],
}
METER, DISPLAY, SWITCH = "000d6f000a000001", "000d6f000a000003", "000d6f000a000005"


def configuration(directory: Path, mqtt: Mapping[str, Any], **more: Any) -> Path:
    """Write a configuration for a bridge on a broker; return its file."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "config.yaml"
    content = {
        "mqtt": {"broker": "127.0.0.1"} | dict(mqtt),
        "simulator": _HOUSE,
        "rpc": {"policy": {"mqtt": {"scope": "admin"}}},
    } | more
    write_private(file, yaml.safe_dump(content))
    return file


class SteadyBridge(Process):
    """A bridge on a simulated air where nothing comes too late because the machine is busy."""

    clock: SteadyClock

    def __init__(self, options: Options) -> None:
        clock = SteadyClock(options.simulator.speed)
        super().__init__(options, clock=clock, compute=clock.compute)
        self._ticking: asyncio.Task[None] | None = None

    @override
    async def start(self) -> None:
        self._ticking = asyncio.create_task(self.clock.run())
        await super().start()

    @override
    async def stop(self) -> None:
        await super().stop()
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking


def make_bridge(directory: Path, mqtt: Mapping[str, Any], **more: Any) -> SteadyBridge:
    """Return a bridge of this process that is not started."""
    file = configuration(directory, mqtt, **more)
    return SteadyBridge(read(file.read_text(), directory, {}))


def is_at_home(bridge: SteadyBridge, *devices: str) -> bool:
    """Return whether devices have joined, have been asked what they are, and have their keys.

    A device has its key a moment after the gateway, and is not heard between.
    """
    directory, trust_center = bridge.gateway.directory, bridge.gateway.trust_center
    house = bridge.house_security
    assert house is not None
    return all(
        directory.is_active(device)
        and directory[device].is_complete
        and trust_center.is_established(device)
        and house.kept.find(device) is not None
        for device in map(Eui64.parse, devices)
    )


class Caller:
    """Calls methods through the broker, in both forms, once the gateway is there to hear them."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._numbers = 0

    async def bare(self, method: str, payload: bytes | None = None, **params: Any) -> Any:
        """Return the answer on `rpc/response/<method>`; `payload` goes out as it is."""
        await self._there(ROOT)
        before = self._count(f"{ROOT}/rpc/response/{method}")
        octets = json.dumps(params).encode() if payload is None else payload
        self._listener.say(f"{ROOT}/rpc/request/{method}", octets)
        return await self._next(f"{ROOT}/rpc/response/{method}", before)

    async def rpc(self, method: str, **params: Any) -> Any:
        """Return the answer to a JSON-RPC request."""
        self._numbers += 1
        body = {"jsonrpc": "2.0", "method": method, "params": params, "id": self._numbers}
        answer = await self.document(json.dumps(body).encode())
        assert answer["id"] == self._numbers
        return answer

    async def rpc_of(self, gateway: str, method: str, **params: Any) -> Any:
        """Return the answer of another gateway on the same broker."""
        await self._there(f"sebridge/{gateway}")
        self._numbers += 1
        body = {"jsonrpc": "2.0", "method": method, "params": params, "id": self._numbers}
        topic = f"sebridge/{gateway}/rpc"
        before = self._count(f"{topic}/response")
        self._listener.say(f"{topic}/request", json.dumps(body).encode())
        return await self._next(f"{topic}/response", before)

    async def document(self, payload: bytes, **how: Any) -> Any:
        """Return the answer to a JSON-RPC document."""
        await self._there(ROOT)
        before = self._count(f"{ROOT}/rpc/response")
        self._listener.say(f"{ROOT}/rpc/request", payload, **how)
        return await self._next(f"{ROOT}/rpc/response", before)

    async def _there(self, root: str) -> None:
        await until(lambda: self._listener.topics().get(f"{root}/availability") == b"online")

    async def _next(self, topic: str, before: int) -> Any:
        await until(lambda: self._count(topic) > before)
        return json.loads(self._listener.payloads(topic)[before])

    def _count(self, topic: str) -> int:
        return len(self._listener.payloads(topic))


class Program:
    """`sebridge run` as a process of its own."""

    def __init__(self, config: Path, **environment: str) -> None:
        self._config = config
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("SEBRIDGE_")
        } | environment
        self._process: subprocess.Popen[bytes] | None = None
        self.log = config.parent / "bridge.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [PYTHON, "-m", "sebridge", "run", "-c", str(self._config)],
                stdout=log,
                stderr=log,
                env=self._environment,
            )

    @property
    def pid(self) -> int:
        """Return its process id."""
        assert self._process is not None
        return self._process.pid

    def end(self, how: signal.Signals) -> int:
        """Send a signal; return the exit status."""
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(PATIENCE)

    def ended(self) -> int:
        """Wait until it has ended by itself; return the exit status."""
        assert self._process is not None
        return self._process.wait(PATIENCE)

    def is_there(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        if self.is_there():
            self.end(signal.SIGKILL)


def call(port: int, method: str, *parameters: str) -> subprocess.CompletedProcess[str]:
    """Run `sebridge call` against a broker."""
    return subprocess.run(
        [
            *(PYTHON, "-m", "sebridge", "call", method, *parameters),
            *("--broker", f"mqtt://127.0.0.1:{port}", "--timeout", str(PATIENCE)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def wait_for(listener: Listener, topic: str, payload: bytes) -> None:
    """Wait until this is the last that was heard on a topic."""
    eventually(lambda: listener.topics().get(topic) == payload)
