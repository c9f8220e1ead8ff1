"""Requests about the ZigBee network."""

from collections.abc import Awaitable, Callable, Sequence
import enum
from typing import Protocol

import msgspec

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.model.data_types import Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.network.network_map import MapBinding, MapLink, MapNode, NetworkMap, Unheard, graphviz
from sebridge.radio.radio import Association, NetworkState
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method


class Joining(Protocol):
    """Who opens and closes the network."""

    async def open(self, seconds: int) -> None:
        """Open the network for so many seconds; 0 closes it at once."""


class GetZigbeeNetworkStatusResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Where the gateway is. Status 0x00 is joined, in the numbers of XBee's AI; 0xFE is ours."""

    status: int
    status_description: str
    extended_pan_id: bytes
    pan_id: int
    channel: int
    addr_short: NetworkAddress
    addr_extended: Eui64
    configured_extended_pan_id: int


class EnableJoiningResponse(msgspec.Struct, frozen=True, kw_only=True):
    """For how many seconds joining is open."""

    join_time: int


class MapForm(enum.Enum):
    """How a map of the network is told."""

    JSON = "json"
    GRAPHVIZ = "graphviz"


class GetNetworkMapResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The devices and links of the network, or a text for Graphviz, and who did not tell."""

    nodes: Sequence[MapNode] | Absent = ABSENT
    links: Sequence[MapLink] | Absent = ABSENT
    bindings: Sequence[MapBinding] | Absent = ABSENT
    graphviz: str | Absent = ABSENT
    unheard: Sequence[Unheard]


class NetworkMethods:
    """Requests about the network that the gateway is on.

    `association` tells where the radio stands with it. `configured_extended_pan_id` is 0 where
    any will do, `take_map` asks the network.
    """

    rpc_interface = GENERAL_INTERFACE

    def __init__(
        self,
        network: Callable[[], NetworkState],
        association: Callable[[], Association],
        joining: Joining,
        configured_extended_pan_id: Callable[[], int],
        take_map: Callable[[], Awaitable[NetworkMap]],
    ) -> None:
        self._network = network
        self._association = association
        self._joining = joining
        self._configured_extended_pan_id = configured_extended_pan_id
        self._take_map = take_map

    @method(scope=Scope.READ)
    async def get_zigbee_network_status(self) -> GetZigbeeNetworkStatusResponse:
        """Return the gateway's state on its ZigBee network, and its addresses."""
        network, association = self._network(), self._association()
        return GetZigbeeNetworkStatusResponse(
            status=int(association),
            status_description=association.words,
            extended_pan_id=bytes(network.extended_pan_id)[::-1],
            pan_id=int(network.pan_id),
            channel=int(network.channel),
            addr_short=NetworkAddress(network.nwk),
            addr_extended=network.address,
            configured_extended_pan_id=self._configured_extended_pan_id(),
        )

    @method
    async def enable_joining(self, join_time: Uint16) -> EnableJoiningResponse:
        """Open the network for so many seconds (0..65535); 0 closes it at once."""
        await self._joining.open(join_time)
        return EnableJoiningResponse(join_time=join_time)

    @method
    async def get_network_map(self, form: MapForm = MapForm.JSON) -> GetNetworkMapResponse:
        """Ask the gateway's radio and each router whom they hear, one by one, for at most 50 s.

        `form` json lists nodes and links: each with its end points, the LQI (0..255), what the
        other is to the one that tells, and which short addresses it reaches by that. `bindings` are
        what routers tell of their tables, and of other devices what they have bound for the
        gateway. `form` graphviz is the same as a text in DOT. Who did not answer is in
        `unheard`, with the reason.
        """
        found = await self._take_map()
        if form is MapForm.GRAPHVIZ:
            return GetNetworkMapResponse(graphviz=graphviz(found), unheard=found.unheard)
        return GetNetworkMapResponse(
            nodes=found.nodes,
            links=found.links,
            bindings=found.bindings,
            unheard=found.unheard,
        )
