"""The serial nodes of a gateway: finds them, opens their ports, and brings their octets there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
import logging
from typing import Any, Final

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import ConfigError, DecodeError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.serial_nodes.book import Book, SerialPlace
from sebridge.features.serial_nodes.samples import celsius, read_analogue
from sebridge.features.serial_nodes.signals import SerialNodesKnown, TemperatureHeard
from sebridge.gateway.serial_nodes import MOST_OCTETS, SerialNodes
from sebridge.radio.radio import FoundModule, Incoming
from sebridge.settings.control_port_options import ControlPortOptions
from sebridge.transports.control_port.node_port import NodePort, NodePortRules, PortCounters
from sebridge.transports.listening.connections import Connections
from sebridge.zcl import digi

_LOGGER = logging.getLogger(__name__)

LISTEN_AGAIN: Final = 30.0
"""Seconds until a port that another program has is tried again."""


class SerialNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node as it is now; `problem` says why nobody can come in at its port, and is else empty."""

    address: Eui64
    name: str
    port: int
    clients: int
    counters: PortCounters
    problem: str


class Temperature(msgspec.Struct, frozen=True):
    """How warm it was at a node's sensor, in degrees C, at a time since 1970."""

    node: Eui64
    name: str
    celsius: float
    time: float


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What of the gateway the nodes need.

    `find_modules` looks for modules on the air; `meet` says of one that it is on the network, and
    `is_known` whether it may take part. `durable` returns when the table is on the disk.
    """

    nodes: SerialNodes
    find_modules: Callable[[], Awaitable[Sequence[FoundModule]]]
    meet: Callable[[Eui64, int], object]
    is_known: Callable[[Eui64], bool]
    durable: Callable[[], Awaitable[None]]
    bus: SignalBus


class NoSerialNodes(Service):
    """Says at its start that there are no nodes, to who kept something of an earlier run."""

    def __init__(self, bus: SignalBus) -> None:
        super().__init__()
        self._bus = bus

    @override
    async def start(self) -> None:
        """Say so."""
        self._bus.send(SerialNodesKnown(()))
        await super().start()


class SerialNetwork(Service):
    """Has a port for each node of the book, from its start to its stop.

    `clock` is one of real time, as clients live in it.
    """

    def __init__(
        self,
        book: Book,
        options: ControlPortOptions,
        around: Surroundings,
        connections: Connections,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._book = book
        self._host = options.host
        self._rules = NodePortRules(
            one=options.clients == "one", idle_seconds=options.idle_timeout, longest=MOST_OCTETS
        )
        self._around = around
        self._connections = connections
        self._clock = clock
        self._ports: dict[Eui64, NodePort] = {}
        self._problems: dict[Eui64, str] = {}
        self._temperatures: dict[Eui64, tuple[float, float]] = {}
        self._table = asyncio.Lock()  # the ports that there are, and those of the book
        self._search: asyncio.Task[SebridgeError | None] | None = None
        around.nodes.serve(book.__contains__, self.take)

    # ------------------------------------------------------------------ life

    @override
    async def start(self) -> None:
        """Listen at the port of each node."""
        await self._follow_book()
        await super().start()

    @override
    async def run(self) -> None:
        """Try again from time to time what could not be listened on."""
        while True:
            await self._clock.sleep(LISTEN_AGAIN)
            if self._problems:
                await self._follow_book()

    @override
    async def stop(self) -> None:
        """Close all ports."""
        await super().stop()
        for port in self._ports.values():
            await port.stop()
        self._ports.clear()

    # ------------------------------------------------------------------ what there is

    @property
    def nodes(self) -> Sequence[SerialNode]:
        """All nodes that have a port, the lowest port first."""
        return [self._node(node, port) for node, port in self._book.ports.items()]

    def _node(self, node: Eui64, port: int) -> SerialNode:
        at = self._ports.get(node)
        return SerialNode(
            address=node,
            name=self._book.name_of(node),
            port=port,
            clients=0 if at is None else at.clients,
            counters=PortCounters() if at is None else at.counters,
            problem=self._problems.get(node, ""),
        )

    @property
    def temperatures(self) -> Sequence[Temperature]:
        """What the nodes with a sensor have told last, since the start."""
        return [
            Temperature(node, self._book.name_of(node), *self._temperatures[node])
            for node in self._book.ports
            if node in self._temperatures
        ]

    @property
    def facts(self) -> Mapping[str, Any]:
        """How it is, for `health`."""
        ports = self._ports.values()
        return {
            "nodes": len(self._book.ports),
            "clients": sum(port.clients for port in ports),
            "lost_octets": sum(port.counters.lost for port in ports),
            "browsers_refused": sum(port.counters.browsers for port in ports),
            "turned_away": self._connections.turned_away,
        }

    def notes(self) -> Sequence[str]:
        """Return what people should know."""
        return [f"serial node {node}: {why}" for node, why in self._problems.items()]

    # ------------------------------------------------------------------ what is done

    async def discover(self) -> Sequence[SerialNode]:
        """Look for modules on the air, have ports for new ones, and return all nodes.

        Who asks while they are looked for has what the others find. Raises as
        `Radio.find_modules` does.
        """
        if self._search is None or self._search.done():
            self._search = self.spawn(self._try_to_look(), "discovery")
        problem = await asyncio.shield(self._search)
        if problem is not None:
            raise problem
        return self.nodes

    async def _try_to_look(self) -> SebridgeError | None:
        try:
            await self._look_around()
        except SebridgeError as error:
            return error
        return None

    async def _look_around(self) -> None:
        around = self._around
        for module in await around.find_modules():
            if not around.is_known(module.address):
                around.meet(module.address, module.nwk)
            if around.is_known(module.address):
                self._book.found(module.address, module.name)
            else:
                _LOGGER.info("%s is a module, but was not added", module.address)
        await self._follow_book()
        await around.durable()

    async def set_port(self, node: Eui64, port: int) -> None:
        """Have a node at another port; raises as `Book.set_port` does."""
        self._book.set_port(node, port)
        await self._follow_book()

    async def remove(self, node: Eui64) -> None:
        """Close the port of a node, and forget it; raises as `Book.remove` does."""
        self._book.remove(node)
        self._temperatures.pop(node, None)
        await self._follow_book()

    async def _follow_book(self) -> None:
        """Listen where the book says, and nowhere else."""
        async with self._table:
            wanted = self._book.ports
            for node, port in tuple(self._ports.items()):
                if port.port != wanted.get(node):
                    del self._ports[node]
                    await port.stop()
            self._problems.clear()
            for node in wanted.keys() - self._ports.keys():
                await self._open(node, wanted[node])
        places = [SerialPlace(one.address, one.name, one.port) for one in self.nodes]
        self._around.bus.send(SerialNodesKnown(places))

    async def _open(self, node: Eui64, number: int) -> None:
        port = NodePort(
            str(node),
            self._host,
            number,
            rules=self._rules,
            connections=self._connections,
            write=partial(self._around.nodes.write, node),
            clock=self._clock,
        )
        try:
            await port.start()
        except ConfigError as error:
            self._problems[node] = str(error)
            _LOGGER.warning("serial node %s: %s", node, error)
        else:
            self._ports[node] = port
            _LOGGER.info("serial node %s: TCP port %d", node, number)

    # ------------------------------------------------------------------ what nodes say

    def take(self, frame: Incoming) -> None:
        """Take data or samples of a node that is known."""
        if frame.cluster_id == digi.SERIAL_DATA:
            port = self._ports.get(frame.source)
            if port is not None:
                port.take(frame.data)
            return
        try:
            self._take_sample(frame.source, read_analogue(frame.data))
        except DecodeError as error:
            _LOGGER.debug("a sample of %s cannot be read: %s", frame.source, error)

    def _take_sample(self, node: Eui64, samples: Mapping[int, int]) -> None:
        number = self._book.temperature_input_of(node)
        if number is None or number not in samples:
            return
        degrees, now = celsius(samples[number]), self._clock.utc()
        self._temperatures[node] = degrees, now
        self._around.bus.send(TemperatureHeard(node, degrees, now))
