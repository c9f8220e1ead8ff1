"""Requests about plug-ins. This gateway has none: the list is empty, and the others say so."""

from collections.abc import Sequence
from typing import NoReturn

import msgspec

from sebridge.base.errors import RequestError
from sebridge.base.redaction import shown
from sebridge.rpc.message import Scope
from sebridge.rpc.method import PLUGIN_INTERFACE, method


class PluginState(msgspec.Struct, frozen=True, kw_only=True):
    """A plug-in. `active` tells whether its configuration is loaded.

    `enabled` is "True" or "False" as text (quirk L2): whether it starts with the gateway.
    """

    active: bool
    version: str
    enabled: str
    plugin_name: str


class PluginDescription(PluginState, frozen=True, kw_only=True):
    """A plug-in, with what it is for."""

    description: str


class ListPluginsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """How many plug-ins there are, and which."""

    count: int
    plugins: Sequence[PluginState]


class UninstallPluginResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The plug-in that is gone."""

    plugin_name: str


class PluginMethods:
    """Requests about plug-ins, answered as where none is installed."""

    rpc_interface = PLUGIN_INTERFACE

    @method(scope=Scope.READ)
    async def list_plugins(self) -> ListPluginsResponse:
        """Return name, version and state of all plug-ins; there are none."""
        return ListPluginsResponse(count=0, plugins=())

    @method(scope=Scope.READ)
    async def plugin_info(self, plugin_name: str) -> PluginDescription:
        """Return state and description of a plug-in; refused, as there are none."""
        return _there_is_none(plugin_name)

    @method(scope=Scope.ADMIN)
    async def install_package(self, filename: str) -> PluginState:
        """Install a plug-in from an uploaded .zip file; refused, as this gateway takes none."""
        return _there_is_none(filename)

    @method(scope=Scope.ADMIN)
    async def uninstall_plugin(self, plugin_name: str) -> UninstallPluginResponse:
        """Remove a plug-in; refused, as there are none."""
        return _there_is_none(plugin_name)

    @method(scope=Scope.ADMIN)
    async def start_plugin(self, plugin_name: str) -> PluginState:
        """Load a plug-in's configuration and start it; refused, as there are none."""
        return _there_is_none(plugin_name)

    @method(scope=Scope.ADMIN)
    async def stop_plugin(self, plugin_name: str) -> PluginState:
        """Stop a plug-in and revert its configuration; refused, as there are none."""
        return _there_is_none(plugin_name)

    @method(scope=Scope.ADMIN)
    async def enable_plugin(self, plugin_name: str) -> PluginState:
        """Start a plug-in now and with the gateway; refused, as there are none."""
        return _there_is_none(plugin_name)

    @method(scope=Scope.ADMIN)
    async def disable_plugin(self, plugin_name: str) -> PluginState:
        """Stop a plug-in, and start it no longer; refused, as there are none.

        The state is answered as `enabled`, as by all its sisters (decision N15).
        """
        return _there_is_none(plugin_name)


def _there_is_none(wanted: str) -> NoReturn:
    raise RequestError(f"no plug-ins installed, so not {shown(wanted.strip())} either")
