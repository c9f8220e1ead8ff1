"""Bindings that devices keep: what a cluster of theirs sends to an endpoint of ours."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from sebridge.api.addressing import Addressing, Profiles
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.network.network_map import MapBinding
from sebridge.network.peer import Peer
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method
from sebridge.zcl.identifiers import ZDO_PROFILE


class Bindings(Protocol):
    """Who asks devices to bind; ZDO status, or DeliveryError, or AnswerTimeoutError."""

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Have a device send what its cluster has to tell to an endpoint of ours."""

    async def unbind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Undo that."""

    async def read(self, device: Eui64) -> object:
        """Ask a device for its table, and keep that; DeviceRefusedError besides."""

    def listed(self, device: Eui64 | None = None) -> Sequence[MapBinding]:
        """Return what is known of the bindings of a device, or of all."""


class GetBindingsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The bindings of devices, as far as they are known."""

    binding_list: Sequence[MapBinding]


class BindResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The ZDO status as the device gave it, and what it is about."""

    status: int
    destination_address: Eui64
    destination_endpoint_id: int
    source_endpoint_id: int
    cluster_id: int


class BindingMethods:
    """Requests for the binding table of a device."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, addressing: Addressing, profiles: Profiles, bindings: Bindings) -> None:
        self._addressing = addressing
        self._profiles = profiles
        self._bindings = bindings

    @method
    async def bind(
        self,
        destination_address: Eui64,
        destination_endpoint_id: Uint8,
        source_endpoint_id: Uint8,
        cluster_id: Uint16,
    ) -> BindResponse:
        """Ask a device to bind a cluster of its endpoint to an endpoint of the gateway.

        The status is that of the device: 0 is success, 0x84 or 0xAA not supported.
        """
        local = self._addressing.local(source_endpoint_id, "source_endpoint_id")
        place = self._place(destination_address, destination_endpoint_id)
        status = await self._bindings.bind(place, cluster_id, local.endpoint_id)
        return _response(status, place, cluster_id, local.endpoint_id)

    @method
    async def unbind(
        self,
        destination_address: Eui64,
        destination_endpoint_id: Uint8,
        source_endpoint_id: Uint8,
        cluster_id: Uint16,
    ) -> BindResponse:
        """Ask a device to undo a binding to an endpoint of the gateway.

        Our endpoint need not exist any more. The status is that of the device: 0 is success, 0x88
        no such binding, 0x84 or 0xAA not supported.
        """
        place = self._place(destination_address, destination_endpoint_id)
        status = await self._bindings.unbind(place, cluster_id, source_endpoint_id)
        return _response(status, place, cluster_id, source_endpoint_id)

    @method(
        scope=Scope.READ,
        needs=lambda _methods, given: Scope.COMMAND if given.get("refresh") else Scope.READ,
    )
    async def get_bindings(
        self, source_address: Eui64 | Absent = ABSENT, *, refresh: bool = False
    ) -> GetBindingsResponse:
        """Return what a device, or each, has bound to the gateway or others, as far as is known.

        With refresh the one that is named is asked for its table, which needs the command scope.
        """
        if refresh:
            if source_address is ABSENT:
                raise ParameterError("source_address", "is needed: one device is asked")
            await self._bindings.read(source_address)
        device = None if source_address is ABSENT else source_address
        return GetBindingsResponse(binding_list=self._bindings.listed(device))

    def _place(self, device: Eui64, endpoint: int) -> Peer:
        profile = self._profiles.profile_of(device, endpoint)
        return Peer(device, endpoint, ZDO_PROFILE if profile is None else profile)


def _response(status: int, place: Peer, cluster_id: int, local_endpoint: int) -> BindResponse:
    return BindResponse(
        status=status,
        destination_address=place.device,
        destination_endpoint_id=place.endpoint,
        source_endpoint_id=local_endpoint,
        cluster_id=cluster_id,
    )
