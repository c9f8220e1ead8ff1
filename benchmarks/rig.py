"""What two programs are measured on: an emulated stick with plugs, and who hears the broker."""

import asyncio
from collections.abc import Callable
import contextlib
import os
from pathlib import Path
from random import Random
import subprocess
import time
from typing import Any, Final, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.plugs import Plug
from benchmarks.programs import Program
from sebridge.base.clock import SystemClock
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.modules.znp.module import ZnpModule

HOST: Final = "127.0.0.1"
_LQI, _RSSI = 200, -60
_LOOK_EVERY: Final = 0.02  # seconds
_TICKS: Final = os.sysconf("SC_CLK_TCK")


async def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for what nobody tells; return whether it came within so many seconds."""
    for _ in range(int(seconds / _LOOK_EVERY)):
        if condition():
            return True
        await asyncio.sleep(_LOOK_EVERY)
    return False


class Stick:
    """A ZNP module on a TCP port, with plugs on its air."""

    def __init__(self, plugs: int) -> None:
        clock = SystemClock()
        self._ether = Ether(clock, AirOptions(delay=0.0))
        self._module = ZnpModule(
            self._ether, {}, clock=clock, seed=Random(), bus=SignalBus(strict=True)
        )
        self.port = ModulePort(self._module, HOST, 0)
        self.plugs = [Plug(self._ether, number) for number in range(plugs)]

    async def __aenter__(self) -> Self:
        await self.port.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for plug in self.plugs:
            await plug.radio.stop()
        await self.port.stop()
        await self._module.stop()

    @property
    def is_open(self) -> bool:
        """Whether there is a network, and new devices are let in."""
        network = self._ether.network
        return network is not None and network.open_until > self._ether.clock.monotonic()

    def report(self, number: int) -> None:
        """Let the next plug report; its frame is on the way to the host when this returns."""
        plug = self.plugs[number % len(self.plugs)]
        self._module.stack.hear(plug.report(number), _LQI, _RSSI)


class Ear:
    """Hears a broker in the event loop, where nobody else takes the processor from it."""

    def __init__(self, port: int, program: Program) -> None:
        self.online = asyncio.Event()
        self.heard: Callable[[int, float], object] = lambda _number, _moment: None
        self._program = program
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_socket_open = self._on_open
        self._client.on_socket_close = self._on_close
        self._client.on_socket_register_write = self._on_full
        self._client.on_socket_unregister_write = self._on_empty
        self._loop = asyncio.get_running_loop()
        self._client.connect(HOST, port, keepalive=0)

    def close(self) -> None:
        """Hear no more."""
        self._client.disconnect()

    def say(self, topic: str, payload: bytes) -> None:
        """Publish something."""
        self._client.publish(topic, payload)

    def _on_open(self, client: Client, _data: Any, link: Any) -> None:
        self._loop.add_reader(link, client.loop_read)

    def _on_close(self, _client: Client, _data: Any, link: Any) -> None:
        self._loop.remove_reader(link)

    def _on_full(self, client: Client, _data: Any, link: Any) -> None:
        self._loop.add_writer(link, client.loop_write)

    def _on_empty(self, _client: Client, _data: Any, link: Any) -> None:
        self._loop.remove_writer(link)

    def _on_connect(self, client: Client, *_: Any) -> None:
        client.subscribe([(one, 0) for one in self._program.filters])

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        now = time.perf_counter()
        payload = bytes(message.payload)
        if self._program.is_online(message.topic, payload):
            self.online.set()
        number = self._program.number(message.topic, payload)
        if number is not None:
            self.heard(number, now)


class Process:
    """The program that is measured, as the kernel sees it."""

    def __init__(self, program: Program, directory: Path, *, broker: int, stick: int) -> None:
        start = program.prepare(directory, broker=broker, stick=stick)
        self._log = directory / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                start.command,
                stdout=log,
                stderr=log,
                cwd=directory,  # in a clone of anything zigbee2mqtt wants to build itself anew
                env=os.environ | dict(start.environment),
            )

    @property
    def cpu(self) -> float:
        """Seconds of the processor that it has had, all its threads."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def resident(self) -> float:
        """Resident memory in MiB."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    @property
    def said(self) -> str:
        """The end of its log."""
        return self._log.read_text(errors="replace")[-600:].strip()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
