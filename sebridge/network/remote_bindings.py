"""Have devices send what their clusters have to tell to an endpoint of ours."""

from collections.abc import Callable
from typing import Final

from zigpy.zdo.types import MultiAddress, ZDOCmd

from sebridge.base.addresses import Eui64
from sebridge.network.peer import Peer
from sebridge.network.zdo_client import ZdoClient

_UNICAST: Final = 0x03  # addressing mode: 64-bit address and endpoint


class RemoteBindings:
    """The binding tables of devices: from a cluster of theirs to the gateway (N7).

    `own_address` gives the gateway's address. Both ways return the ZDO status of the device, and
    raise DeliveryError or AnswerTimeoutError when it is not heard.
    """

    def __init__(self, zdo: ZdoClient, own_address: Callable[[], Eui64]) -> None:
        self._zdo = zdo
        self._own_address = own_address

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Have a device send what a cluster has to tell to an endpoint of ours."""
        return await self._ask(ZDOCmd.Bind_req, peer, cluster_id, local_endpoint)

    async def unbind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Undo that."""
        return await self._ask(ZDOCmd.Unbind_req, peer, cluster_id, local_endpoint)

    async def _ask(self, command: ZDOCmd, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        own = bytes(self._own_address())
        target = MultiAddress(addrmode=_UNICAST, ieee=own, endpoint=local_endpoint)
        fields = await self._zdo.ask(
            peer.device, command, peer.device, peer.endpoint, cluster_id, target
        )
        return int(fields["Status"])
