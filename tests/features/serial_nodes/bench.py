"""The nodes of a gateway on real ports, and what of the gateway they need."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.serial_nodes.book import Book, KnownNode
from sebridge.features.serial_nodes.methods import SerialNodeMethods
from sebridge.features.serial_nodes.network import SerialNetwork, Surroundings
from sebridge.features.serial_nodes.signals import SerialNodesKnown, TemperatureHeard
from sebridge.gateway.serial_nodes import SerialNodes
from sebridge.radio.radio import FoundModule, Incoming
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.settings.control_port_options import ControlPortOptions, SerialNodeOptions
from sebridge.transports.listening.connections import ConnectionLimits, Connections
from sebridge.zcl import digi
from tests.gateway.radio_side import RecordingSender
from tests.ports import unused_block

MONITOR, SCALE, STRANGER = (Eui64(0x0013_A200_4000_0000 + number) for number in (1, 2, 3))


class Bench:
    """The nodes, and what of a gateway they need."""

    def __init__(self, *fixed: SerialNodeOptions, **options: Any) -> None:
        self.first = unused_block()
        self.clock, self.bus, self.air = VirtualClock(), SignalBus(strict=True), RecordingSender()
        self.around: list[FoundModule] = []
        self.known = {MONITOR, SCALE}
        self.met: list[Eui64] = []
        self.searches = 0
        self.problem: Exception | None = None
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.durable_calls = 0
        self.said: list[object] = []
        for signal in (SerialNodesKnown, TemperatureHeard):
            self.bus.listen(signal, self.said.append)
        self.serial = SerialNodes(self.air.send)
        self.kept: dict[Eui64, KnownNode] = {}
        self.options = chosen = ControlPortOptions(port=self.first, nodes=fixed, **options)
        limits = ConnectionLimits(
            connections=10, connections_per_address=10, handshake_seconds=0, write_seconds=60
        )
        self.nodes = SerialNetwork(
            Book(self.kept, chosen),
            chosen,
            Surroundings(
                nodes=self.serial,
                find_modules=self._find,
                meet=self._meet,
                is_known=self.known.__contains__,
                durable=self._durable,
                bus=self.bus,
            ),
            Connections(limits, chosen.admits),
            self.clock,
        )
        self.dispatcher = Dispatcher(self._durable)
        self.dispatcher.register([SerialNodeMethods(self.nodes)])

    async def _find(self) -> Sequence[FoundModule]:
        self.searches += 1
        await self.may_end.wait()
        if self.problem is not None:
            raise self.problem
        return self.around

    def _meet(self, node: Eui64, nwk: int) -> None:
        assert nwk == 0x1234
        self.met.append(node)

    async def _durable(self) -> None:
        self.durable_calls += 1

    def hears(self, node: Eui64, cluster_id: int, octets: bytes) -> None:
        ends = (digi.DATA_ENDPOINT, digi.DATA_ENDPOINT)
        frame = Incoming(node, 0x1234, digi.PROFILE, cluster_id, *ends, octets)
        assert self.serial.knows(frame)
        self.serial.take(frame)


@asynccontextmanager
async def bench(*fixed: SerialNodeOptions, **options: Any) -> AsyncIterator[Bench]:
    made = Bench(*fixed, **options)
    await made.nodes.start()
    try:
        yield made
    finally:
        await made.nodes.stop()


def found(*nodes: Eui64) -> list[FoundModule]:
    return [FoundModule(node, 0x1234, f"N{node & 0xFF}") for node in nodes]
