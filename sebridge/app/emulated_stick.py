"""Sticks that are none: emulated modules behind TCP ports, and a simulated house on their air."""

from collections.abc import Sequence
from functools import partial
from random import Random
from secrets import SystemRandom
from typing import Final

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
from sebridge.settings.options import Options, RadioOptions
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

_HOST: Final = "127.0.0.1"
"""Where a bridge finds the module that it has within itself."""


class Plug(msgspec.Struct, frozen=True):
    """A module, and where it is plugged in: port 0 is any that is free.

    `faults` is what goes wrong between its host and it.
    """

    model: Model
    host: str
    port: int
    faults: Faults = NO_FAULTS


class EmulatedStick(Service):
    """A module, what is in its memory, and the port behind which it is.

    It is the one of several with this number, from 0: by that it has its address and its memory.
    `clock` is that of the air, `line_clock` that of its host, who knows no other; `seed` is that of
    the noise on its line. `bus` tells what it does. With `security` it has a certificate of the
    house.
    """

    def __init__(
        self,
        plug: Plug,
        ether: Ether,
        open_collection: OpenCollection,
        *,
        number: int = 0,
        clock: Clock,
        line_clock: Clock,
        seed: int,
        security: HouseSecurity | None,
    ) -> None:
        super().__init__()
        self.bus = SignalBus()
        address = chip(number)
        self.module: EmulatedModule = make_module(
            plug.model,
            ether,
            _drawers_of(number, open_collection),
            clock=clock,
            line_clock=line_clock,
            seed=SystemRandom(),
            bus=self.bus,
            address=address,
            proof=None if security is None else _proof(security, address, clock),
            certificates=None if security is None else security.certificates.of(address),
        )
        self.faulty = FaultyModule(
            self.module,
            plug.faults,
            seed=Random(seed),  # noqa: S311  # a simulation, no secret
            bus=self.bus,
            clock=line_clock,
            hang_up=self._hang_up,
        )
        """The module as its host sees it."""
        self._host = plug.host
        self.port = ModulePort(self.faulty, plug.host, plug.port)

    @property
    def path(self) -> str:
        """Where its host finds it, once it listens."""
        return f"socket://{self._host}:{self.port.port}"

    def _hang_up(self) -> None:
        self.port.hang_up()

    @override
    async def start(self) -> None:
        """Listen, and give it power; ConfigError when the port cannot be had."""
        await self.port.start()
        await self.module.start()
        await super().start()

    @override
    async def stop(self) -> None:
        """Hang up on its host, and pull the plug."""
        await self.port.stop()
        await self.module.stop()
        await super().stop()


def own_stick(
    options: Options,
    ether: Ether,
    open_collection: OpenCollection,
    *,
    clock: Clock,
    line_clock: Clock,
    security: HouseSecurity | None,
) -> EmulatedStick:
    """Return the emulated module that a bridge has within itself, at a port of this machine."""
    return EmulatedStick(
        Plug(own_model(options.radio), _HOST, 0),
        ether,
        open_collection,
        clock=clock,
        line_clock=line_clock,
        seed=options.simulator.air.seed,
        security=security,
    )


def own_model(options: RadioOptions) -> Model:
    """Return which module a bridge has within itself."""
    module = options.module
    return Model(options.type, ezsp_version=module.ezsp_version, firmware=module.firmware)


class EmulatedSticks(Service):
    """Runs the sticks and the house.

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
        self.sticks = [
            EmulatedStick(
                plug,
                self.ether,
                open_collection,
                number=number,
                clock=clock,
                line_clock=line_clock,
                seed=options.air.seed,
                security=security,
            )
            for number, plug in enumerate(plugs)
        ]
        for stick in self.sticks:
            stick.bus.listen(JoiningOpened, self._on_joining)
            stick.bus.listen(NetworkCameUp, self._on_network)

    def _on_joining(self, signal: JoiningOpened) -> None:
        if signal.seconds:
            self.household.press_buttons()

    def _on_network(self, _signal: NetworkCameUp) -> None:
        """Let those come back who were in the network before its stick was switched on."""
        for stick in self.sticks:
            stick.module.come_back()
        self.household.press_buttons()

    def _station(self, address: Eui64, key: Secret | None) -> SimulatedRadio:
        return SimulatedRadio(self.ether, address, key or WELL_KNOWN_KEY, (), {})

    @override
    async def start(self) -> None:
        """Listen, and switch the devices on; ConfigError when a port cannot be had."""
        for stick in self.sticks:
            await stick.start()
        await self.household.switch_on()
        await super().start()

    @override
    async def stop(self) -> None:
        """Switch everything off."""
        await self.household.switch_off()
        for stick in self.sticks:
            await stick.stop()
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
