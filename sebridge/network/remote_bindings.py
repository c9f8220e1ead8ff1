"""Have devices send what their clusters have to tell to an endpoint of ours."""

from collections.abc import Callable

from sebridge.base.addresses import Eui64
from sebridge.network.peer import Peer
from sebridge.network.zdo_client import ZdoClient
from sebridge.zcl.zdo import BindingTarget, ZdoCommand


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
        return await self._ask(ZdoCommand.Bind_req, peer, cluster_id, local_endpoint)

    async def unbind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Undo that."""
        return await self._ask(ZdoCommand.Unbind_req, peer, cluster_id, local_endpoint)

    async def _ask(
        self, command: ZdoCommand, peer: Peer, cluster_id: int, local_endpoint: int
    ) -> int:
        target = BindingTarget(self._own_address(), local_endpoint)
        fields = await self._zdo.ask(
            peer.device, command, peer.device, peer.endpoint, cluster_id, target
        )
        status: int = fields["Status"]
        return status
