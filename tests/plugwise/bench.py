"""A stick of ours with an emulated one at the other end of its cable, in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.plugwise.signals import EndpointWantsToJoin, StickChanged
from sebridge.plugwise.stick import Stick
from sebridge.simulator.plugwise.circle import SimulatedCircle
from sebridge.simulator.plugwise.stick import EmulatedPlugwiseStick

STICK = Eui64.parse("000D6F0001A59EDC")
CIRCLE_PLUS = Eui64.parse("000D6F0001A5A372")
LAMP = Eui64.parse("000D6F0001A400E2")
FRIDGE = Eui64.parse("000D6F0001A40223")
PANEL = Eui64.parse("000D6F0001A20F97")
START = 1_509_926_400.0  # 2017-11-06 00:00:00 UTC
WATTS = {CIRCLE_PLUS: 60.0, LAMP: 11.0, FRIDGE: 90.0}

T = TypeVar("T")


class Cable(asyncio.WriteTransport):
    """What is between a host and an emulated stick; it may be pulled out, and may spoil octets."""

    def __init__(self, emulated: EmulatedPlugwiseStick) -> None:
        super().__init__()
        self.is_there = True
        self.opened = 0
        self.to_stick: Callable[[bytes], bytes] = bytes
        self.to_host: Callable[[bytes], bytes] = bytes
        self._emulated = emulated
        self._host: asyncio.BaseProtocol | None = None

    async def open(self, protocol: asyncio.Protocol) -> None:
        if not self.is_there:
            raise DeliveryError("/dev/plugwise cannot be opened: no such file")
        self.opened += 1
        self._host = protocol
        protocol.connection_made(self)
        self._emulated.plug_in(lambda octets: self._deliver(protocol, octets))

    def _deliver(self, protocol: asyncio.Protocol, octets: bytes) -> None:
        asyncio.get_running_loop().call_soon(self._arrive, protocol, octets)

    def _arrive(self, protocol: asyncio.Protocol, octets: bytes) -> None:
        if self._host is protocol:
            protocol.data_received(self.to_host(octets))

    def say(self, octets: bytes) -> None:
        """Have octets come to the host as if the stick had said them."""
        assert isinstance(self._host, asyncio.Protocol)
        self._host.data_received(octets)

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        asyncio.get_running_loop().call_soon(self._emulated.take, self.to_stick(bytes(data)))

    @override
    def abort(self) -> None:
        """End the connection, of whichever end."""
        host, self._host = self._host, None
        if host is not None:
            self._emulated.unplug()
            asyncio.get_running_loop().call_soon(host.connection_lost, None)

    def pull(self) -> None:
        self.is_there = False
        self.abort()


class Bench:
    """The house, its stick, and ours."""

    def __init__(self, circles: Mapping[Eui64, float] = WATTS) -> None:
        self.clock = VirtualClock(START)
        self.bus = SignalBus(strict=True)
        self.circles = {
            address: SimulatedCircle(address, START, watts=watts)
            for address, watts in circles.items()
        }
        self.emulated = EmulatedPlugwiseStick(
            STICK, self.circles.values(), self.clock, SignalBus(strict=True)
        )
        self.cable = Cable(self.emulated)
        self.stick = Stick(self.cable.open, self.clock, self.bus)
        self.changes: list[StickChanged] = []
        self.wishes: list[Eui64] = []
        self.bus.listen(StickChanged, self.changes.append)
        self.bus.listen(EndpointWantsToJoin, lambda signal: self.wishes.append(signal.mac))

    async def within(self, seconds: float, work: Awaitable[T]) -> T:
        """Return what comes of work that takes so long at most."""
        task = asyncio.ensure_future(work)
        await self.clock.advance(seconds)
        assert task.done(), "it takes longer"
        return await task


@asynccontextmanager
async def plugged_in(bench: Bench | None = None) -> AsyncIterator[Bench]:
    """Give a bench whose stick is there."""
    bench = bench or Bench()
    await bench.stick.start()
    await bench.clock.settle()
    yield bench
    await bench.stick.stop()
    await bench.emulated.stop()
    await bench.clock.settle()
