"""A stick that is killed, hangs and is reset, with a house and plugs on its air."""

from collections.abc import Callable, MutableMapping
import enum
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, Final

from sebridge.app.certificate_store import install
from sebridge.app.features import FEATURES
from sebridge.app.house_security import secure_house
from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.base.computing import in_thread
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.crypto.suite import SUITE_1
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import AirOptions, SimulatedDeviceOptions
from sebridge.simulator.household import Household, labelled
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.emulated import EZSP, ZNP, EmulatedModule, Model, make_module
from sebridge.simulator.modules.ezsp.ash_frame import reset_done
from sebridge.simulator.modules.signals import JoiningOpened, NetworkCameUp
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.modules.znp.frame import Kind, Subsystem, encode

_HOST: Final = "127.0.0.1"
_POWER_ON: Final = 0x02  # ASH's code for why the module was reset
_GREETINGS: Final = {
    EZSP: reset_done(_POWER_ON),
    ZNP: encode(Kind.CALLBACK, Subsystem.SYS, 0x80, bytes.fromhex("00 02 01 02 07 01")),
}
"""What a module says when power comes back; an XBee says it by itself."""


class Fault(enum.StrEnum):
    """What happens to a stick."""

    KILL = "kill"
    """It is pulled out, and the connection breaks; it comes back on the same port."""
    HANG = "hang"
    """It takes nothing and says nothing any more, and the connection stays; then it goes on."""
    RESET = "reset"
    """It begins anew behind a connection that stays, and has forgotten what is in no flash."""


class _Contact:
    """What is between a port and a module: the module can be changed, and can hang."""

    def __init__(self) -> None:
        self.module: EmulatedModule | None = None
        self.hangs = False
        self._write: Callable[[bytes], object] | None = None

    def plug_in(self, write: Callable[[bytes], object]) -> None:
        """Serve a host."""
        self._write = write
        if self.module is not None:
            self.module.plug_in(self.say)

    def unplug(self) -> None:
        """Serve nobody."""
        self._write = None
        if self.module is not None:
            self.module.unplug()

    def put(self, module: EmulatedModule) -> None:
        """Have this module; who is connected is connected to it."""
        self.module = module
        if self._write is not None:
            module.plug_in(self.say)

    def take(self, octets: bytes) -> None:
        """Take octets of the host."""
        if self.module is not None and not self.hangs:
            self.module.take(octets)

    def say(self, octets: bytes) -> None:
        """Tell the host something."""
        if self._write is not None and not self.hangs:
            self._write(octets)


class FaultyStick:
    """A module on a port, whose air, house and plugs stay while it comes and goes.

    Devices that can prove who they are do so. `codes` are what stands on those that need one.
    """

    def __init__(self, model: Model, port: int, house: tuple[SimulatedDeviceOptions, ...]) -> None:
        self._model = model
        self._drawers: dict[str, MutableMapping[Any, Any]] = {}
        if model.kind not in {EZSP, ZNP}:
            self._collection("xbee_registers", str, Secret)["AP"] = Secret(b"\x02")
        self._clock = SystemClock()
        self._security = (
            secure_house([1], self._collection, in_thread) if model.establishes_keys else None
        )
        self._house = tuple(labelled(device) for device in house)
        self.ether = Ether(self._clock, AirOptions(delay=0.0))
        self.household = Household(
            self._house,
            features=[f.simulated for f in FEATURES if f.simulated is not None],
            make_station=lambda address, key: SimulatedRadio(
                self.ether, address, key or WELL_KNOWN_KEY, (), {}
            ),
            open_collection=self._collection,
            security=self._security,
            clock=self._clock,
            random=Random(1),
        )
        self.codes: dict[Eui64, str] = {
            device.eui64: device.installation_code.reveal().hex()
            for device in self._house
            if device.installation_code is not None
        }
        self._contact = _Contact()
        self.port = port
        self._listening = ModulePort(self._contact, _HOST, port)

    def certificates(self, file: Path) -> Path | None:
        """Write what a gateway on this stick proves itself with; None where it needs nothing."""
        if self._security is None or not self._model.takes_keys:
            return None
        install(file, self._security.certificates.of(CHIP).find(SUITE_1))
        return file

    @property
    def is_full(self) -> bool:
        """Whether the whole house is in the network."""
        return all(device.is_joined for device in self.household.devices.values())

    def _collection(self, name: str, _key: Any, _value: Any) -> MutableMapping[Any, Any]:
        return self._drawers.setdefault(name, {})

    async def start(self) -> None:
        """Give it power, and switch the house on."""
        await self._power_on()
        await self._listening.start()
        await self.household.switch_on()

    async def stop(self) -> None:
        """Switch all off."""
        await self.household.switch_off()
        await self._listening.stop()
        await self._power_off()

    # ------------------------------------------------------------------ faults

    async def fail(self, fault: Fault) -> None:
        """Begin a fault."""
        if fault is Fault.HANG:
            self._contact.hangs = True
        elif fault is Fault.KILL:
            await self._listening.stop()
            await self._power_off()
        else:
            await self._power_off()

    async def recover(self, fault: Fault) -> None:
        """Be there again, after a fault that began."""
        if fault is Fault.HANG:
            self._contact.hangs = False
            return
        await self._power_on()
        if fault is Fault.KILL:
            self._listening = ModulePort(self._contact, _HOST, self.port)
            await self._listening.start()
        else:
            self._contact.say(_GREETINGS.get(self._model.kind, b""))

    async def _power_on(self) -> None:
        bus = SignalBus()
        bus.listen(JoiningOpened, lambda _: self.household.press_buttons())
        bus.listen(NetworkCameUp, lambda _: self.household.press_buttons())
        module = make_module(
            self._model,
            self.ether,
            self._collection,
            clock=self._clock,
            line_clock=self._clock,
            seed=SystemRandom(),
            bus=bus,
        )
        self._contact.put(module)
        await module.start()

    async def _power_off(self) -> None:
        module, self._contact.module = self._contact.module, None
        if module is not None:
            await module.stop()
