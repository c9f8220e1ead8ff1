"""A network that moves to another stick, by a backup of it, with the devices that are in it.

Real time passes here only because the drivers have no other.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from secrets import SystemRandom
from subprocess import CompletedProcess
from typing import Final

import pytest

from sebridge.api.backup import MakeBackupResponse
from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.cli.backup_file import read_backup
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.radio.backup_document import MARGIN
from sebridge.radio.ether import AirFrame
from sebridge.rpc.message import Request
from sebridge.settings.config import read
from sebridge.simulator.household import link_key_of
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.emulated import make_module
from sebridge.simulator.modules.tcp import ModulePort
from tests.cli.runner import program
from tests.integration.bridges import ROOT, Caller, configuration
from tests.integration.brokers import Listener, Mosquitto
from tests.integration.emulated_sticks import Drawers, make_stick, model_of
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import until
from tests.ports import unused_port
from tests.private_file import write_private

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
DISPLAY = Eui64.parse("00:0d:6f:00:0a:00:00:03")
DEVICES = {"Meter": ("meter", METER), "Display": ("display", DISPLAY)}
PASSPHRASE = "correct horse"
_JOIN_TIME: Final = 240


class Place:
    """A port with a stick, and a bridge with its configuration, its database and its files."""

    def __init__(self, directory: Path, clock: SteadyClock, broker: int) -> None:
        self.backup = directory / "network.json"
        self.passphrase = directory / "passphrase.txt"
        self.made_while_running = directory / "running.json"
        write_private(self.passphrase, f"{PASSPHRASE}\n")
        self._directory = directory
        self._clock = clock
        self._broker = broker
        self._port = unused_port()
        self._kind = ""

    async def plug(self, kind: str) -> None:
        """Have a stick at the port, and know in the configuration of which kind it is."""
        certificates = self._directory / "certificates.txt"
        self._kind = kind
        self.stick = make_stick(kind, self._clock, DEVICES, certificates, Drawers(), self._port)
        await self.stick.start()
        self._module, self._plugged = self.stick.sticks[0].module, self.stick.sticks[0].port

    async def exchange(self, kind: str) -> None:
        """Have a new stick in the place of the one before, on the same air."""
        await self.unplug()
        self._kind = kind
        self._module = make_module(
            model_of(kind),
            self.stick.ether,
            Drawers(),
            clock=self._clock,
            line_clock=self._clock,
            seed=SystemRandom(),
            bus=SignalBus(),
        )
        self._plugged = ModulePort(self._module, "127.0.0.1", self._port)
        await self._module.start()
        await self._plugged.start()

    async def unplug(self) -> None:
        await self._plugged.stop()
        await self._module.stop()

    async def stop(self) -> None:
        await self.unplug()
        await self.stick.stop()

    def bridge(self) -> Process:
        options = read(self._configuration().read_text(), self._directory, {})
        return Process(options, clock=self._clock, compute=self._clock.compute)

    def _configuration(self) -> Path:
        radio = {"type": self._kind, "path": f"socket://127.0.0.1:{self._port}", "channel": 15}
        store = {"certificate_store": str(self._directory / "certificates.txt")}
        return configuration(self._directory, {"port": self._broker}, radio=radio, security=store)

    async def type(self, *arguments: str) -> CompletedProcess[str]:
        """Type a command, without the name of the program."""
        config = str(self._configuration())
        done = await asyncio.to_thread(program, *arguments, "--config", config)
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture
async def clock() -> AsyncIterator[SteadyClock]:
    async with ticking(SteadyClock(5)) as clock:
        yield clock


@pytest.fixture
def place(tmp_path: Path, clock: SteadyClock, mosquitto: Mosquitto) -> Place:
    return Place(tmp_path, clock, mosquitto.port)


@pytest.fixture
def listener(mosquitto: Mosquitto, listening: Callable[..., Listener]) -> Listener:
    return listening(mosquitto.port, f"{ROOT}/#")


def readings(listener: Listener) -> int:
    topic = f"{ROOT}/device/{int(METER):016x}/9/metering"
    return sum(heard == topic and not retained for heard, _, retained in listener.heard)


def is_in_use(bridge: Process, device: Eui64, frames: list[AirFrame]) -> bool:
    """Return whether something was sent under the key that a device has established."""
    kept = bridge.gateway.trust_center.established(device)
    locks = [frame.lock for frame in frames if frame.source == CHIP and frame.lock is not None]
    return kept is not None and kept.key in [lock.key for lock in locks]


async def furnished(place: Place, kind: str, listener: Listener) -> set[Secret]:
    """Have a meter and a display join, and return the keys that they establish.

    Everything is switched off then: nobody has a reason to look for another key meanwhile.
    """
    await place.plug(kind)
    frames: list[AirFrame] = []
    place.stick.ether.watch(frames.append)
    bridge = place.bridge()
    await bridge.start()
    trust_center = bridge.gateway.trust_center
    for device in (METER, DISPLAY):
        await bridge.gateway.manager.add(device, link_key_of(device), _JOIN_TIME)
    await until(lambda: all(is_in_use(bridge, d, frames) for d in (METER, DISPLAY)))
    await until(lambda: readings(listener) > 1)
    request = Request("make_backup", {"passphrase": PASSPHRASE})
    made = (await bridge.gateway.dispatcher.answer(request)).result
    assert isinstance(made, MakeBackupResponse)
    write_private(place.made_while_running, made.content)
    kept = [trust_center.established(device) for device in (METER, DISPLAY)]
    await place.stick.household.switch_off()
    await bridge.stop()
    return {one.key for one in kept if one is not None}


def kept_keys(backup: Path) -> list[object]:
    """Return the keys in a backup; their counters go on, and are not in it."""
    document = read_backup(backup, Secret(PASSPHRASE.encode()))
    devices = {one["ieee_address"]: one["link_key"]["key"] for one in document["devices"]}
    return [document["network_key"]["key"], devices]


@pytest.mark.parametrize(("before", "after"), [("ezsp", "znp"), ("znp", "ezsp"), ("ezsp", "ezsp")])
async def test_a_meter_reports_with_its_key_when_the_network_has_moved_to_another_stick(
    place: Place, listener: Listener, before: str, after: str
) -> None:
    keys = await furnished(place, before, listener)
    sealed = ("--passphrase-file", str(place.passphrase))
    kept = await place.type("backup", str(place.backup), *sealed)
    await place.exchange(after)
    with pytest.raises(NotJoinedError, match="is expected"):
        await place.bridge().start()

    done = await place.type("restore", str(place.made_while_running), *sealed)

    assert (kept.returncode, done.returncode) == (0, 0), kept.stderr + done.stderr
    assert done.stderr == ""
    assert kept_keys(place.made_while_running) == kept_keys(place.backup)
    heard = readings(listener)
    frames: list[AirFrame] = []
    place.stick.ether.watch(frames.append)
    bridge = place.bridge()
    await bridge.start()
    await place.stick.household.switch_on()
    await until(lambda: readings(listener) > heard + 1)
    assert bridge.gateway.trust_center.is_established(METER)
    display = place.stick.household.find(PriceOnDisplay)["Display"]
    price = {"issuer_event_id": 7, "price": 25, "duration_in_minutes": 60}
    assert "result" in await Caller(listener).rpc("create_price_event", record=price)
    await until(lambda: display.price is not None)
    locks = [frame.lock for frame in frames if frame.source == CHIP and frame.lock is not None]
    numbers = [lock.counter for lock in locks if lock.key in keys and lock.counter is not None]
    assert min(numbers) >= MARGIN  # no device heard one of them before
    await bridge.stop()
    await place.stop()
