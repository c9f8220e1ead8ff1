"""Sticks that are none: emulated modules behind TCP ports, and a simulated house on their air."""

from collections.abc import Sequence
from functools import partial
from random import Random
from secrets import SystemRandom

import msgspec
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
from sebridge.simulator.modules.chip import chip
from sebridge.simulator.modules.emulated import EmulatedModule, Model, make_module
from sebridge.simulator.modules.faults import NO_FAULTS, Faults
from sebridge.simulator.modules.faulty import FaultyModule
from sebridge.simulator.modules.signals import JoiningOpened, NetworkCameUp
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.modules.xbee.authentication import Proof
from sebridge.storage.collection import OpenCollection


class Plug(msgspec.Struct, frozen=True):
    """A module, and where it is plugged in: port 0 is any that is free.

    `faults` is what goes wrong between its host and it.
    """

    model: Model
    host: str
    port: int
    faults: Faults = NO_FAULTS


class EmulatedSticks(Service):
    """Runs the modules, their ports and the house.

    Each stick has a host of its own: that of one may form the network which the others join.
    `clock` is that of the house and its air, `line_clock` that of the hosts, who know no other.
    The devices look for a network by themselves, and whenever the host opens it. Nobody has told
    the host of them: those of Smart Energy are to be added to it with their keys, as real ones.
    """

    def __init__(
        self,
        plugs: Sequence[Plug],
        options: SimulatorOptions,
        *,
        features: Sequence[Feature],
        open_collection: OpenCollection,
        clock: Clock,
        line_clock: Clock,
        security: HouseSecurity | None,
    ) -> None:
        super().__init__()
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
        self._clock = clock
        self._line_clock = line_clock
        self._open_collection = open_collection
        self._security = security
        self.modules: list[EmulatedModule] = []
        self.faulty: list[FaultyModule] = []
        """The modules as their hosts see them."""
        self.ports: list[ModulePort] = []
        for number, plug in enumerate(plugs):
            bus = SignalBus()
            module = self._module(number, plug.model, bus)
            served = FaultyModule(
                module,
                plug.faults,
                seed=Random(options.air.seed),  # noqa: S311  # a simulation, no secret
                bus=bus,
                clock=line_clock,
                hang_up=partial(self._hang_up, number),
            )
            self.modules.append(module)
            self.faulty.append(served)
            self.ports.append(ModulePort(served, plug.host, plug.port))

    def _module(self, number: int, model: Model, bus: SignalBus) -> EmulatedModule:
        bus.listen(JoiningOpened, self._on_joining)
        bus.listen(NetworkCameUp, self._on_network)
        address, security = chip(number), self._security
        return make_module(
            model,
            self.ether,
            _drawers_of(number, self._open_collection),
            clock=self._clock,
            line_clock=self._line_clock,
            seed=SystemRandom(),
            bus=bus,
            address=address,
            proof=None if security is None else _proof(security, address, self._clock),
            certificates=None if security is None else security.certificates.of(address),
        )

    def _hang_up(self, number: int) -> None:
        self.ports[number].hang_up()

    def _on_joining(self, signal: JoiningOpened) -> None:
        if signal.seconds:
            self.household.press_buttons()

    def _on_network(self, _signal: NetworkCameUp) -> None:
        """Let those come back who were in the network before its stick was switched on."""
        for module in self.modules:
            module.come_back()
        self.household.press_buttons()

    def _station(self, address: Eui64, key: Secret | None) -> SimulatedRadio:
        return SimulatedRadio(self.ether, address, key or WELL_KNOWN_KEY, (), {})

    @override
    async def start(self) -> None:
        """Listen, and switch the devices on; ConfigError when a port cannot be had."""
        for port, module in zip(self.ports, self.modules, strict=True):
            await port.start()
            await module.start()
        await self.household.switch_on()
        await super().start()

    @override
    async def stop(self) -> None:
        """Switch everything off."""
        await self.household.switch_off()
        for port, module in zip(self.ports, self.modules, strict=True):
            await port.stop()
            await module.stop()
        await super().stop()


def _drawers_of(number: int, open_collection: OpenCollection) -> OpenCollection:
    """Return the memory of a stick; the first has the names that a single one has."""
    if not number:
        return open_collection
    return lambda name, key, value: open_collection(f"{name}_{number + 1}", key, value)


def _proof(security: HouseSecurity, address: Eui64, clock: Clock) -> Proof:
    """Return how a module proves itself whose firmware does so; that knows only suite 1."""
    make = partial(
        FirmwareKeyEstablishment,
        randomness=security.randomness,
        compute=security.compute,
        clock=clock,
    )
    own = security.certificates.of(address)
    return Proof(make, own.find(SUITE_1) if own.suites & SUITE_1.bit else None)
