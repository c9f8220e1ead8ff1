"""The emulated EZSP module on a TCP port, with our radio on it: bellows drives it as a real one."""

from collections.abc import Callable
from random import Random

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import NetworkPlan
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.ezsp.ash_frame import Kind, LineReader, ack
from sebridge.simulator.modules.ezsp.module import EzspModule
from sebridge.simulator.modules.ezsp.tokens import KeptKey
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION
from sebridge.simulator.modules.tcp import ModulePort
from tests.crypto.key_vectors import store
from tests.integration.emulated_sticks import Drawers
from tests.patience import until
from tests.radio.simulated_air import HA_ENDPOINT, METER, METER_ENDPOINT, SE_ENDPOINT, Ears


class LooseContact:
    """A module whose host loses it for a moment, without the connection breaking."""

    def __init__(self, module: EzspModule) -> None:
        self._module = module
        self._write: Callable[[bytes], object] = lambda _: None
        self._reader: LineReader | None = None

    def plug_in(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._module.plug_in(write)

    def unplug(self) -> None:
        self._module.unplug()

    def take(self, octets: bytes) -> None:
        if self._reader is None:
            self._module.take(octets)
            return
        for frame in self._reader.feed(octets):
            if frame is not None and frame.kind is Kind.DATA:
                self._write(ack((frame.number + 1) % 8))

    def stun(self) -> None:
        """Have the module acknowledge all that it is told, and do nothing."""
        self._reader = LineReader()

    def shake(self) -> None:
        """Have the module wait for a reset, as after it was not acknowledged for too long."""
        self._module.unplug()
        self._module.plug_in(self._write)


class Wire:
    """The module, its port, our radio, and a meter."""

    def __init__(self, clock: Clock, version: int = USUAL_VERSION) -> None:
        self.clock = clock
        self.common_key: Secret | None = None
        self.ether = Ether(clock, AirOptions(delay=0))
        self._drawers = Drawers()
        self.module = EzspModule(
            self.ether,
            self._drawers,
            clock=clock,
            line_clock=clock,
            seed=Random(1),
            bus=SignalBus(strict=True),
            certificates=store(CHIP),
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

    def module_keys(self) -> dict[Eui64, Secret]:
        """Return the table of link keys that the module has."""
        kept = self._drawers("ezsp_keys", int, KeptKey).values()
        return {one.device: one.key for one in kept}

    def new_radio(self) -> ZigpyRadio:
        path = f"socket://127.0.0.1:{self.port.port}"
        options = RadioOptions(type="ezsp", path=path, channel=15)
        radio = make_radio(options, [SE_ENDPOINT, HA_ENDPOINT], {}, self.clock, NetworkGuard({}))
        radio.plan(NetworkPlan(channel_mask=1 << 4, link_key=self.common_key))
        return radio

    def new_meter(self, key: Secret = WELL_KNOWN_KEY, address: Eui64 = METER) -> SimulatedRadio:
        return SimulatedRadio(self.ether, address, key, [METER_ENDPOINT], {})

    async def let_in(self) -> None:
        """Open the network, and let the meter in."""
        await self.radio.permit_joining(60)
        await self.meter.start(self.meter_ears)
        await until(lambda: (METER, self.meter.network.nwk) in self.ears.arrivals)

    async def let_in_with(self, key: Secret) -> None:
        """Open the network for the meter, which has this key, and let it in."""
        self.meter = self.new_meter(key)
        await self.radio.set_link_key(METER, key)
        await self.radio.permit_joining(60, {METER}, others=False)
        self.ears.arrivals.clear()
        await self.meter.start(self.meter_ears)
        await until(lambda: (METER, self.meter.network.nwk) in self.ears.arrivals)
