"""The plug-ins of a gateway, put together from its options."""

from sebridge.app.ports import Ports
from sebridge.crypto.minisign import PublicKey
from sebridge.modules.endpoint_additions import EndpointAdditions
from sebridge.plugins.lending import Lender
from sebridge.plugins.manager import PluginManager
from sebridge.plugins.process import ProcessPorts
from sebridge.plugins.shelf import InstalledPlugin, Shelf, Trust
from sebridge.rpc.alias import Aliases
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Scope
from sebridge.settings.plugin_options import PluginsOptions
from sebridge.settings.registry import Registry

_MEBIBYTE = 1024 * 1024


def build_plugins(
    options: PluginsOptions,
    ports: Ports,
    dispatcher: Dispatcher,
    registry: Registry,
    aliases: Aliases,
    endpoints: EndpointAdditions,
) -> PluginManager:
    """Return what installs, starts and stops plug-ins; without a directory it has none."""
    keys = tuple(PublicKey.read(key) for key in options.trusted_keys)
    return PluginManager(
        Shelf(
            options.directory,
            ports.open_collection("plugins", str, InstalledPlugin),
            Trust(keys, options.allow_unsigned),
        ),
        Lender(registry, aliases, endpoints),
        ProcessPorts(
            call=dispatcher.answer,
            bus=ports.bus,
            clock=ports.real_clock,
            memory=options.memory * _MEBIBYTE,
        ),
        clock=ports.real_clock,
        compute=ports.proofs.compute,
        durable=ports.durable,
        most_scope=Scope[options.most_scope.upper()],
    )
