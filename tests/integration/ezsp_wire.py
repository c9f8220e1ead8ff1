"""The emulated EZSP module on a TCP port, with our radio on it: bellows drives it as a real one."""

from collections.abc import Callable

from sebridge.base.clock import Clock
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.factory import make_radio
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.ezsp.module import EzspModule
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION
from sebridge.simulator.modules.tcp import ModulePort
from tests.integration.emulated_sticks import Drawers
from tests.patience import until
from tests.radio.simulated_air import HA_ENDPOINT, METER, METER_ENDPOINT, SE_ENDPOINT, Ears


class LooseContact:
    """A module whose host loses it for a moment, without the connection breaking."""

    def __init__(self, module: EzspModule) -> None:
        self._module = module
        self._write: Callable[[bytes], object] = lambda _: None

    def plug_in(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._module.plug_in(write)

    def unplug(self) -> None:
        self._module.unplug()

    def take(self, octets: bytes) -> None:
        self._module.take(octets)

    def shake(self) -> None:
        """Have the module wait for a reset, as after it was not acknowledged for too long."""
        self._module.unplug()
        self._module.plug_in(self._write)


class Wire:
    """The module, its port, our radio, and a meter."""

    def __init__(self, clock: Clock, version: int = USUAL_VERSION) -> None:
        self.clock = clock
        self.ether = Ether(clock, AirOptions(delay=0))
        self.module = EzspModule(
            self.ether,
            Drawers(),
            clock=clock,
            line_clock=clock,
            bus=SignalBus(strict=True),
            version=version,
        )
        self.contact = LooseContact(self.module)
        self.port = ModulePort(self.contact, "127.0.0.1", 0)
        self.ears = Ears()
        self.meter_ears = Ears()
        self.meter = self.new_meter()

    async def start(self) -> None:
        """Give the module power, and start our radio: it forms a network."""
        await self.port.start()
        self.radio = self.new_radio()
        await self.radio.start(self.ears)

    async def stop(self) -> None:
        await self.meter.stop()
        await self.radio.stop()
        await self.port.stop()
        await self.module.stop()

    async def start_again(self) -> None:
        """Start another radio of ours on the module, which resets it."""
        await self.radio.stop()
        self.radio = self.new_radio()
        await self.radio.start(self.ears)

    def new_radio(self) -> ZigpyRadio:
        path = f"socket://127.0.0.1:{self.port.port}"
        options = RadioOptions(type="ezsp", path=path, channel=15)
        return make_radio(options, [SE_ENDPOINT, HA_ENDPOINT], {}, self.clock)

    def new_meter(self, key: Secret = WELL_KNOWN_KEY) -> SimulatedRadio:
        return SimulatedRadio(self.ether, METER, key, [METER_ENDPOINT], {})

    async def let_in(self) -> None:
        """Open the network, and have the meter try until it is in and known."""
        await self.radio.permit_joining(60)
        await until(self._is_open)
        await self.meter.start(self.meter_ears)
        await until(lambda: (METER, self.meter.network.nwk) in self.ears.arrivals)

    def _is_open(self) -> bool:
        network = self.ether.network
        if network is None or (network.only_registered and METER not in network.link_keys):
            return False
        return network.open_until > self.clock.monotonic()
