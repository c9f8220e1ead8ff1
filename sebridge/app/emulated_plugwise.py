"""Plugwise sticks that are none, each behind a TCP port, with a house of circles."""

from collections.abc import Iterator, Sequence
from functools import partial
from random import Random
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.simulator.modules.faults import NO_FAULTS, Faults
from sebridge.simulator.modules.faulty import FaultyModule
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.plugwise.circle import SimulatedCircle
from sebridge.simulator.plugwise.stick import EmulatedPlugwiseStick

PLUGWISE: Final = "plugwise"
FIRST: Final = Eui64.parse("00:0d:6f:00:0a:01:00:00")
"""The address of the first stick; those of its circles follow it."""
_ROOM: Final = 0x100  # addresses of one house
WATTS: Final = (60.0, 11.0, 90.0, -240.0)
"""What flows through the circles of a house, the Circle+ first; the last has a solar panel."""


class PlugwisePlug(msgspec.Struct, frozen=True):
    """Where a stick is plugged in, port 0 is any that is free, and what goes wrong on its line."""

    host: str
    port: int
    faults: Faults = NO_FAULTS


class PlugwiseSticks(Service):
    """Runs the sticks and their ports. `seed` chooses the noise on their lines."""

    def __init__(self, plugs: Sequence[PlugwisePlug], clock: Clock, seed: Random) -> None:
        super().__init__()
        self.sticks: list[EmulatedPlugwiseStick] = []
        self.ports: list[ModulePort] = []
        for number, plug in enumerate(plugs):
            bus = SignalBus()
            address = Eui64(FIRST + number * _ROOM)
            stick = EmulatedPlugwiseStick(address, _circles(address, clock.utc()), clock, bus)
            served = FaultyModule(
                stick,
                plug.faults,
                seed=seed,
                bus=bus,
                clock=clock,
                hang_up=partial(self._hang_up, number),
            )
            self.sticks.append(stick)
            self.ports.append(ModulePort(served, plug.host, plug.port))

    def _hang_up(self, number: int) -> None:
        self.ports[number].hang_up()

    @override
    async def start(self) -> None:
        """Listen; ConfigError when a port cannot be had."""
        for port, stick in zip(self.ports, self.sticks, strict=True):
            await port.start()
            await stick.start()
        await super().start()

    @override
    async def stop(self) -> None:
        """Pull all plugs."""
        for port, stick in zip(self.ports, self.sticks, strict=True):
            await port.stop()
            await stick.stop()
        await super().stop()


def _circles(stick: Eui64, now: float) -> Iterator[SimulatedCircle]:
    for number, watts in enumerate(WATTS, start=1):
        yield SimulatedCircle(Eui64(stick + number), now, watts=watts)
