"""What a feature declares of itself, so that everything else goes through the list of features.

Each folder of `features/` ties what it has by one `FEATURE`, and `app/features.py` lists them.
Nothing else knows a feature by its name.
"""

from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    MutableMapping,
    Sequence,
)
from datetime import tzinfo
import enum
from random import Random
from typing import Any, TypeVar

import msgspec

from sebridge.api.addressing import Addressing
from sebridge.api.frames import DeviceScale
from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.computing import Compute
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus, SignalScope
from sebridge.drivers.catalogue import Drivers
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.endpoint import Endpoint, LocalEndpoints
from sebridge.gateway.events.client_delivery import DeliveryMeans
from sebridge.gateway.events.delivery_log import Delivery, DeliveryLog, Recipient, ToldEvent
from sebridge.gateway.events.delivery_notes import DeliveryNotes
from sebridge.gateway.events.event_cluster import R
from sebridge.gateway.events.event_server import EventServer
from sebridge.gateway.events.new_events import EventIds
from sebridge.gateway.events.server_service import EventServerService
from sebridge.gateway.events.signals import ActiveEventsChanged, EventsChanged
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.shown_values import ShownValues
from sebridge.gateway.reporting.watcher import Binder, WantedReports
from sebridge.gateway.router import Router
from sebridge.gateway.serial_nodes import SerialNodes
from sebridge.homeassistant.entity import Entities, EntityHost
from sebridge.modules.cluster_class import ClusterClass, ClusterInstance, MakeCluster
from sebridge.network.clients import Clients
from sebridge.network.directory import Directory
from sebridge.network.identities import Identities
from sebridge.network.peer import Peer
from sebridge.radio.radio import FoundModule
from sebridge.radio.serial_port import OpenPort
from sebridge.rpc.resource import Resource
from sebridge.schedule.runner import Advancing, N, ScheduleRunner
from sebridge.settings import entries
from sebridge.settings.consumption_limit import ConsumptionLimitOptions
from sebridge.settings.control_port_options import ControlPortOptions
from sebridge.settings.openadr_options import OpenAdrOptions
from sebridge.settings.ota_options import OtaOptions
from sebridge.settings.plugwise_options import PlugwiseOptions
from sebridge.settings.price_source import PriceSourceOptions
from sebridge.settings.registry import Registry
from sebridge.simulator.vocabulary import Simulate
from sebridge.storage.collection import OpenCollection
from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.states import TopicHost
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import ENERGY_SERVICE_INTERFACE, IN_PREMISE_DISPLAY, SE_ENDPOINT

S = TypeVar("S")


class Role(enum.Enum):
    """What a gateway is on its network: `gateway.role` of the configuration."""

    COORDINATOR = "coordinator"
    """Forms the network, is its trust centre, and serves it."""
    ROUTER = "router"
    """Joins the network of another, and serves it."""
    DISPLAY = "display"
    """Joins the network of another, and listens to what is served there."""

    @property
    def joins(self) -> bool:
        """Whether the network is another's."""
        return self is not Role.COORDINATOR

    @property
    def serves(self) -> bool:
        """Whether it is an energy service interface."""
        return self is not Role.DISPLAY

    @property
    def device_id(self) -> int:
        """What its Smart Energy endpoint says that it is."""
        return ENERGY_SERVICE_INTERFACE if self.serves else IN_PREMISE_DISPLAY

    def shows(self, news: ActiveEventsChanged | EventsChanged) -> bool:
        """Say whether a list of events is the one that is kept on topics, and not a further one."""
        return news.local_endpoint == SE_ENDPOINT and news.server == self.serves


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway lends to the features that are built into it.

    `endpoint` is the Smart Energy endpoint, its number alone: the clusters come from the features.
    `open_collection` gives the same collection for the same name again.
    `clock` is the network's time, which a gateway that joins does not know from the start on.
    `optional_clusters` are those that the configuration adds, by the names of their features.
    `signed` says whether a device has signed something: device, message, signature. It is None for
    a gateway without a certificate, which cannot tell.
    `longest_frame` says how many octets of a ZCL frame the radio takes for a device.
    `event_ids` gives identifiers to events that come without one. `event_services` take events for
    each server, by its endpoint and cluster; `delivery_logs` has what became of them, likewise.
    `machine_clock` is this machine's time, which no device sets, and `system_zone` its time zone.
    `price_source` are the options of where prices come from, `consumption_limit` those of what load
    control leaves of the home's power, `openadr` those of a utility's VTN, `subscribe` has messages
    of the broker on a topic handed in.
    `changed` has a server read of which somebody has just changed something, if it would not tell.
    `plugwise` are the options of a Plugwise stick, `open_port` opens a serial port or what stands
    for one, and `real_clock` is the time of what lies outside of a simulated house.
    `control_port` are the options of serial nodes, `serial_nodes` the way to and from them,
    `find_modules` looks for them on the air, and `meet` says of one that it is on the network, at a
    network address. `durable` returns when what is kept is on the disk.
    `ota` are the options of firmware for devices, `compute` does what takes long beside all else.
    `has_bound` says of an endpoint of a device, a cluster and an endpoint of ours whether that is
    bound. `shown_values` has what servers report told as people read it. `drivers` are those for
    devices, `want_reports` has more reported than the features want from the start on.
    `identities` is what people know the devices as; whoever gives them others says so by
    IdentitiesChanged.
    `maker` and `model` are what devices read in our Basic clusters; `make_mirrored_basic` makes one
    for an endpoint that stands for a device.
    """

    role: Role
    endpoint: Endpoint
    open_collection: OpenCollection
    registry: Registry
    router: Router
    shown_values: ShownValues
    access: AttributeAccess
    changed: Callable[[Pairing], object]
    endpoints: LocalEndpoints
    addressing: Addressing
    directory: Directory
    identities: Identities
    clients: Clients
    binder: Binder
    has_bound: Callable[[Peer, int, int], bool]
    drivers: Drivers
    want_reports: Callable[[Iterable[WantedReports]], object]
    runner: ScheduleRunner
    clock: Clock
    machine_clock: Clock
    time_is_known: Callable[[], bool]
    signed: Callable[[Eui64, bytes, bytes], bool] | None
    message_pin: Secret | None
    optional_clusters: Collection[str]
    maker: str
    model: str
    make_mirrored_basic: Callable[[], LocalCluster]
    bus: SignalBus
    random: Random
    event_ids: EventIds
    event_services: MutableMapping[tuple[int, int], EventServerService[Any]]
    delivery_logs: MutableMapping[tuple[int, int], DeliveryLog]
    longest_frame: Callable[[], int]
    system_zone: Callable[[], tzinfo]
    price_source: PriceSourceOptions | None
    consumption_limit: ConsumptionLimitOptions | None
    openadr: OpenAdrOptions | None
    ota: OtaOptions
    plugwise: PlugwiseOptions | None
    open_port: OpenPort
    control_port: ControlPortOptions | None
    serial_nodes: SerialNodes
    find_modules: Callable[[], Awaitable[Sequence[FoundModule]]]
    meet: Callable[[Eui64, int], object]
    durable: Callable[[], Awaitable[None]]
    real_clock: Clock
    compute: Compute
    subscribe: Callable[[str, Callable[[Message], object]], None]

    def part_of_sides(
        self,
        *,
        server: tuple[type[LocalCluster], MakeCluster],
        client: tuple[type[LocalCluster], MakeCluster],
        method_groups: Sequence[object],
    ) -> "Part":
        """Return a part with one side on our own endpoint, as the role has it.

        Either side can be put on any endpoint besides.
        """
        _, make = server if self.role.serves else client
        own = make(self.endpoint.endpoint_id)
        return Part(
            clusters=(own.cluster,),
            services=own.services,
            method_groups=method_groups,
            makers=dict((server, client)),
        )


class Site:
    """An endpoint on which a cluster is built, and what has to be undone when it goes.

    What is kept for our own endpoint has the plain name; that of another has its number, too.
    """

    def __init__(self, host: Host, endpoint_id: int) -> None:
        own = host.endpoint
        is_own = endpoint_id == own.endpoint_id
        self.endpoint = own if is_own else Endpoint(endpoint_id, own.profile_id, 0, ())
        self.bus = SignalScope(host.bus)
        self._host = host
        self._suffix = "" if is_own else f"@{endpoint_id:02x}"
        self._undo: list[Callable[[], object]] = [self.bus.close]

    def open_collection(self, name: str, key: Any, value: Any) -> MutableMapping[Any, Any]:
        """Open a power-safe collection, which is emptied when the cluster goes."""
        collection = self._host.open_collection(name + self._suffix, key, value)
        self._undo.append(collection.clear)
        return collection

    def run(self, schedule: Advancing[N], tell: Callable[[N], object]) -> None:
        """Have what is scheduled done in time, as long as the cluster is there."""
        self._undo.append(self._host.runner.serve(schedule, tell))

    def event_service(self, server: EventServer[R]) -> EventServerService[R]:
        """Return what takes events for a server, and brings them to its clients in time."""
        self._log_deliveries(server)
        service = EventServerService(self.endpoint, server, self.delivery())
        self.run(server, service.carry_out)
        services, place = self._host.event_services, (server.local_endpoint, server.cluster_id)
        services[place] = service
        self._undo.append(lambda: services.pop(place))
        return service

    def _log_deliveries(self, server: EventServer[R]) -> None:
        """Have kept what devices make of a server's events, for who asks."""
        host, name = self._host, f"{server.cluster_id:04x}"
        log = DeliveryLog(
            self.open_collection(f"told_events_{name}", int, ToldEvent),
            self.open_collection(f"event_deliveries_{name}", Recipient, Delivery),
        )
        DeliveryNotes(
            log, server, clock=host.clock, bus=self.bus, knows=host.directory.__contains__
        )
        place = (server.local_endpoint, server.cluster_id)
        host.delivery_logs[place] = log
        self._undo.append(lambda: host.delivery_logs.pop(place))

    def delivery(self) -> DeliveryMeans:
        """Return what a service needs to bring something to the clients of a cluster."""
        host = self._host
        return DeliveryMeans(
            router=host.router,
            peers=host.clients,
            clock=host.clock,
            bus=self.bus,
            interval=host.registry.reader(entries.RETRANSMISSION_INTERVAL),
            patience=host.registry.reader(entries.TX_STATUS_TIMEOUT),
            woken=host.runner.wake,
            ids=host.event_ids,
            most_days_ahead=host.registry.reader(entries.MOST_DAYS_AHEAD),
        )

    def asking(self) -> dict[str, Any]:
        """Return what a service needs to ask the servers of a cluster for their events."""
        host = self._host
        return {
            "router": host.router,
            "servers": host.directory,
            "binder": host.binder,
            "clock": host.clock,
            "bus": self.bus,
            "patience": host.registry.reader(entries.TX_STATUS_TIMEOUT),
            "woken": host.runner.wake,
            "time_is_known": host.time_is_known,
        }

    def list_in(self, services: MutableMapping[int, S], service: S) -> None:
        """Have callers find a service by the number of the endpoint."""
        endpoint_id = self.endpoint.endpoint_id
        services[endpoint_id] = service
        self._undo.append(lambda: services.pop(endpoint_id))

    def made(self, cluster: LocalCluster, *services: Service) -> ClusterInstance:
        """Return the cluster with its services; whoever takes it away has all undone."""
        return ClusterInstance(cluster=cluster, services=services, remove=self._remove)

    def _remove(self) -> None:
        while self._undo:
            self._undo.pop()()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature adds to a gateway.

    `clusters` are for the Smart Energy endpoint, `home_automation` for that of Home Automation.
    `services` run while the gateway does, `method_groups` have its RPC methods. `wanted_reports`
    says what remote servers are to report to it. `makers` make the clusters that have something
    of the feature behind them, for further endpoints of ours. For `health`, `notes` return what
    people should know of it, and `health` has facts by their names there. `scales` says for a
    cluster what numbers of devices come to by a scale of their own.
    """

    clusters: Sequence[LocalCluster] = ()
    home_automation: Sequence[LocalCluster] = ()
    services: Sequence[Service] = ()
    method_groups: Sequence[object] = ()
    wanted_reports: Sequence[WantedReports] = ()
    makers: Mapping[type[LocalCluster], MakeCluster] = msgspec.field(default_factory=dict)
    notes: Sequence[Callable[[], Sequence[str]]] = ()
    health: Mapping[str, Callable[[], Mapping[str, Any]]] = msgspec.field(default_factory=dict)
    scales: Mapping[int, DeviceScale] = msgspec.field(default_factory=dict)


def nothing(_host: Host) -> Part:
    """Add nothing to a gateway."""
    return Part()


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """All that there is of one feature. `name` is that of its folder.

    `clusters` are those whose commands and attributes it declares. `build` makes what it adds to a
    gateway. `served_as` and `used_as` are the words by which the topic `info` tells that the
    gateway has the server side of its clusters, or the client side. `method_groups` are the classes
    whose marked methods callers may call, `resources` what there is of them by REST,
    `notifications` what it tells without being asked.
    Callers may name its `cluster_classes`, on endpoints of ours, and its `records`, which they meet
    in calls or may send in frames of their own. `topics` builds what keeps its topics on MQTT, and
    `entities` who says which components Home Assistant shows because of it; from then on these go
    by signals. `simulated` gives what a simulated device does
    of it, of each kind that takes part, and `simulated_methods` the class of the methods by which
    callers act on such devices, which is made of SimulatedDevices.
    """

    name: str
    clusters: Sequence[ClusterDefinition] = ()
    build: Callable[[Host], Part] = nothing
    served_as: str | None = None
    used_as: str | None = None
    method_groups: Sequence[type[Any]] = ()
    resources: Sequence[Resource] = ()
    notifications: Sequence[NotificationType[Any]] = ()
    cluster_classes: Sequence[ClusterClass] = ()
    records: Sequence[type[Any]] = ()
    topics: Callable[[TopicHost], object] | None = None
    entities: Callable[[EntityHost], Entities] | None = None
    simulated: Simulate | None = None
    simulated_methods: type[Any] | None = None

    def words(self, endpoints: Iterable[Endpoint]) -> list[str]:
        """Return the words for what these endpoints have of it."""
        ours = {cluster.cluster_id for cluster in self.clusters}
        sides = {c.server for e in endpoints for c in e.clusters if c.cluster_id in ours}
        words = (
            self.served_as if True in sides else None,
            self.used_as if False in sides else None,
        )
        return [word for word in words if word is not None]
