"""Requests about plug-ins."""

from collections.abc import Sequence

import msgspec

from sebridge.plugins.manager import PluginManager, PluginStatus
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
    """Requests about plug-ins. White space around names does not count (quirk L4)."""

    rpc_interface = PLUGIN_INTERFACE

    def __init__(self, manager: PluginManager) -> None:
        self._manager = manager

    @method(scope=Scope.READ)
    async def list_plugins(self) -> ListPluginsResponse:
        """Return name, version and state of all plug-ins."""
        plugins = [_state(plugin) for plugin in self._manager.plugins]
        return ListPluginsResponse(count=len(plugins), plugins=plugins)

    @method(scope=Scope.READ)
    async def plugin_info(self, plugin_name: str) -> PluginDescription:
        """Return state and description of a plug-in."""
        plugin = self._manager.status(plugin_name.strip())
        return PluginDescription(
            active=plugin.active,
            version=plugin.version,
            enabled=str(plugin.enabled),
            plugin_name=plugin.name,
            description=plugin.description,
        )

    @method(scope=Scope.ADMIN)
    async def install_package(self, filename: str) -> PluginState:
        """Install a plug-in from a .zip file in plugins.directory, or another version of it.

        What it needs must be installed first. Where it is active, it and those that need it are
        stopped, and started again with the new version; when that fails, the old one is back.
        """
        return _state(await self._manager.install(filename.strip()))

    @method(scope=Scope.ADMIN)
    async def uninstall_plugin(self, plugin_name: str) -> UninstallPluginResponse:
        """Remove a plug-in that is not active, and that no other one needs."""
        name = plugin_name.strip()
        await self._manager.uninstall(name)
        return UninstallPluginResponse(plugin_name=name)

    @method(scope=Scope.ADMIN)
    async def start_plugin(self, plugin_name: str) -> PluginState:
        """Load a plug-in's configuration and start it, and before it what it needs."""
        return _state(await self._manager.start_plugin(plugin_name.strip()))

    @method(scope=Scope.ADMIN)
    async def stop_plugin(self, plugin_name: str) -> PluginState:
        """Stop a plug-in and revert its configuration, and before it what needs it."""
        return _state(await self._manager.stop_plugin(plugin_name.strip()))

    @method(scope=Scope.ADMIN)
    async def enable_plugin(self, plugin_name: str) -> PluginState:
        """Start a plug-in now and with the gateway."""
        return _state(await self._manager.enable(plugin_name.strip()))

    @method(scope=Scope.ADMIN)
    async def disable_plugin(self, plugin_name: str) -> PluginState:
        """Stop a plug-in, and start it no longer.

        The state is answered as `enabled`, as by all its sisters (decision N15).
        """
        return _state(await self._manager.disable(plugin_name.strip()))


def _state(plugin: PluginStatus) -> PluginState:
    return PluginState(
        active=plugin.active,
        version=plugin.version,
        enabled=str(plugin.enabled),
        plugin_name=plugin.name,
    )
