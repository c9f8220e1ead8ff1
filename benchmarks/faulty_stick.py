"""A stick that is pulled out, hangs and is reset, with a house on its air."""

from collections.abc import MutableMapping
import enum
from pathlib import Path
from typing import Any, Final

from sebridge.app.certificate_store import install
from sebridge.app.emulated_stick import EmulatedSticks, Plug
from sebridge.app.features import FEATURES
from sebridge.app.house_security import secure_house
from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.base.computing import in_thread
from sebridge.base.secret import Secret
from sebridge.crypto.suite import SUITE_1
from sebridge.radio.ether import Ether
from sebridge.settings.simulator_options import (
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.simulator.household import labelled
from sebridge.simulator.modules import faults
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.emulated import XBEE, Model

_HOST: Final = "127.0.0.1"
_API_MODE: Final = Secret(b"\x02")


class Fault(enum.StrEnum):
    """What happens to a stick."""

    KILL = "kill"
    """It is pulled out, and the connection breaks; it comes back on the same port."""
    HANG = "hang"
    """It takes nothing and says nothing any more, until somebody plugs in again."""
    RESET = "reset"
    """It begins anew behind a connection that stays, and has forgotten what is in no flash."""


class FaultyStick:
    """A module on a port, whose air and house stay while it comes and goes.

    Devices that can prove who they are do so. `codes` are what stands on those that need one.
    """

    def __init__(self, model: Model, port: int, house: tuple[SimulatedDeviceOptions, ...]) -> None:
        self.port = port
        self._model = model
        self._drawers: dict[str, MutableMapping[Any, Any]] = {}
        if model.kind == XBEE:
            self._collection("xbee_registers", str, Secret)["AP"] = _API_MODE
        self._security = (
            secure_house([1], self._collection, in_thread) if model.establishes_keys else None
        )
        devices = tuple(labelled(device) for device in house)
        clock = SystemClock()
        self._sticks = EmulatedSticks(
            [Plug(model, _HOST, port)],
            SimulatorOptions(devices=devices, air=AirOptions(delay=0.0)),
            features=FEATURES,
            open_collection=self._collection,
            clock=clock,
            line_clock=clock,
            security=self._security,
        )
        self.codes: dict[Eui64, str] = {
            device.eui64: device.installation_code.reveal().hex()
            for device in devices
            if device.installation_code is not None
        }

    def certificates(self, file: Path) -> Path | None:
        """Write what a gateway on this stick proves itself with; None where it needs nothing."""
        if self._security is None or not self._model.takes_keys:
            return None
        install(file, self._security.certificates.of(CHIP).find(SUITE_1))
        return file

    @property
    def ether(self) -> Ether:
        """Its air."""
        return self._sticks.ether

    @property
    def is_full(self) -> bool:
        """Whether the whole house is in the network."""
        return all(device.is_joined for device in self._sticks.household.devices.values())

    def _collection(self, name: str, _key: Any, _value: Any) -> MutableMapping[Any, Any]:
        return self._drawers.setdefault(name, {})

    async def start(self) -> None:
        """Give it power, and switch the house on."""
        await self._sticks.start()

    async def stop(self) -> None:
        """Switch all off."""
        await self._sticks.stop()

    # ------------------------------------------------------------------ faults

    async def fail(self, fault: Fault) -> None:
        """Have a fault; who was pulled out comes back by `plug_in`."""
        if fault is Fault.HANG:
            self._sticks.sticks[0].faulty.befall(faults.Fault.HANG)
        elif fault is Fault.RESET:
            self._sticks.sticks[0].faulty.befall(faults.Fault.RESET)
        else:
            await self._sticks.sticks[0].port.stop()
            await self._sticks.sticks[0].module.stop()

    async def plug_in(self) -> None:
        """Be there again, after having been pulled out."""
        await self._sticks.sticks[0].module.start()
        await self._sticks.sticks[0].port.start()
