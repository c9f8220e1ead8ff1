"""What two programs are measured on: an emulated stick with plugs, and the kernel's figures."""

import asyncio
from collections.abc import Callable, MutableMapping
import contextlib
import os
from pathlib import Path
from random import Random
import subprocess
from typing import Any, Final, Self

from benchmarks.plugs import Plug
from benchmarks.programs import Program
from sebridge.base.clock import SystemClock
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.emulated import Model, make_module
from sebridge.simulator.modules.tcp import ModulePort

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


def _in_memory(_name: str, _key: Any, _value: Any) -> MutableMapping[Any, Any]:
    """Keep what a module has to keep for as long as it runs."""
    return {}


class Stick:
    """An emulated module on a TCP port, with plugs on its air."""

    def __init__(self, model: Model, plugs: int) -> None:
        self.kind = model.kind
        clock = SystemClock()
        self._ether = Ether(clock, AirOptions(delay=0.0))
        self._module = make_module(
            model,
            self._ether,
            _in_memory,
            clock=clock,
            line_clock=clock,
            seed=Random(),
            bus=SignalBus(strict=True),
        )
        self.port = ModulePort(self._module, HOST, 0)
        self.plugs = [Plug(self._ether, number) for number in range(plugs)]

    async def __aenter__(self) -> Self:
        await self.port.start()
        await self._module.start()
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


class Process:
    """The program that is measured, as the kernel sees it."""

    def __init__(self, program: Program, directory: Path, *, broker: int, stick: Stick) -> None:
        start = program.prepare(directory, broker=broker, stick=stick.port.port, kind=stick.kind)
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
