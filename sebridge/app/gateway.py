"""The gateway without its doors: radio, devices, clusters, reporting, and the RPC methods."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial
import logging
from random import Random
from secrets import SystemRandom
from typing import Any, Final, Protocol

from sebridge.api.notifications import NotificationFanOut, Sink
from sebridge.app.assembling import UserCode, assemble
from sebridge.app.built_in_classes import MANUFACTURER
from sebridge.app.catalogue import own_device_record
from sebridge.app.clusters import CLUSTERS
from sebridge.app.display_clients import DisplayClients
from sebridge.app.energy_services import EnergyServices, Keep, Traffic
from sebridge.app.features import notification_types
from sebridge.app.membership import Membership
from sebridge.app.method_groups import method_groups_of
from sebridge.app.network_settings import NetworkSettings
from sebridge.app.radio_keeper import RadioKeeper
from sebridge.app.reporting_services import ReportingServices
from sebridge.app.rpc_options import limits_of, policy_of, responses_are_kept
from sebridge.app.security import Grounds, Proofs, Security
from sebridge.app.timekeeping import Timekeeping, memory_of
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.computing import at_once
from sebridge.base.errors import RefusedError
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.features.basic.cluster import BATTERY, BasicClient, BasicServer
from sebridge.features.basic.identity import IdentityReader
from sebridge.features.identify.cluster import IdentifyClient, IdentifyServer
from sebridge.features.keep_alive.cluster import KeepAliveClient, KeepAliveServer
from sebridge.features.metering.client import MeteringClient
from sebridge.features.metering.meters import MeterConfiguration, Meters
from sebridge.features.metering.queries import MeterQueries
from sebridge.features.metering.readings import WANTED, MeterReadings
from sebridge.features.mirrors.host import MirrorHost
from sebridge.features.time.zone import system_zone
from sebridge.gateway.admission import FrameStatistics, Gate, KeyTrust, KnownSenders
from sebridge.gateway.attribute_room import AttributeRoom
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.encryption import EncryptionRules
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.gateway.router import Router
from sebridge.network.descriptors import ZDODeviceRecord
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.network.link_keys import LinkKey
from sebridge.network.manager import DeviceManager, DeviceRules
from sebridge.network.peer import Peer
from sebridge.network.remote_bindings import RemoteBindings
from sebridge.network.searching import joining_every
from sebridge.network.signals import JoiningChanged, NetworkTimeSet
from sebridge.network.trust_center import TrustCenter
from sebridge.radio.network_plan import configured_plan
from sebridge.radio.radio import Incoming, NetworkPlan, Radio
from sebridge.radio.zdo_server import Binding
from sebridge.rpc.alias import Aliases
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.response_buffer import ResponseBuffer, StoredResponse
from sebridge.schedule.runner import ScheduleRunner
from sebridge.settings import entries
from sebridge.settings.options import Options
from sebridge.settings.registry import Registry
from sebridge.zcl.identifiers import (
    DEVICE_NAMES,
    HA_COMBINED_INTERFACE,
    HA_ENDPOINT,
    HA_PROFILE,
    METERING,
    SE_ENDPOINT,
    SE_PROFILE,
)
from sebridge.zcl.zdo import SimpleDescriptor

_LOGGER = logging.getLogger(__name__)

COORDINATOR: Final = "coordinator"
"""The role of a gateway that forms the network and is its trust centre; others join one."""
DISPLAY: Final = "display"
"""The role of a gateway that listens instead of serving."""

COLLECTED: Final = "collected"
"""The form of attribute reports in which one message tells all of a frame."""


class Collections(Protocol):
    """Where what must survive is kept."""

    def collection(self, name: str, key_kind: Any, value_kind: Any) -> MutableMapping[Any, Any]:
        """Return the collection of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the gateway stands on, all of it handed in."""

    clock: Clock
    random: Random
    bus: SignalBus
    collections: Collections
    durable: Callable[[], Awaitable[None]]
    exit: Callable[[], object] = lambda: None
    """What ends the process, some moments later."""
    system_zone: Callable[[], tzinfo] = system_zone
    proofs: Proofs = field(
        default_factory=lambda: Proofs(
            own=CertificateStore(), randomness=SystemRandom(), compute=at_once
        )
    )


MakeRadio = Callable[[Sequence[SimpleDescriptor], MutableMapping[Any, Any]], Radio]


class Gateway:
    """An energy service interface, or a display: what it knows, and the methods to ask it.

    `make_radio` is given the descriptors of our endpoints and the binding table.
    """

    def __init__(
        self, options: Options, ground: Ground, make_radio: MakeRadio, notify: Sink
    ) -> None:
        self.options = options
        self.clock = ground.clock
        self.bus = ground.bus
        self.started = ground.clock.utc()
        self.joining_until: float | None = None
        self.exit = ground.exit
        keep = ground.collections.collection
        self.registry = Registry(keep("registry", str, Any), ground.bus, options.registry)
        self.attribute_room = AttributeRoom()
        self.directory = Directory(keep("devices", Eui64, KnownDevice), ground.clock, ground.bus)
        self._joins = options.gateway.role != COORDINATOR
        memory = memory_of(keep, self.registry, ground.system_zone)
        self.time = Timekeeping(ground.clock, memory, joins=self._joins)
        self._energy: EnergyServices | None = None
        self._display: DisplayClients | None = None
        if options.gateway.role == DISPLAY:
            self._display = DisplayClients(
                ground.random, keep, lambda: self.time.known, options.gateway.message_pin
            )
        else:
            self._energy = EnergyServices(keep, self.time.server())
        self.security = Security(ground.proofs, options.security)
        self.mirrors = MirrorHost(
            store=keep("mirrors", int, Peer),
            make_basic=lambda: BasicServer(MANUFACTURER, "mirror", BATTERY),
            bus=ground.bus,
        )
        self.endpoints = self._endpoints(keep)
        self.radio = make_radio(
            [endpoint.descriptor() for endpoint in self.endpoints], keep("bindings", Binding, bool)
        )
        self._build_devices(ground, keep)
        self._build_traffic(ground, keep)
        self._open_desks(ground)
        self._open_rpc(ground, notify)
        ground.bus.listen(JoiningChanged, self._on_joining)

    # ------------------------------------------------------------------ parts, bottom up

    def _endpoints(self, keep: Keep) -> list[Endpoint]:
        side = self.side
        model = f"{DEVICE_NAMES[side.device_id]} {self.options.gateway.name}"[:32]
        common: tuple[LocalCluster, ...] = (
            BasicServer(MANUFACTURER, model, store=keep("basic_attributes", int, Any)),
            IdentifyServer(self.time.now),
            BasicClient(),
            IdentifyClient(),
        )
        metering = MeteringClient(None if self._energy is None else self.mirrors)
        keep_alive = KeepAliveClient() if self._joins else KeepAliveServer()
        own = (*common, metering, *side.clusters, keep_alive, *self.security.clusters.both)
        smart_energy = Endpoint(SE_ENDPOINT, SE_PROFILE, side.device_id, own)
        home_automation = Endpoint(
            HA_ENDPOINT,
            HA_PROFILE,
            HA_COMBINED_INTERFACE,
            (*common, MeteringClient(), self.time.server()),
        )
        return [smart_energy, home_automation]

    def _build_devices(self, ground: Ground, keep: Keep) -> None:
        registry = self.registry
        self.trust_center = TrustCenter(
            self.radio,
            keep("link_keys", Eui64, Secret),
            ground.clock,
            ground.bus,
            registry.reader(entries.REQUIRE_EXPLICIT_ADD),
            established=keep("established_keys", Eui64, LinkKey),
        )
        rules = DeviceRules(
            max_failures=registry.reader(entries.MAX_TX_FAILURES),
            refresh_interval=registry.reader(entries.REFRESH_INTERVAL),
            answer_within=registry.reader(entries.ANSWER_TIMEOUT),
            sent_within=registry.reader(entries.TX_STATUS_TIMEOUT),
            retries=registry.reader(entries.SOCKET_RETRIES),
        )
        self.manager = DeviceManager(
            self.radio, self.directory, self.trust_center, ground.clock, rules
        )

    def _build_reporting(self, ground: Ground, exchange: Exchange) -> None:
        keep = ground.collections.collection
        self.bindings = RemoteBindings(self.manager.zdo, lambda: self.radio.network.address)
        access = AttributeAccess(lambda: self.router.endpoints, exchange, clusters=CLUSTERS)
        self.meters = Meters(keep("meters", str, MeterConfiguration))
        readings = MeterReadings(meters=self.meters, reader=access, bus=ground.bus)
        meters_reports = WantedReports(
            cluster_id=METERING,
            records=WANTED,
            prepare=readings.prepare,
            sleeps=self.mirrors.stands_for,
        )
        self.reporting = ReportingServices(
            endpoints=lambda: self.router.endpoints,
            exchange=exchange,
            access=access,
            wanted=[meters_reports],
            binder=self.bindings,
            directory=self.directory,
            keep=keep,
            clock=ground.clock,
            bus=ground.bus,
        )
        self.reports = self.reporting.receiver
        self.identities = IdentityReader(self.reader, self.directory, ground.bus)

    def _build_traffic(self, ground: Ground, keep: Keep) -> None:
        answer_within = self.registry.reader(entries.ANSWER_TIMEOUT)
        self.key_trust = KeyTrust(
            proof_required=self.security.required,
            holders=(self.trust_center, self.radio),
            demanded=lambda: not self.registry[entries.DISABLE_APS_ENCRYPTION],
        )
        self.encryption = EncryptionRules()
        exchange = Exchange(
            self.manager,
            ground.clock,
            answer_within,
            encryption=self.encryption,
            may_be_told=self.key_trust.may_be_told,
            no_default_response=self.registry.reader(entries.DISABLE_DEFAULT_RESPONSE),
        )
        self.reader = RemoteReader(exchange)
        self._build_reporting(ground, exchange)
        statistics = FrameStatistics()
        self.router = Router(
            self.endpoints,
            exchange,
            self.time.clock,
            ground.bus,
            self.reports,
            reporting_tables=self.reporting.tables,
            statistics=statistics,
        )
        self.gate = Gate(
            self.router,
            exchange,
            senders=KnownSenders(
                directory=self.directory,
                admits_strangers=self.trust_center.admits_strangers,
                our_trust_center=lambda: self.radio.network.trust_center,
            ),
            encryption=self.encryption,
            keys=self.key_trust,
            statistics=statistics,
            clock=ground.clock,
            bus=ground.bus,
        )
        self.router.changed = self._offer
        self.mirrors.serve(self.router)
        self.meter_queries = MeterQueries(exchange, self.meters)
        if self._display is not None:
            self.router.durable = ground.durable  # what it says it took, it must not take twice
        interval = self.registry.reader(entries.JOIN_INTERVAL)
        joining = partial(joining_every, interval) if self._joins else None
        self.keeper = RadioKeeper(self.radio, self, self, ground.clock, ground.bus, joining)
        self.network_settings = NetworkSettings(
            keep("network_plan", str, NetworkPlan),
            configured_plan(self.options.radio),
            self.radio,
            self._leave_network,
            joins=self._joins,
        )
        grounds = Grounds(
            radio=self.radio,
            router=self.router,
            directory=self.directory,
            manager=self.manager,
            trust_center=self.trust_center,
            load_control=None if self._energy is None else self._energy.load_control,
            clock=ground.clock,
            bus=ground.bus,
        )
        self.security.open(grounds)
        membership = None
        if self._joins:
            lost, random = self.keeper.search, ground.random
            membership = Membership(grounds, self.time.network, lost, random)
        self._membership = [] if membership is None else membership.services
        desk = None if membership is None else membership.time_desk
        randomness = ground.proofs.randomness
        self.synchronizer = self.time.open(self.registry, randomness, ground.bus, desk)

    def _open_desks(self, ground: Ground) -> None:
        self.runner = ScheduleRunner(self.time.clock)
        ground.bus.listen(NetworkTimeSet, lambda _signal: self.runner.wake())
        self.side.open(
            Traffic(
                endpoint=self.endpoints[0],
                router=self.router,
                directory=self.directory,
                runner=self.runner,
                registry=self.registry,
                read_meters=lambda: self.reporting.watcher.read_now(METERING),
                clock=self.time.clock,
                bus=ground.bus,
            )
        )

    def _open_rpc(self, ground: Ground, notify: Sink) -> None:
        keep, options = ground.collections.collection, self.options
        kept = keep("responses", int, StoredResponse) if responses_are_kept(options) else {}
        self.aliases = Aliases(keep("aliases", str, str), limits_of(options.rpc.xml))
        self.buffer = ResponseBuffer(kept, self.registry.reader(entries.MAX_BUFFER_ITEMS))
        self.notifications = NotificationFanOut(
            notification_types(collected=options.rpc.attribute_reports == COLLECTED),
            bus=ground.bus,
            clock=ground.clock,
            sinks=(notify,),
            least_sent=self.registry.reader(entries.DEBUG_RPC_SEVERITY),
            least_logged=self.registry.reader(entries.DEBUG_PRINT_SEVERITY),
        )
        self.dispatcher = Dispatcher(ground.durable, policy_of(options.rpc.policy))
        self.assembly = assemble(
            options.modules,
            keep,
            self.router,
            self.dispatcher,
            UserCode(notify=notify, clock=ground.clock, zigbee_now=self.time.now, bus=ground.bus),
            self.encryption,
        )
        self.dispatcher.register(method_groups_of(self))

    @property
    def side(self) -> EnergyServices | DisplayClients:
        """What we serve, or what we listen to."""
        side = self._energy or self._display
        assert side is not None
        return side

    @property
    def energy(self) -> EnergyServices:
        """What we serve; RefusedError for a display, which serves nothing."""
        if self._energy is None:
            raise RefusedError("a display serves no events")
        return self._energy

    @property
    def display(self) -> DisplayClients:
        """What we listen to; RefusedError for an energy service interface."""
        if self._display is None:
            raise RefusedError("an energy service interface listens to no events")
        return self._display

    # ------------------------------------------------------------------ life

    @property
    def services(self) -> list[Service]:
        """All services in the order in which they start."""
        return [
            self.router,
            self.assembly,
            self.trust_center,
            *self.security.services,
            self.keeper,
            self.manager,
            *self._membership,
            self.synchronizer,
            *self.reporting.services,
            self.identities,
            *self.side.services,
            self.runner,
        ]

    # ------------------------------------------------------------------ what the radio is told

    def _offer(self) -> None:
        self.radio.offer([endpoint.descriptor() for endpoint in self.router.endpoints.values()])

    # ------------------------------------------------------------------ what the radio tells

    def received(self, frame: Incoming) -> None:
        """Take a frame from the air."""
        self.manager.seen(frame)
        if frame.destination_endpoint:
            self.gate.received(frame)

    def joined(self, device: Eui64, nwk: int) -> None:
        """Know that a device joined."""
        self.manager.joined(device, nwk)

    def left(self, device: Eui64) -> None:
        """Know that a device left."""
        self.manager.left(device)

    def lost(self, reason: Exception) -> None:
        """Know that the connection to the radio broke."""
        self.keeper.lost(reason)

    def remember(self) -> None:
        """Tell a radio that has just been started of all known devices."""
        self.manager.remember()

    async def restore(self) -> None:
        """Give a radio that has just been started the link keys of all devices."""
        await self.trust_center.restore()
        self.security.check_address(self.radio.network.address)

    # ------------------------------------------------------------------ what others ask

    async def _leave_network(self, reason: str) -> None:
        """Leave or dissolve the network, and begin anew; whose network it was is off it."""
        await self.keeper.leave(reason)
        if not self._joins:
            for known in self.directory:
                self.manager.left(known.eui64)

    def record(self, device: Eui64) -> ZDODeviceRecord:
        """Return what is known of a device."""
        return self.directory.record(device)

    def records(self) -> list[ZDODeviceRecord]:
        """Return what is known of all devices."""
        return [self.directory.record(known.eui64) for known in self.directory]

    def profile_of(self, device: Eui64, endpoint: int) -> int | None:
        """Return the profile of a device's endpoint, None while it is not known."""
        descriptor = self.directory[device].simple_descriptors.get(endpoint)
        profile = None if descriptor is None else descriptor.profile_id
        return profile if isinstance(profile, int) else None

    def own_record(self) -> ZDODeviceRecord:
        """Return the gateway's own record."""
        return own_device_record(self.radio.network, list(self.router.endpoints.values()))

    def _on_joining(self, signal: JoiningChanged) -> None:
        self.joining_until = signal.until
