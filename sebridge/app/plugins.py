"""The plug-ins of a gateway, put together from its options."""

from collections.abc import Callable, Mapping
from functools import partial

from sebridge.app.ports import Ports
from sebridge.crypto.minisign import PublicKey
from sebridge.drivers.catalogue import Drivers
from sebridge.drivers.folder import read_drivers
from sebridge.homeassistant.entity import EntitiesChanged
from sebridge.modules.endpoint_additions import EndpointAdditions
from sebridge.plugins.entities import PluginEntity
from sebridge.plugins.host import COMMAND, Host
from sebridge.plugins.lending import Lender
from sebridge.plugins.manager import PluginManager
from sebridge.plugins.process import ProcessPorts
from sebridge.plugins.routes import PluginRoutes
from sebridge.plugins.shelf import InstalledPlugin, Shelf, Trust
from sebridge.rpc.alias import Aliases
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Scope
from sebridge.settings.options import Options
from sebridge.settings.plugin_options import PluginsOptions
from sebridge.settings.registry import Registry
from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.topics import Topics

_MEBIBYTE = 1024 * 1024


def build_plugin_host(options: Options, ports: Ports, dispatcher: Dispatcher) -> Host:
    """Return what plug-ins have of the gateway; their topics are those of its branch `plugin`."""
    bus, open_collection = ports.bus, ports.open_collection
    branch = Topics(options.mqtt.base_topic, options.gateway.name).at("plugin")
    host = Host(
        branch=branch,
        board=ports.link,
        methods=dispatcher,
        routes=PluginRoutes(),
        pages=open_collection("plugin_storage", tuple[str, str], str),
        entities=open_collection("plugin_entities", tuple[str, str], PluginEntity),
        entities_changed=lambda: bus.send(EntitiesChanged(None)),
        later=ports.real_clock.call_later,
    )

    def take(message: Message) -> None:
        if not (message.retain or message.oversize):  # as requests are: it would come at each start
            host.command(message.topic, message.payload)

    if options.plugins.directory is not None:
        ports.link.subscribe(f"{branch}/+/{COMMAND}/#", take)
    return host


def build_plugins(
    options: PluginsOptions,
    ports: Ports,
    host: Host,
    dispatcher: Dispatcher,
    registry: Registry,
    aliases: Aliases,
    endpoints: EndpointAdditions,
    drivers: Drivers,
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
            host=host,
            bus=ports.bus,
            clock=ports.real_clock,
            durable=ports.durable,
            memory=options.memory * _MEBIBYTE,
        ),
        clock=ports.real_clock,
        compute=ports.proofs.compute,
        durable=ports.durable,
        most_scope=Scope[options.most_scope.upper()],
        lend_drivers=partial(_lend_drivers, drivers),
    )


def _lend_drivers(drivers: Drivers, owner: str, files: Mapping[str, bytes]) -> Callable[[], object]:
    """Have devices have the drivers of a plug-in, until what is returned is called."""
    drivers.lend(owner, read_drivers(files, owner))
    return lambda: drivers.lend(owner, ())
