"""Have devices send what their clusters have to tell, and know what they have bound."""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeviceRefusedError
from sebridge.base.sharing import shared
from sebridge.base.signals import SignalBus
from sebridge.network.network_map import MapBinding
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceRemoved
from sebridge.network.zdo_client import ZdoClient
from sebridge.radio.zdo_server import Binding
from sebridge.zcl.zdo import BindingEntry, BindingTarget, ZdoCommand, ZdoStatus

MOST_KEPT: Final = 64  # bindings of one device
_MOST_QUESTIONS: Final = 64  # for one table


class KnownBindings(msgspec.Struct, frozen=True):
    """The bindings of a device, as far as they are known."""

    bindings: tuple[Binding, ...] = ()


_NONE: Final = KnownBindings()


class RemoteBindings:
    """The binding tables of devices: from a cluster of theirs to the gateway, or to others (N7).

    What a device has bound for us, or told of its table, is kept in `store` until it is removed;
    hand in what survives. `own_address` gives the gateway's address. Whatever asks a device raises
    DeliveryError or AnswerTimeoutError when it is not heard.
    """

    def __init__(
        self,
        zdo: ZdoClient,
        own_address: Callable[[], Eui64],
        store: MutableMapping[Eui64, KnownBindings],
        bus: SignalBus,
    ) -> None:
        self._zdo = zdo
        self._own_address = own_address
        self._store = store
        bus.listen(DeviceRemoved, self._on_removal)

    def listed(self, device: Eui64 | None = None) -> list[MapBinding]:
        """Return what is known of the bindings of a device, or of all."""
        wanted = self._store if device is None else [device]
        return [
            MapBinding(
                from_address=source,
                endpoint_id=one.endpoint,
                cluster_id=one.cluster_id,
                to_address=one.device,
                to_endpoint_id=one.device_endpoint,
                group_id=one.group,
            )
            for source in wanted
            for one in self._store.get(source, _NONE).bindings
        ]

    def has_bound(self, peer: Peer, cluster_id: int, local_endpoint: int) -> bool:
        """Say whether a cluster is bound to an endpoint of ours, as far as it is known."""
        known = self._store.get(peer.device, _NONE).bindings
        return self._binding(peer, cluster_id, local_endpoint) in known

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Have a device send what a cluster has to tell to an endpoint of ours.

        Return its ZDO status.
        """
        binding = self._binding(peer, cluster_id, local_endpoint)
        status = await self._ask(ZdoCommand.Bind_req, peer, binding)
        if status == ZdoStatus.SUCCESS:
            known = self._store.get(peer.device, _NONE).bindings
            if binding not in known:
                self._keep(peer.device, (*known, binding))
        return status

    async def unbind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Undo that; return the ZDO status of the device."""
        binding = self._binding(peer, cluster_id, local_endpoint)
        status = await self._ask(ZdoCommand.Unbind_req, peer, binding)
        known = self._store.get(peer.device, _NONE).bindings
        if status in {ZdoStatus.SUCCESS, ZdoStatus.NO_ENTRY} and binding in known:
            self._keep(peer.device, tuple(one for one in known if one != binding))
        return status

    async def read(self, device: Eui64) -> None:
        """Ask a device for its whole table, and keep that.

        DeviceRefusedError where it does not tell it, MalformedAnswerError.
        """
        told: list[BindingEntry] = []
        for _ in range(_MOST_QUESTIONS):
            fields = await self._zdo.ask(device, ZdoCommand.Mgmt_Bind_req, len(told))
            if fields["Status"] != ZdoStatus.SUCCESS:
                status = f"0x{fields['Status']:02X}"
                raise DeviceRefusedError(f"{device} refused Mgmt_Bind_req with status {status}")
            told += fields["BindingTableList"]
            if not fields["BindingTableList"] or len(told) >= fields["BindingTableEntries"]:
                break
        self._keep(device, tuple(dict.fromkeys(_as_kept(entry) for entry in told)))

    def _binding(self, peer: Peer, cluster_id: int, local_endpoint: int) -> Binding:
        return Binding(peer.endpoint, cluster_id, self._own_address(), local_endpoint)

    async def _ask(self, command: ZdoCommand, peer: Peer, binding: Binding) -> int:
        target = BindingTarget(binding.device, binding.device_endpoint)
        fields: Mapping[str, Any] = await self._zdo.ask(
            peer.device, command, peer.device, peer.endpoint, binding.cluster_id, target
        )
        status: int = fields["Status"]
        return status

    def _on_removal(self, signal: DeviceRemoved) -> None:
        self._store.pop(signal.device, None)

    def _keep(self, device: Eui64, bindings: tuple[Binding, ...]) -> None:
        if bindings:
            self._store[device] = shared(KnownBindings(bindings[:MOST_KEPT]))
        else:
            self._store.pop(device, None)


def _as_kept(entry: BindingEntry) -> Binding:
    target = entry.target
    return Binding(entry.endpoint, entry.cluster_id, target.device, target.endpoint, target.group)
