"""Requests about code of the user, and about endpoints and clusters that come and go."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from sebridge.model.data_types import Uint4, Uint8, Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.modules.defaults import PlacedCluster
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method
from sebridge.settings.additions import CLIENT, SERVER, AddedCluster, AddedEndpoint


class Code(Protocol):
    """Who loads modules and makes interfaces."""

    async def add_module(self, name: str) -> None:
        """Load a module."""

    async def remove_module(self, name: str) -> None:
        """Unload a module."""

    async def add_interface(self, name: str) -> None:
        """Make the methods of an interface class callable."""

    async def remove_interface(self, name: str) -> None:
        """Make the methods of an interface class unavailable."""


class Places(Protocol):
    """Who adds endpoints and clusters."""

    def next_endpoint(self) -> int:
        """Return the next number that is free."""

    def add_endpoint(self, entry: AddedEndpoint) -> AddedEndpoint:
        """Make an endpoint; return it with the defaults of its class."""

    async def remove_endpoint(self, endpoint_id: int) -> None:
        """Remove an endpoint."""

    async def add_cluster(self, entry: AddedCluster) -> PlacedCluster:
        """Put a cluster on an endpoint."""

    async def remove_cluster(self, wanted: AddedCluster) -> PlacedCluster:
        """Remove a cluster, and return which it was."""


class AddModuleResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The module that was loaded."""

    module_name: str


class RemoveModuleResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The module that was removed."""

    module_name: str


class AddInterfaceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The class whose methods can be called now."""

    interface_class: str


class RemoveInterfaceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The class whose methods cannot be called any more."""

    interface_class: str


class AddEndpointResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The endpoint as it is now; it may have neither a device identifier nor a version of it."""

    endpoint_class: str
    endpoint_id: int
    profile_id: int
    device_id: int | Absent = ABSENT
    device_version: int | Absent = ABSENT


class RemoveEndpointResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The endpoint that was removed."""

    endpoint_id: int


class AddClusterResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster as it is now, and whether its frames are encrypted with a link key."""

    endpoint_id: int
    cluster_class: str
    cluster_id: int
    server_or_client: int
    enable_APS_encryption: bool


class RemoveClusterResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster that was removed; its class where the request named it."""

    endpoint_id: int
    cluster_class: str | Absent = ABSENT
    cluster_id: int
    server_or_client: int


def _needed_for_cluster(_group: object, arguments: Mapping[str, Any]) -> Scope:
    in_the_clear = arguments.get("enable_APS_encryption") is False
    return Scope.ADMIN if in_the_clear else Scope.COMMAND


class ModuleMethods:
    """Requests that change which code there is, and which methods it has."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, code: Code) -> None:
        self._code = code

    @method(scope=Scope.ADMIN)
    async def add_module(self, module_name: str) -> AddModuleResponse:
        """Load a module from modules.directory, now and at each start.

        Its interface, endpoint, cluster and record classes can be used at once. A module that
        breaks leaves everything as it was; the answer says where it is wrong. To load a file
        anew, remove its module first.
        """
        await self._code.add_module(module_name)
        return AddModuleResponse(module_name=module_name)

    @method(scope=Scope.ADMIN)
    async def remove_module(self, module_name: str) -> RemoveModuleResponse:
        """Unload a module that was added; its file stays. One that is not loaded is no error.

        Methods, endpoints and clusters of its classes go at once, and are there again as soon as
        the module is added again.
        """
        await self._code.remove_module(module_name)
        return RemoveModuleResponse(module_name=module_name)

    @method(scope=Scope.ADMIN)
    async def add_interface(self, interface_class: str) -> AddInterfaceResponse:
        """Make the methods of an interface class callable, now and after each start."""
        await self._code.add_interface(interface_class)
        return AddInterfaceResponse(interface_class=interface_class)

    @method(scope=Scope.ADMIN)
    async def remove_interface(self, interface_class: str) -> RemoveInterfaceResponse:
        """Make the methods of an interface class that was added unavailable."""
        await self._code.remove_interface(interface_class)
        return RemoveInterfaceResponse(interface_class=interface_class)


class EndpointMethods:
    """Requests that change which endpoints and clusters the gateway has."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, places: Places) -> None:
        self._places = places

    @method
    async def add_endpoint(
        self,
        endpoint_class: str,
        endpoint_id: Uint8 | Absent = ABSENT,
        profile_id: Uint16 | Absent = ABSENT,
        device_id: Uint16 | Absent = ABSENT,
        device_version: Uint4 | Absent = ABSENT,
    ) -> AddEndpointResponse:
        """Add an endpoint with the default clusters of its class, now and at each start.

        Without endpoint_id it is the next free one. The rest overrides the defaults of the class;
        profile_id is needed where the class has none.
        """
        number = self._places.next_endpoint() if endpoint_id is ABSENT else endpoint_id
        added = self._places.add_endpoint(
            AddedEndpoint(
                endpoint_class=endpoint_class,
                endpoint_id=number,
                profile_id=_given(profile_id),
                device_id=_given(device_id),
                device_version=_given(device_version),
            )
        )
        return AddEndpointResponse(
            endpoint_class=endpoint_class,
            endpoint_id=number,
            profile_id=added.profile_id or 0,
            device_id=ABSENT if added.device_id is None else added.device_id,
            device_version=ABSENT if added.device_version is None else added.device_version,
        )

    @method
    async def remove_endpoint(self, endpoint_id: Uint8) -> RemoveEndpointResponse:
        """Remove an endpoint that was added, with all its clusters."""
        await self._places.remove_endpoint(endpoint_id)
        return RemoveEndpointResponse(endpoint_id=endpoint_id)

    @method(needs=_needed_for_cluster)
    async def add_cluster(
        self,
        endpoint_id: Uint8,
        cluster_class: str,
        cluster_id: Uint16 | Absent = ABSENT,
        server_or_client: Uint8 | Absent = ABSENT,
        enable_APS_encryption: bool | Absent = ABSENT,  # noqa: FBT001  # by name
    ) -> AddClusterResponse:
        """Add a cluster to an endpoint, now and at each start.

        cluster_id and server_or_client (0 server, 1 client) override the class, and are needed
        where it has none, as ZCL_Cluster. enable_APS_encryption: true demands a link key for all
        frames of the cluster, false for none; without it, it is as the profile has it. false needs
        the admin scope, and is refused for what Smart Energy always encrypts.
        """
        encrypted = None if enable_APS_encryption is ABSENT else enable_APS_encryption
        placed = await self._places.add_cluster(
            AddedCluster(
                cluster_class=cluster_class,
                endpoint_id=endpoint_id,
                server_or_client=_given(server_or_client),
                cluster_id=_given(cluster_id),
                enable_APS_encryption=encrypted,
            )
        )
        return AddClusterResponse(
            endpoint_id=placed.endpoint_id,
            cluster_class=cluster_class,
            cluster_id=placed.cluster_id,
            server_or_client=SERVER if placed.server else CLIENT,
            enable_APS_encryption=placed.encrypted,
        )

    @method
    async def remove_cluster(
        self,
        endpoint_id: Uint8,
        cluster_class: str | Absent = ABSENT,
        cluster_id: Uint16 | Absent = ABSENT,
        server_or_client: Uint8 | Absent = ABSENT,
    ) -> RemoveClusterResponse:
        """Remove a cluster that was added.

        Without a class it is found by cluster_id and server_or_client; with one, these are needed
        where there are several of the class.
        """
        placed = await self._places.remove_cluster(
            AddedCluster(
                cluster_class="" if cluster_class is ABSENT else cluster_class,
                endpoint_id=endpoint_id,
                server_or_client=_given(server_or_client),
                cluster_id=_given(cluster_id),
            )
        )
        return RemoveClusterResponse(
            endpoint_id=placed.endpoint_id,
            cluster_class=cluster_class,
            cluster_id=placed.cluster_id,
            server_or_client=SERVER if placed.server else CLIENT,
        )


def _given(value: int | Absent) -> int | None:
    return None if value is ABSENT else int(value)
