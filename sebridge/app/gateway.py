"""The gateway without its doors: radio, devices, clusters, reporting, and the RPC methods."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
import logging
from random import Random
from typing import Any, Final, Protocol

import zigpy.types as t
from zigpy.zdo.types import MultiAddress, SimpleDescriptor, ZDOCmd

from sebridge.api.devices import DeviceMethods
from sebridge.api.drlc import DRLCMethods
from sebridge.api.gateway import GatewayMethods
from sebridge.api.messaging import MessagingMethods
from sebridge.api.network import NetworkMethods
from sebridge.api.notifications import Notifier, Sink
from sebridge.api.price import PriceMethods
from sebridge.api.zcl import ZclMethods
from sebridge.app.catalogue import catalogue_of, own_device_record
from sebridge.app.radio_keeper import RadioKeeper
from sebridge.base.clock import Clock, unix_time, zigbee_time
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.clusters.basic import BasicClient, BasicServer
from sebridge.clusters.drlc_server import DrlcServer
from sebridge.clusters.endpoint import Endpoint, Router
from sebridge.clusters.event_server import EventServer
from sebridge.clusters.exchange import Exchange
from sebridge.clusters.identify import IdentifyClient, IdentifyServer
from sebridge.clusters.messaging_server import MessagingServer
from sebridge.clusters.metering_client import MeteringClient
from sebridge.clusters.price_server import PriceServer
from sebridge.clusters.publisher import EventPublisher
from sebridge.clusters.time_server import TimeServer
from sebridge.devices.descriptors import ZDODeviceRecord
from sebridge.devices.directory import Directory
from sebridge.devices.known_device import KnownDevice
from sebridge.devices.manager import DeviceManager, DeviceRules
from sebridge.devices.peer import Peer
from sebridge.devices.signals import JoiningChanged
from sebridge.devices.trust_center import TrustCenter
from sebridge.radio.radio import Incoming, Radio
from sebridge.radio.zdo_server import Binding
from sebridge.reporting.identity import IdentityReader
from sebridge.reporting.meters import MeterConfiguration, Meters
from sebridge.reporting.reader import RemoteReader
from sebridge.reporting.receiver import BoundaryReader, ReportReceiver
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.runner import ScheduleRunner
from sebridge.schedule.schedule import Schedule
from sebridge.settings import entries
from sebridge.settings.options import Options
from sebridge.settings.registry import Registry
from sebridge.smartenergy.drlc import LoadControlEventRecord
from sebridge.smartenergy.identifiers import (
    ENERGY_SERVICE_INTERFACE,
    HA_COMBINED_INTERFACE,
    HA_ENDPOINT,
    HA_PROFILE,
    SE_ENDPOINT,
    SE_PROFILE,
)
from sebridge.smartenergy.messaging import DisplayMessageRecord
from sebridge.smartenergy.price import PublishPriceRecord

_LOGGER = logging.getLogger(__name__)

_UNICAST: Final = 0x03  # addressing mode: 64-bit address and endpoint

MANUFACTURER: Final = "sebridge"
"""What devices read in our Basic cluster."""


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


MakeRadio = Callable[[Sequence[SimpleDescriptor], MutableMapping[Any, Any]], Radio]


class Gateway:
    """An energy service interface: what it knows, what it does, and the methods to ask it.

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
        keep = ground.collections.collection
        self.registry = Registry(keep("registry", str, Any), ground.bus, options.registry)
        self.directory = Directory(keep("devices", t.EUI64, KnownDevice), ground.clock, ground.bus)
        self._build_servers(keep)
        self.endpoints = self._endpoints()
        descriptors = [endpoint.descriptor() for endpoint in self.endpoints]
        self.radio = make_radio(descriptors, keep("bindings", Binding, bool))
        self._build_devices(ground, keep)
        self._build_traffic(ground, keep)
        self._build_publishers(ground)
        self.notifier = Notifier(
            ground.bus, ground.clock, notify, self.registry.reader(entries.DEBUG_RPC_SEVERITY)
        )
        self.dispatcher = Dispatcher(ground.durable)
        self.dispatcher.register(self._chapters())
        ground.bus.listen(JoiningChanged, self._on_joining)

    # ------------------------------------------------------------------ parts, bottom up

    def _build_servers(self, keep: Callable[[str, Any, Any], MutableMapping[Any, Any]]) -> None:
        prices = keep("prices", int, ScheduledEvent[PublishPriceRecord])
        loads = keep("load_control", int, ScheduledEvent[LoadControlEventRecord])
        messages = keep("messages", int, ScheduledEvent[DisplayMessageRecord])
        self.prices = PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, prices))
        self.load_control = DrlcServer(SE_ENDPOINT, Schedule(Policy.LOAD_CONTROL, loads))
        self.messages = MessagingServer(SE_ENDPOINT, Schedule(Policy.MESSAGE, messages))

    def _endpoints(self) -> list[Endpoint]:
        model = f"ESI {self.options.gateway.name}"[:32]
        now = self._zigbee_now
        smart_energy = Endpoint(
            SE_ENDPOINT,
            SE_PROFILE,
            ENERGY_SERVICE_INTERFACE,
            (
                BasicServer(MANUFACTURER, model),
                IdentifyServer(now),
                TimeServer(now),
                self.prices,
                self.load_control,
                self.messages,
                BasicClient(),
                IdentifyClient(),
                MeteringClient(),
            ),
        )
        home_automation = Endpoint(
            HA_ENDPOINT,
            HA_PROFILE,
            HA_COMBINED_INTERFACE,
            (
                BasicServer(MANUFACTURER, model),
                IdentifyServer(now),
                TimeServer(now),
                BasicClient(),
                IdentifyClient(),
                MeteringClient(),
            ),
        )
        return [smart_energy, home_automation]

    def _build_devices(
        self, ground: Ground, keep: Callable[[str, Any, Any], MutableMapping[Any, Any]]
    ) -> None:
        registry = self.registry
        self.trust_center = TrustCenter(
            self.radio,
            keep("link_keys", t.EUI64, Secret),
            ground.clock,
            ground.bus,
            registry.reader(entries.REQUIRE_EXPLICIT_ADD),
        )
        rules = DeviceRules(
            max_failures=registry.reader(entries.MAX_TX_FAILURES),
            refresh_interval=registry.reader(entries.REFRESH_INTERVAL),
            answer_within=registry.reader(entries.ANSWER_TIMEOUT),
        )
        self.manager = DeviceManager(
            self.radio, self.directory, self.trust_center, ground.clock, rules
        )

    def _build_traffic(
        self, ground: Ground, keep: Callable[[str, Any, Any], MutableMapping[Any, Any]]
    ) -> None:
        answer_within = self.registry.reader(entries.ANSWER_TIMEOUT)
        exchange = Exchange(self.manager, ground.clock, answer_within)
        self.reader = RemoteReader(exchange)
        self.meters = Meters(keep("meters", str, MeterConfiguration))
        self.reports = ReportReceiver(
            self.reader, self, self.directory, self.meters, ground.clock, ground.bus
        )
        self.router = Router(self.endpoints, exchange, ground.clock, ground.bus, self.reports)
        self.router.encryption_required = lambda: not self.registry[entries.DISABLE_APS_ENCRYPTION]
        self.identities = IdentityReader(self.reader, self.directory, ground.bus)
        self.keeper = RadioKeeper(self.radio, self, self, ground.clock, ground.bus)

    def _build_publishers(self, ground: Ground) -> None:
        self.runner = ScheduleRunner(ground.clock)
        self.price_desk = self._desk(self.prices, ground)
        self.drlc_desk = self._desk(self.load_control, ground)
        self.message_desk = self._desk(self.messages, ground)
        self.boundaries = BoundaryReader(self.reports, self._next_price_change, ground.clock)

    def _desk(self, server: EventServer[Any], ground: Ground) -> EventPublisher[Any]:
        endpoint = self.endpoints[0]
        desk: EventPublisher[Any] = EventPublisher(
            endpoint, server, self.router, self.directory, ground.clock, ground.bus
        )
        desk.interval = self.registry.reader(entries.RETRANSMISSION_INTERVAL)
        desk.patience = self.registry.reader(entries.TX_STATUS_TIMEOUT)
        desk.woken = self.runner.wake
        self.runner.serve(server, lambda news: self.router.carry_out(endpoint, server, news))
        return desk

    def _chapters(self) -> list[object]:
        configured = self.options.radio.extended_pan_id
        own_id = 0 if configured is None else int.from_bytes(configured.serialize(), "little")
        return [
            GatewayMethods(
                self.registry, self.clock, self.dispatcher.methods, catalogue_of(self.endpoints)
            ),
            DeviceMethods(self, self.manager, self.own_record),
            NetworkMethods(lambda: self.radio.network, self.trust_center, own_id),
            ZclMethods(self.router, self.reader, self),
            PriceMethods({SE_ENDPOINT: self.price_desk}),
            DRLCMethods({SE_ENDPOINT: self.drlc_desk}),
            MessagingMethods({SE_ENDPOINT: self.message_desk}),
        ]

    # ------------------------------------------------------------------ life

    @property
    def services(self) -> list[Service]:
        """All services in the order in which they start."""
        return [
            self.router,
            self.trust_center,
            self.keeper,
            self.manager,
            self.reports,
            self.identities,
            self.price_desk,
            self.drlc_desk,
            self.message_desk,
            self.runner,
            self.boundaries,
        ]

    # ------------------------------------------------------------------ what the radio tells

    def received(self, frame: Incoming) -> None:
        """Take a frame from the air."""
        self.manager.seen(frame)
        if frame.destination_endpoint:
            self.router.received(frame)

    def joined(self, device: t.EUI64, nwk: int) -> None:
        """Know that a device joined."""
        self.manager.joined(device, nwk)

    def left(self, device: t.EUI64) -> None:
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

    # ------------------------------------------------------------------ what others ask

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Ask a device to send what a cluster has to tell to an endpoint of ours."""
        own = self.radio.network.address
        target = _binding_target(own, local_endpoint)
        fields = await self.manager.zdo.ask(
            peer.device, ZDOCmd.Bind_req, peer.device, peer.endpoint, cluster_id, target
        )
        return int(fields["Status"])

    def record(self, device: t.EUI64) -> ZDODeviceRecord:
        """Return what is known of a device."""
        return self.directory.record(device)

    def records(self) -> list[ZDODeviceRecord]:
        """Return what is known of all devices."""
        return [self.directory.record(known.eui64) for known in self.directory]

    def profile_of(self, device: t.EUI64, endpoint: int) -> int | None:
        """Return the profile of a device's endpoint, None while it is not known."""
        descriptor = self.directory[device].simple_descriptors.get(endpoint)
        profile = None if descriptor is None else descriptor.profile_id
        return profile if isinstance(profile, int) else None

    def own_record(self) -> ZDODeviceRecord:
        """Return the gateway's own record."""
        return own_device_record(self.radio.network, self.endpoints)

    def _zigbee_now(self) -> int:
        return zigbee_time(self.clock.utc())

    def _next_price_change(self) -> float | None:
        change = self.prices.next_change(self._zigbee_now())
        return None if change is None else unix_time(change)

    def _on_joining(self, signal: JoiningChanged) -> None:
        self.joining_until = signal.until


def _binding_target(own: t.EUI64, local_endpoint: int) -> MultiAddress:
    """Return our endpoint as the destination of a binding."""
    return MultiAddress(addrmode=_UNICAST, ieee=own, endpoint=local_endpoint)
