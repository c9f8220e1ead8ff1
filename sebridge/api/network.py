"""Requests about the ZigBee network."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.model.data_types import Uint16
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


class NetworkMethods:
    """Requests about the network that the gateway is on.

    `association` tells where the radio stands with it. `configured_extended_pan_id` is 0 where
    any will do.
    """

    rpc_interface = GENERAL_INTERFACE

    def __init__(
        self,
        network: Callable[[], NetworkState],
        association: Callable[[], Association],
        joining: Joining,
        configured_extended_pan_id: Callable[[], int],
    ) -> None:
        self._network = network
        self._association = association
        self._joining = joining
        self._configured_extended_pan_id = configured_extended_pan_id

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
