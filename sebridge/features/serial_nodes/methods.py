"""Requests about serial nodes and their TCP ports: own extensions."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import zigbee_time
from sebridge.base.errors import RequestError
from sebridge.features.serial_nodes.network import SerialNode, Temperature
from sebridge.model.data_types import UtcTime
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method

TcpPort = Annotated[int, msgspec.Meta(ge=1, le=65_535)]


class ListedSerialNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node with a serial port. `node_id` is what it is called, `tcp_port` where that port is.

    `clients` are connected to it now. `received` are octets of the node, `sent` octets that it has
    confirmed, `lost` those of clients that it has not, all since the start. `problem` says why its
    port cannot be listened on.
    """

    extended_address: Eui64
    node_id: str
    tcp_port: int
    clients: int
    received: int
    sent: int
    lost: int
    problem: str | Absent = ABSENT


class ListSerialNodesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The serial nodes, the lowest port first."""

    node_list: Sequence[ListedSerialNode]


class DiscoverSerialNodesResponse(ListSerialNodesResponse, frozen=True, kw_only=True):
    """The serial nodes, also those that were found only now."""


class SetSerialPortResponse(ListSerialNodesResponse, frozen=True, kw_only=True):
    """The serial nodes, with the port that was set."""


class RemoveSerialNodeResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The node that was removed."""

    extended_address: Eui64


class SerialTemperature(msgspec.Struct, frozen=True, kw_only=True):
    """How warm it was at a node's sensor, in degrees C, and when it said so, seconds since 2000."""

    extended_address: Eui64
    node_id: str
    temperature: float
    time: UtcTime


class GetSerialTemperaturesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What the nodes with a sensor have told last, since the gateway was started."""

    temperature_list: Sequence[SerialTemperature]


class Nodes(Protocol):
    """Who has the nodes; all but `nodes` raise as `SerialNetwork` does."""

    @property
    def temperatures(self) -> Sequence[Temperature]:
        """What those with a sensor have told last."""

    @property
    def nodes(self) -> Sequence[SerialNode]:
        """All that have a port."""

    async def discover(self) -> Sequence[SerialNode]:
        """Look for further ones."""

    async def set_port(self, node: Eui64, port: int) -> None:
        """Have a node at another port."""

    async def remove(self, node: Eui64) -> None:
        """Forget a node."""


class SerialNodeMethods:
    """Requests about serial nodes; `nodes` is None where they have no ports."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, nodes: Nodes | None) -> None:
        self._nodes = nodes

    @method(scope=Scope.READ)
    async def list_serial_nodes(self) -> ListSerialNodesResponse:
        """Return the XBee nodes whose serial ports are TCP ports. Sends nothing."""
        return ListSerialNodesResponse(node_list=_listed(self._needed().nodes))

    @method
    async def discover_serial_nodes(self) -> DiscoverSerialNodesResponse:
        """Look for XBee nodes, and return all; the radio listens for them for some seven seconds.

        A new one has the next free TCP port, which stays its own.
        """
        found = await self._needed().discover()
        return DiscoverSerialNodesResponse(node_list=_listed(found))

    @method
    async def set_serial_port(
        self, extended_address: Eui64, tcp_port: TcpPort
    ) -> SetSerialPortResponse:
        """Have the serial port of an XBee node at another TCP port; its clients are disconnected.

        A node that is not known yet is added.
        """
        nodes = self._needed()
        await nodes.set_port(extended_address, tcp_port)
        return SetSerialPortResponse(node_list=_listed(nodes.nodes))

    @method(scope=Scope.ADMIN)
    async def remove_serial_node(self, extended_address: Eui64) -> RemoveSerialNodeResponse:
        """Close the TCP port of an XBee node, and forget it; where it is found again, it is new."""
        await self._needed().remove(extended_address)
        return RemoveSerialNodeResponse(extended_address=extended_address)

    @method(scope=Scope.READ)
    async def get_serial_temperatures(self) -> GetSerialTemperaturesResponse:
        """Return how warm it is at the XBee nodes with a sensor. Sends nothing."""
        return GetSerialTemperaturesResponse(
            temperature_list=[
                SerialTemperature(
                    extended_address=told.node,
                    node_id=told.name,
                    temperature=told.celsius,
                    time=UtcTime(zigbee_time(told.time)),
                )
                for told in self._needed().temperatures
            ]
        )

    def _needed(self) -> Nodes:
        if self._nodes is None:
            raise RequestError("serial nodes have no TCP ports: control_port is not configured")
        return self._nodes


def _listed(nodes: Sequence[SerialNode]) -> list[ListedSerialNode]:
    return [
        ListedSerialNode(
            extended_address=node.address,
            node_id=node.name,
            tcp_port=node.port,
            clients=node.clients,
            received=node.counters.received,
            sent=node.counters.sent,
            lost=node.counters.lost,
            problem=node.problem or ABSENT,
        )
        for node in nodes
    ]
