"""The methods of the control port, by the names under which programs for the old gateway call them.

What their entries are called was never written down; these keys are our own.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sebridge.base.clock import Clock
from sebridge.features.serial_nodes.network import SerialNode, Temperature
from sebridge.transports.control_port.remote_api import Method
from sebridge.transports.control_port.xml_rpc import Value


class Nodes(Protocol):
    """Who has the nodes."""

    @property
    def nodes(self) -> Sequence[SerialNode]:
        """All that have a port."""

    @property
    def temperatures(self) -> Sequence[Temperature]:
        """What those with a sensor have told last."""

    async def discover(self) -> Sequence[SerialNode]:
        """Look for further ones."""


class RemoteMethods:
    """`discover`, `list` and `get_temperatures`; `clock` says how old a temperature is."""

    def __init__(self, nodes: Nodes, clock: Clock) -> None:
        self._nodes = nodes
        self._clock = clock

    @property
    def table(self) -> Mapping[str, Method]:
        """The methods by their names."""
        return {
            "discover": self._discover,
            "list": self._list,
            "get_temperatures": self._get_temperatures,
        }

    async def _discover(self) -> Value:
        return _entries(await self._nodes.discover())

    async def _list(self) -> Value:
        return _entries(self._nodes.nodes)

    async def _get_temperatures(self) -> Value:
        now = self._clock.utc()
        return [
            {
                "extended_address": str(told.node),
                "node_id": told.name,
                "temperature": told.celsius,
                "age": max(int(now - told.time), 0),
            }
            for told in self._nodes.temperatures
        ]


def _entries(nodes: Sequence[SerialNode]) -> Value:
    return [
        {"extended_address": str(node.address), "node_id": node.name, "tcp_port": node.port}
        for node in nodes
    ]
