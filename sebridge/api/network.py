"""Requests about the ZigBee network."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from zigpy.types import EUI64, NWK, uint16_t

from sebridge.radio.radio import NetworkState
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method

JOINED: Final = 0x00
NOT_JOINED: Final = 0xFF  # "scanning", in the numbers of the XBee association indication


class Joining(Protocol):
    """Who opens and closes the network."""

    async def open(self, seconds: int) -> None:
        """Open the network for so many seconds; 0 closes it at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetZigbeeNetworkStatusResponse:
    """Where the gateway is. Status 0x00 is joined, in the numbers of XBee's AI."""

    status: int
    status_description: str
    extended_pan_id: str
    pan_id: int
    channel: int
    addr_short: NWK
    addr_extended: EUI64
    configured_extended_pan_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableJoiningResponse:
    """For how many seconds joining is open."""

    join_time: int


class NetworkMethods:
    """Requests about the network that the gateway is on.

    `configured_extended_pan_id` is 0 where the configuration leaves it to the radio.
    """

    def __init__(
        self,
        network: Callable[[], NetworkState],
        joining: Joining,
        configured_extended_pan_id: int,
    ) -> None:
        self._network = network
        self._joining = joining
        self._configured_extended_pan_id = configured_extended_pan_id

    @method(scope=Scope.READ)
    async def get_zigbee_network_status(self) -> GetZigbeeNetworkStatusResponse:
        """Return the gateway's state on its ZigBee network, and its addresses."""
        network = self._network()
        return GetZigbeeNetworkStatusResponse(
            status=JOINED if network.joined else NOT_JOINED,
            status_description="joined" if network.joined else "not on a network",
            extended_pan_id=network.extended_pan_id.serialize()[::-1].hex(),
            pan_id=int(network.pan_id),
            channel=int(network.channel),
            addr_short=NWK(network.nwk),
            addr_extended=network.address,
            configured_extended_pan_id=self._configured_extended_pan_id,
        )

    @method
    async def enable_joining(self, join_time: uint16_t) -> EnableJoiningResponse:
        """Open the network for so many seconds (0..65535); 0 closes it at once."""
        await self._joining.open(int(join_time))
        return EnableJoiningResponse(join_time=int(join_time))
