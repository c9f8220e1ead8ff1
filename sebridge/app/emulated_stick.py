"""A stick that is none: an emulated module behind a TCP port, and a simulated house on its air."""

from collections.abc import Sequence
from functools import partial
from random import Random
from secrets import SystemRandom

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.crypto.suite import SUITE_1
from sebridge.feature import Feature
from sebridge.features.keys.in_module import FirmwareKeyEstablishment
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import SimulatorOptions
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.household import Household
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.emulated import Model, make_module
from sebridge.simulator.modules.signals import JoiningOpened, NetworkCameUp
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.modules.xbee.authentication import Proof
from sebridge.storage.collection import OpenCollection


class EmulatedStick(Service):
    """Runs the module, its port and the house.

    `clock` is that of the house and its air, `line_clock` that of the host, who knows no other.
    The devices look for a network by themselves, and whenever the host opens it. Nobody has told
    the host of them: those of Smart Energy are to be added to it with their keys, as real ones.
    """

    def __init__(
        self,
        model: Model,
        options: SimulatorOptions,
        *,
        features: Sequence[Feature],
        open_collection: OpenCollection,
        clock: Clock,
        line_clock: Clock,
        security: HouseSecurity | None,
        host: str,
        port: int,
    ) -> None:
        super().__init__()
        bus = SignalBus()
        self.ether = Ether(clock, options.air)
        self.household = Household(
            options.devices,
            features=[f.simulated for f in features if f.simulated is not None],
            make_station=self._station,
            open_collection=open_collection,
            security=security,
            clock=clock,
            random=Random(options.air.seed),  # noqa: S311  # a simulation, no secret
        )
        self.module = make_module(
            model,
            self.ether,
            open_collection,
            clock=clock,
            line_clock=line_clock,
            seed=SystemRandom(),
            bus=bus,
            proof=None if security is None else _proof(security, clock),
        )
        self.port = ModulePort(self.module, host, port)
        bus.listen(JoiningOpened, self._on_joining)
        bus.listen(NetworkCameUp, self._on_network)

    def _on_joining(self, signal: JoiningOpened) -> None:
        if signal.seconds:
            self.household.press_buttons()

    def _on_network(self, _signal: NetworkCameUp) -> None:
        """Let those come back who were in the network before the stick was switched on."""
        self.household.press_buttons()

    def _station(self, address: Eui64, key: Secret | None) -> SimulatedRadio:
        return SimulatedRadio(self.ether, address, key or WELL_KNOWN_KEY, (), {})

    @override
    async def start(self) -> None:
        """Listen, and switch the devices on; ConfigError when the port cannot be had."""
        await self.port.start()
        await self.module.start()
        await self.household.switch_on()
        await super().start()

    @override
    async def stop(self) -> None:
        """Switch everything off."""
        await self.household.switch_off()
        await self.port.stop()
        await self.module.stop()
        await super().stop()


def _proof(security: HouseSecurity, clock: Clock) -> Proof:
    """Return how a module proves itself whose firmware does so; that knows only suite 1."""
    make = partial(
        FirmwareKeyEstablishment,
        randomness=security.randomness,
        compute=security.compute,
        clock=clock,
    )
    own = security.certificates.of(CHIP)
    return Proof(make, own.find(SUITE_1) if own.suites & SUITE_1.bit else None)
