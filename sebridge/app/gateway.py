"""The gateway without its interfaces: the network, its features, and the RPC methods."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import asdict

from sebridge.api.addressing import Addressing
from sebridge.api.notifications import NotificationFanOut
from sebridge.app.assembling import UserCode, assemble
from sebridge.app.built_in_classes import MANUFACTURER
from sebridge.app.features import clusters_of, notification_types
from sebridge.app.membership import build_membership
from sebridge.app.method_groups import method_groups_of
from sebridge.app.network import Network, build_network
from sebridge.app.plugins import build_plugin_host, build_plugins
from sebridge.app.ports import Ports
from sebridge.app.rpc_options import limits_of, policy_of, quota_limits_of, responses_are_kept
from sebridge.base.clock import Clock, unix_time
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.drivers.catalogue import Drivers, shipped_drivers
from sebridge.feature import Feature, Host, Part
from sebridge.features.basic.cluster import BATTERY, BasicServer
from sebridge.features.metering.boundary_reader import BoundaryReader
from sebridge.features.time.build import time_part
from sebridge.features.time.synchronizer import Synchronizer
from sebridge.features.time.timekeeping import build_synchronizer
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.delivery_log import DeliveryLog
from sebridge.gateway.events.event_cluster import EventCluster
from sebridge.gateway.events.new_events import EventIds
from sebridge.gateway.reporting.shown_values import ShownValues
from sebridge.modules.assembly import Assembly
from sebridge.network.signals import NetworkTimeSet
from sebridge.plugins.host import Host as PluginHost
from sebridge.plugins.manager import PluginManager
from sebridge.rpc.alias import Aliases
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.quota import Quota
from sebridge.rpc.response_buffer import OwnedResponse, ResponseBuffer
from sebridge.schedule.runner import ScheduleRunner
from sebridge.settings import entries
from sebridge.settings.options import Options
from sebridge.storage.collection import opened_once
from sebridge.zcl.identifiers import (
    DEVICE_NAMES,
    HA_COMBINED_INTERFACE,
    HA_ENDPOINT,
    HA_PROFILE,
    METERING,
    PRICE,
    SE_ENDPOINT,
    SE_PROFILE,
)

COLLECTED: Final = "collected"
"""The form of attribute reports in which one message tells all of a frame."""

_LONGEST_MODEL: Final = 32  # characters


class Gateway(Network, frozen=True, kw_only=True):
    """A network with all that the gateway does there: an energy service interface, or a display."""

    options: Options
    clock: Clock
    bus: SignalBus
    started: float  # seconds by the clock that never jumps
    runner: ScheduleRunner
    synchronizer: Synchronizer
    notifications: NotificationFanOut
    dispatcher: Dispatcher
    quota: Quota
    aliases: Aliases
    buffer: ResponseBuffer
    assembly: Assembly
    drivers: Drivers
    plugins: PluginManager
    plugin_host: PluginHost
    notes: tuple[Callable[[], Sequence[str]], ...]
    """What the features have to say to people, each a function that returns it."""
    health: Mapping[str, Callable[[], Mapping[str, Any]]]
    """The facts of the features for `health`, by their names there."""
    services: tuple[Service, ...]
    """All services in the order in which they start."""


def build_gateway(options: Options, ports: Ports, features: Sequence[Feature]) -> Gateway:
    """Build it of these features; what it tells without being asked goes to the bus."""
    open_collection, bus = ports.open_collection, ports.bus
    network = build_network(options, ports, clusters_of(features))
    registry, time, role = network.registry, network.time, network.role
    runner = ScheduleRunner(time.clock)
    delivery_logs: dict[tuple[int, int], DeliveryLog] = {}
    bus.listen(NetworkTimeSet, lambda _signal: runner.wake())
    addressing = Addressing(
        network.endpoints, network.directory, lambda: network.radio.network.address
    )
    drivers = Drivers(shipped_drivers(), network.directory.get, bus)
    host = Host(
        role=role,
        endpoint=Endpoint(SE_ENDPOINT, SE_PROFILE, role.device_id, ()),
        open_collection=opened_once(open_collection),
        registry=registry,
        router=network.router,
        shown_values=ShownValues(bus),
        access=network.reporting.access,
        changed=network.reporting.watcher.changed,
        endpoints=network.endpoints,
        addressing=addressing,
        directory=network.directory,
        identities=network.identities,
        clients=network.clients,
        binder=network.bindings,
        has_bound=network.bindings.has_bound,
        drivers=drivers,
        want_reports=network.reporting.watcher.want,
        runner=runner,
        clock=time.clock,
        machine_clock=ports.clock,
        time_is_known=lambda: time.known,
        signed=network.security.verify if ports.proofs.own.suites else None,
        message_pin=options.gateway.message_pin,
        optional_clusters=options.gateway.optional_clusters,
        maker=MANUFACTURER,
        model=f"{DEVICE_NAMES[role.device_id]} {options.gateway.name}"[:_LONGEST_MODEL],
        make_mirrored_basic=lambda: BasicServer(MANUFACTURER, "mirror", BATTERY),
        bus=bus,
        random=ports.random,
        longest_frame=lambda: network.radio.longest_frame,
        event_ids=EventIds(open_collection("event_ids", str, int)),
        event_services={},
        delivery_logs=delivery_logs,
        system_zone=ports.system_zone,
        price_source=options.price_source,
        consumption_limit=options.consumption_limit,
        openadr=options.openadr,
        ota=options.ota,
        plugwise=options.plugwise,
        open_port=ports.open_port,
        control_port=options.control_port,
        serial_nodes=network.serial_nodes,
        find_modules=network.radio.find_modules,
        meet=network.manager.joined,
        durable=ports.durable,
        real_clock=ports.real_clock,
        compute=ports.proofs.compute,
        subscribe=ports.link.subscribe,
    )
    optional = [f for f in features if f.name in options.gateway.optional_clusters]
    besides = tuple(cluster.cluster_id for f in optional for cluster in f.clusters)
    membership = build_membership(network, ports, besides=besides) if role.joins else None
    time_client = None if membership is None else membership.time_client
    synchronizer = build_synchronizer(
        time,
        time_client,
        registry,
        system_clock=ports.clock,
        randomness=ports.proofs.randomness,
        bus=bus,
    )
    parts = [
        *(feature.build(host) for feature in features),
        time_part(time, synchronizer, ports.clock, serves=role.serves),
        Part(clusters=network.security.clusters.both),
    ]
    for endpoint in _endpoints(host, parts):
        network.endpoints.add(endpoint)
    network.reporting.watcher.want(
        drivers.adjusted(wanted) for part in parts for wanted in part.wanted_reports
    )
    kept = open_collection("responses", int, OwnedResponse) if responses_are_kept(options) else {}
    quota = Quota(quota_limits_of(options.rpc.limits))
    buffer = ResponseBuffer(
        kept,
        capacity=registry.reader(entries.MAX_BUFFER_ITEMS),
        most_octets=quota.limits.reply // 2,  # so that all of it can be fetched at once
    )
    aliases = Aliases(open_collection("aliases", str, str), limits_of(options.rpc.xml))
    dispatcher = Dispatcher(ports.durable, policy_of(options.rpc.policy, options.plugins))
    assembly = assemble(
        options.modules,
        open_collection,
        network.endpoints,
        dispatcher,
        UserCode(notify=bus.send, clock=ports.clock, zigbee_now=time.now, bus=bus),
        network.encryption,
        features,
        {kind: make for part in parts for kind, make in part.makers.items()},
    )
    plugin_host = build_plugin_host(options, ports, dispatcher)
    plugins = build_plugins(
        options.plugins,
        ports,
        plugin_host,
        dispatcher,
        registry,
        aliases,
        assembly.endpoints,
        drivers,
    )
    dispatcher.register(
        method_groups_of(
            network,
            ports,
            dispatcher=dispatcher,
            addressing=addressing,
            assembly=assembly,
            plugins=plugins,
            aliases=aliases,
            buffer=buffer,
            delivery_logs=delivery_logs,
            clusters=network.clusters,
            scales={kind: scale for part in parts for kind, scale in part.scales.items()},
            certificate_store=options.security.certificate_store,
        )
    )
    dispatcher.register([group for part in parts for group in part.method_groups])
    return Gateway(
        **asdict(network),
        options=options,
        clock=ports.clock,
        bus=bus,
        started=ports.clock.monotonic(),
        runner=runner,
        synchronizer=synchronizer,
        notifications=NotificationFanOut(
            notification_types(features, collected=options.rpc.attribute_reports == COLLECTED),
            bus=bus,
            clock=ports.clock,
            sinks=(bus.send,),
            least_sent=registry.reader(entries.DEBUG_RPC_SEVERITY),
            least_logged=registry.reader(entries.DEBUG_PRINT_SEVERITY),
            shows=role.shows,
        ),
        dispatcher=dispatcher,
        quota=quota,
        aliases=aliases,
        buffer=buffer,
        assembly=assembly,
        drivers=drivers,
        plugins=plugins,
        plugin_host=plugin_host,
        notes=tuple(notes for part in parts for notes in part.notes),
        health={name: facts for part in parts for name, facts in part.health.items()},
        services=(
            network.router,
            assembly,
            network.trust_center,
            *network.security.services,
            network.keeper,
            network.manager,
            *(() if membership is None else membership.services),
            *network.reporting.services,
            *(service for part in parts for service in part.services),
            _boundaries(network),
            runner,
            plugins,
        ),
    )


def _endpoints(host: Host, parts: Sequence[Part]) -> list[Endpoint]:
    """Return our two endpoints, with what the features put there."""
    own = tuple(cluster for part in parts for cluster in part.clusters)
    others = tuple(cluster for part in parts for cluster in part.home_automation)
    return [
        Endpoint(SE_ENDPOINT, SE_PROFILE, host.role.device_id, own),
        Endpoint(HA_ENDPOINT, HA_PROFILE, HA_COMBINED_INTERFACE, others),
    ]


def _boundaries(network: Network) -> BoundaryReader:
    """Have meters read before the price changes: at the old price goes what was used until then."""

    def next_change() -> float | None:
        prices = network.endpoints[SE_ENDPOINT].cluster(PRICE, server=True)
        if not isinstance(prices, EventCluster):
            return None
        change = prices.next_change(network.time.now())
        return None if change is None else unix_time(change)

    return BoundaryReader(
        read_meters=lambda: network.reporting.watcher.read_now(METERING),
        next_change=next_change,
        clock=network.time.clock,
    )
