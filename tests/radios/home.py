"""A home on any kind of radio: the whole bridge, a real broker, and devices by a steady clock."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
import json
from pathlib import Path
from typing import Any

from sebridge.app.certificate_store import install
from sebridge.app.emulated_stick import EmulatedSticks, Plug
from sebridge.app.features import FEATURES
from sebridge.app.house_security import secure_house
from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.crypto.suite import SUITE_1
from sebridge.radio.ether import Ether
from sebridge.settings.config import read
from sebridge.settings.simulator_options import (
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.simulator.household import Household, link_key_of
from sebridge.simulator.modules.chip import CHIP
from tests.integration.bridges import ROOT, Caller, Program, configuration
from tests.integration.brokers import Listener
from tests.integration.emulated_sticks import Drawers, model_of, proves
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import until
from tests.ports import unused_port

SIMULATED = "simulated"
RADIOS = (SIMULATED, "ezsp", "znp", "xbee se", "xbee zb")
"""Each kind of radio; an XBee with each of its firmwares."""

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
SLEEPER = Eui64.parse("00:0d:6f:00:0a:00:00:02")
DISPLAY = Eui64.parse("00:0d:6f:00:0a:00:00:03")
THERMOSTAT = Eui64.parse("00:0d:6f:00:0a:00:00:04")
SWITCH = Eui64.parse("00:0d:6f:00:0a:00:00:05")
ENERGY = 1234  # kWh in the meter's register when it was switched on first

_HOUSE: tuple[tuple[str, str, Eui64, dict[str, Any]], ...] = (
    ("meter", "Meter", METER, {"initial_energy": ENERGY}),
    ("meter", "Sleeper", SLEEPER, {"mirrored": True}),
    ("display", "Display", DISPLAY, {"confirm_after": 5}),
    ("thermostat", "Thermostat", THERMOSTAT, {"opt_out": True}),
    ("load_control", "Switch", SWITCH, {}),
)
_SPEED = 20
_JOIN_TIME = 240
_API_MODE = Secret(b"\x02")


class Home:
    """A bridge on a radio, which can be stopped, and run as a program that can be killed."""

    def __init__(self, radio: str, directory: Path, listener: Listener, port: int) -> None:
        self.radio = radio
        self.clock = SteadyClock(_SPEED)
        self.listener = listener
        self.caller = Caller(listener)
        self._stick = None if radio == SIMULATED else self._plug_in(directory)
        self._file = configuration(
            directory / "bridge", {"port": port}, **self._sections(directory)
        )
        self._options = read(self._file.read_text(), self._file.parent, {})
        self.bridge = self._make_bridge()
        self.program = Program(self._file)

    def _make_bridge(self) -> Process:
        return Process(self._options, clock=self.clock, compute=self.clock.compute)

    def _plug_in(self, directory: Path) -> EmulatedSticks:
        drawers = Drawers()
        drawers("xbee_registers", str, Secret)["AP"] = _API_MODE
        security = None
        if proves(self.radio):
            security = secure_house([1], drawers, self.clock.compute)
            install(directory / "certificates.txt", security.certificates.of(CHIP).find(SUITE_1))
        devices = tuple(
            SimulatedDeviceOptions(kind=kind, name=name, eui64=address, options=options)
            for kind, name, address, options in _HOUSE
        )
        self._port = unused_port()
        return EmulatedSticks(
            [Plug(model_of(self.radio), "127.0.0.1", self._port)],
            SimulatorOptions(devices=devices, air=AirOptions(delay=0.0)),
            features=FEATURES,
            open_collection=drawers,
            clock=self.clock,
            line_clock=self.clock,
            security=security,
        )

    def _sections(self, directory: Path) -> dict[str, Any]:
        if self._stick is None:
            devices = [
                {"kind": kind, "name": name, "eui64": str(address), "options": options}
                for kind, name, address, options in _HOUSE
            ]
            return {"simulator": {"speed": _SPEED, "air": {"delay": 0.0}, "devices": devices}}
        kind = self.radio.partition(" ")[0]
        path = f"socket://127.0.0.1:{self._port}"
        certificates = None if kind == "xbee" else str(directory / "certificates.txt")
        return {
            "radio": {"type": kind, "path": path, "channel": 15},
            "security": {"certificate_store": certificates},
        }

    # ------------------------------------------------------------------ life

    async def start(self) -> None:
        """Switch everything on, and have all devices join as a person would."""
        if self._stick is not None:
            await self._stick.start()
        await self.bridge.start()
        await until(lambda: self.bridge.link.published > 0)
        if self._stick is not None:
            manager = self.bridge.gateway.manager
            for _, _, device, _ in _HOUSE:
                await manager.add(device, link_key_of(device), _JOIN_TIME)
        await until(lambda: all(self.is_at_home(device) for _, _, device, _ in _HOUSE))

    async def start_again(self) -> None:
        """Have the bridge run again, in this process."""
        self.bridge = self._make_bridge()
        await self.bridge.start()

    async def stop(self) -> None:
        """Switch everything off."""
        self.program.kill()
        await self.bridge.stop()
        if self._stick is not None:
            await self._stick.stop()

    def is_at_home(self, device: Eui64) -> bool:
        """Say whether a device is known, active, and has the key that is due."""
        directory = self.bridge.gateway.directory
        if not (directory.is_active(device) and directory[device].is_complete):
            return False
        by_bridge = self.bridge.gateway.trust_center.is_established(device)
        if self.radio.startswith("xbee"):
            return not by_bridge and self._on_air(device) == proves(self.radio)
        return by_bridge and self._on_air(device)

    @property
    def _ether(self) -> Ether:
        ether = self.bridge.ether if self._stick is None else self._stick.ether
        assert ether is not None
        return ether

    @contextmanager
    def losing(self, share: float) -> Iterator[None]:
        """Have so many frames lost on the air for a while, 0 to 1."""
        before, self._ether.air = self._ether.air, AirOptions(delay=0.0, loss=share)
        yield
        self._ether.air = before

    def _on_air(self, device: Eui64) -> bool:
        ether = self._ether
        return ether.network is not None and ether.network.ring.is_established(device)

    @property
    def household(self) -> Household:
        """The devices, whosever they are."""
        if self._stick is not None:
            return self._stick.household
        house = self.bridge.bridge.house
        assert house is not None
        return house.household

    # ------------------------------------------------------------------ what is seen

    async def result(self, method: str, **parameters: Any) -> Any:
        """Call a method that must succeed."""
        answer = await self.caller.rpc(method, **parameters)
        assert "result" in answer, answer
        return answer["result"]

    def notifications(self, name: str) -> list[Any]:
        """Return what the bridge said under a name."""
        told = self.listener.payloads(f"{ROOT}/notification/{name}")
        return [json.loads(payload) for payload in told]

    @property
    def starts(self) -> int:
        """How often the bridge said that it is on its network."""
        said = self.notifications("message")
        return sum("on the ZigBee network" in message["description"] for message in said)

    def readings(self, device: Eui64) -> list[dict[str, Any]]:
        """Return what a meter has shown."""
        begin = f"{ROOT}/device/{int(device):016x}/"
        return [
            json.loads(payload)
            for topic, payload, retained in self.listener.heard
            if topic.startswith(begin) and topic.endswith("/metering") and not retained
        ]


@asynccontextmanager
async def home_on(
    radio: str, directory: Path, listening: Callable[..., Listener], port: int
) -> AsyncIterator[Home]:
    """Give a home whose devices have joined."""
    home = Home(radio, directory, listening(port, f"{ROOT}/#"), port)
    async with ticking(home.clock):
        try:
            await home.start()
            yield home
        finally:
            await home.stop()
