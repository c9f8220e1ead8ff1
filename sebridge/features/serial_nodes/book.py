"""Which node has which TCP port, and keeps it. Pure."""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.errors import FullError, ParameterError, RefusedError, UnknownDeviceError
from sebridge.base.printable import printable
from sebridge.settings.control_port_options import ControlPortOptions, SerialNodeOptions

MOST_NODES: Final = 100
"""Nodes that have ports."""
_LAST_PORT: Final = 65_535
_LONGEST_NAME: Final = 64


class KnownNode(msgspec.Struct, frozen=True):
    """What is kept of a node: its TCP port, and what it calls itself (NI)."""

    port: int
    name: str = ""


class SerialPlace(msgspec.Struct, frozen=True):
    """A node, what it is called, and its TCP port."""

    node: Eui64
    name: str
    port: int


class Book:
    """The table of nodes and ports. `known` may be a collection.

    What the configuration says of a node goes before all else: whoever had its port before has
    another one then. New nodes have the next free port behind that of the XML-RPC.
    """

    def __init__(
        self, known: MutableMapping[Eui64, KnownNode], options: ControlPortOptions
    ) -> None:
        self._known = known
        self._fixed: Mapping[Eui64, SerialNodeOptions] = {one.address: one for one in options.nodes}
        self._control_port = options.port
        self._reserved = {one.port for one in options.nodes} | {options.port}
        for node, fixed in self._fixed.items():
            if fixed.port is not None:
                self._put(node, port=fixed.port)
        for node in self._fixed.keys() - known.keys():
            self._put(node)
        for node in self._displaced():
            self._put(node, port=self._free_port())

    def __contains__(self, node: Eui64) -> bool:
        """Whether a node has a port."""
        return node in self._known

    @property
    def ports(self) -> Mapping[Eui64, int]:
        """The ports of all nodes, the lowest first."""
        pairs = ((node, known.port) for node, known in self._known.items())
        return dict(sorted(pairs, key=lambda pair: pair[1]))

    def name_of(self, node: Eui64) -> str:
        """Return what a node is called; empty where nobody has said so."""
        fixed = self._fixed.get(node)
        if fixed is not None and fixed.name is not None:
            return fixed.name
        return self._known[node].name

    def temperature_input_of(self, node: Eui64) -> int | None:
        """Return the analogue input that has a sensor of temperature; None for none."""
        fixed = self._fixed.get(node)
        return None if fixed is None else fixed.temperature_input

    # ------------------------------------------------------------------ changes

    def found(self, node: Eui64, name: str) -> None:
        """Know that a node is there, and what it calls itself; FullError for one too many."""
        self._check_room(node)
        self._put(node, name=printable(name[:_LONGEST_NAME], "?").strip())

    def set_port(self, node: Eui64, port: int) -> None:
        """Have a node at a port; nothing is done where that raises.

        RefusedError where the configuration settles it, ParameterError for the port of another.
        """
        fixed = self._fixed.get(node)
        if fixed is not None and fixed.port not in {None, port}:
            raise RefusedError(f"the configuration gives {node} the port {fixed.port}")
        if port == self._control_port:
            raise ParameterError("tcp_port", f"{port} is that of the XML-RPC")
        owner = next((one for one, known in self._known.items() if known.port == port), node)
        if owner != node:
            raise ParameterError("tcp_port", f"{port} is that of {owner}")
        self._check_room(node)
        self._put(node, port=port)

    def remove(self, node: Eui64) -> None:
        """Know a node no more; UnknownDeviceError, or RefusedError for one of the configuration."""
        if node in self._fixed:
            raise RefusedError(f"{node} is in the configuration")
        if node not in self._known:
            raise UnknownDeviceError(f"{node} is no serial node that is known")
        del self._known[node]

    def _check_room(self, node: Eui64) -> None:
        if node not in self._known and len(self._known) >= MOST_NODES:
            raise FullError(f"{MOST_NODES} serial nodes have ports already")

    def _put(self, node: Eui64, *, port: int | None = None, name: str | None = None) -> None:
        before = self._known.get(node)
        if before is None:
            before = KnownNode(self._free_port() if port is None else port)
        after = replace(
            before,
            port=before.port if port is None else port,
            name=before.name if name is None else name,
        )
        if after != self._known.get(node):
            self._known[node] = after

    def _displaced(self) -> Iterable[Eui64]:
        """Return the nodes that have a port which the configuration gives to another."""
        return [
            node
            for node, known in self._known.items()
            if known.port in self._reserved and self._port_settled(node) != known.port
        ]

    def _port_settled(self, node: Eui64) -> int | None:
        fixed = self._fixed.get(node)
        return None if fixed is None else fixed.port

    def _free_port(self) -> int:
        taken = self._reserved | {known.port for known in self._known.values()}
        ports = range(self._control_port + 1, _LAST_PORT + 1)
        port = next((port for port in ports if port not in taken), None)
        if port is None:
            raise FullError("no TCP port is free behind that of the XML-RPC")
        return port
