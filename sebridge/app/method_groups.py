"""Which RPC methods the gateway answers: those of no feature, and those of its features."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from sebridge.api.addressing import Addressing, Profiles
from sebridge.api.aliases import AliasMethods
from sebridge.api.attributes import AttributeMethods
from sebridge.api.binding import BindingMethods
from sebridge.api.devices import DeviceMethods, KnownDevices
from sebridge.api.gateway import GatewayMethods
from sebridge.api.modules import EndpointMethods, ModuleMethods
from sebridge.api.network import NetworkMethods
from sebridge.api.plugins import PluginMethods
from sebridge.api.radio_settings import RadioMethods
from sebridge.api.raw_zcl import RawZclMethods
from sebridge.api.reporting import ReportingMethods
from sebridge.api.reporting_configurations import ReportingConfigurationMethods
from sebridge.api.responses import ResponseMethods
from sebridge.app.catalogue import catalogue_of
from sebridge.app.display_clients import DisplayClients
from sebridge.app.energy_services import EnergyServices
from sebridge.app.features import FEATURES
from sebridge.app.network_settings import NetworkSettings
from sebridge.app.radio_keeper import RadioKeeper
from sebridge.app.reporting_services import ReportingServices
from sebridge.app.timekeeping import Timekeeping
from sebridge.base.clock import Clock
from sebridge.features.identify.methods import IdentifyMethods
from sebridge.features.load_control.methods import DRLCMethods
from sebridge.features.load_control.participation_methods import ParticipationMethods
from sebridge.features.messaging.methods import MessagingMethods
from sebridge.features.messaging.protected_methods import ProtectedMessageMethods
from sebridge.features.metering.meters import Meters
from sebridge.features.metering.methods import MeteringMethods
from sebridge.features.metering.queries import MeterQueries
from sebridge.features.price.methods import PriceMethods
from sebridge.features.price.value_methods import PriceValueMethods
from sebridge.features.time.methods import TimeMethods
from sebridge.features.time.synchronizer import Synchronizer
from sebridge.gateway.router import Router
from sebridge.modules.assembly import Assembly
from sebridge.network.descriptors import ZDODeviceRecord
from sebridge.network.directory import Directory
from sebridge.network.manager import DeviceManager
from sebridge.network.remote_bindings import RemoteBindings
from sebridge.network.trust_center import TrustCenter
from sebridge.radio.radio import Radio
from sebridge.rpc.alias import Aliases
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.response_buffer import ResponseBuffer
from sebridge.settings import entries
from sebridge.settings.options import Options
from sebridge.settings.registry import Registry
from sebridge.zcl.identifiers import SE_ENDPOINT

METHOD_GROUPS: Final[tuple[type[Any], ...]] = (
    GatewayMethods,
    NetworkMethods,
    RadioMethods,
    DeviceMethods,
    BindingMethods,
    AttributeMethods,
    ReportingMethods,
    ReportingConfigurationMethods,
    RawZclMethods,
    *(group for feature in FEATURES for group in feature.method_groups),
    ModuleMethods,
    EndpointMethods,
    AliasMethods,
    ResponseMethods,
    PluginMethods,
)
"""All groups, in the order in which people read of them."""


class Parts(KnownDevices, Profiles, Protocol):
    """The parts of the gateway that its methods need."""

    options: Options
    registry: Registry
    clock: Clock
    dispatcher: Dispatcher
    directory: Directory
    manager: DeviceManager
    trust_center: TrustCenter
    radio: Radio
    keeper: RadioKeeper
    network_settings: NetworkSettings
    time: Timekeeping
    synchronizer: Synchronizer
    exit: Callable[[], object]
    router: Router
    meters: Meters
    meter_queries: MeterQueries
    assembly: Assembly
    aliases: Aliases
    buffer: ResponseBuffer
    reporting: ReportingServices
    bindings: RemoteBindings

    @property
    def side(self) -> EnergyServices | DisplayClients:
        """What the gateway serves, or what it listens to."""

    def own_record(self) -> ZDODeviceRecord:
        """Return the gateway's own record."""


def method_groups_of(parts: Parts) -> list[object]:
    """Return all groups of methods; those of the role that the gateway has not say so."""
    registry, time, network = parts.registry, parts.time, parts.network_settings
    return [
        GatewayMethods(
            registry,
            parts.dispatcher.methods,
            lambda: catalogue_of(parts.assembly.loaded),
            parts.exit,
        ),
        TimeMethods(parts.clock, time.clock, parts.synchronizer, time.memory, time.zone),
        DeviceMethods(parts, parts.manager, parts.own_record),
        NetworkMethods(
            lambda: parts.radio.network,
            lambda: parts.keeper.association,
            parts.trust_center,
            lambda: network.plan.extended_pan_id,
        ),
        RadioMethods(
            network,
            parts.radio,
            registry.reader(entries.JOIN_INTERVAL),
            lambda seconds: registry.set(entries.JOIN_INTERVAL.name, seconds),
        ),
        *_zcl_groups(parts),
        MeteringMethods(parts.directory, parts.meters, parts.meter_queries),
        *_event_groups(parts.side),
        ModuleMethods(parts.assembly),
        EndpointMethods(parts.assembly.endpoints),
        AliasMethods(parts.aliases),
        ResponseMethods(parts.buffer),
        PluginMethods(),
    ]


def _zcl_groups(parts: Parts) -> list[object]:
    router, reporting = parts.router, parts.reporting
    addressing = Addressing(router.endpoints, parts, lambda: parts.radio.network.address)
    return [
        BindingMethods(addressing, parts, parts.bindings),
        AttributeMethods(addressing, reporting.access),
        IdentifyMethods(addressing, router),
        ReportingMethods(addressing, reporting.subscriptions, reporting.sender, reporting.remote),
        ReportingConfigurationMethods(
            addressing, reporting.expectations, reporting.sender, reporting.remote
        ),
        RawZclMethods(addressing, router.exchange),
    ]


def _event_groups(side: EnergyServices | DisplayClients) -> list[object]:
    if isinstance(side, EnergyServices):
        prices: Any = {SE_ENDPOINT: side.price_desk}, {}
        values: Any = {SE_ENDPOINT: side.value_desk}, {}
        loads: Any = {SE_ENDPOINT: side.drlc_desk}, {}
        messages: Any = {SE_ENDPOINT: side.message_desk}, {}
    else:
        prices = values = {}, {SE_ENDPOINT: side.price_box}
        loads = {}, {SE_ENDPOINT: side.load_control_box}
        messages = {}, {SE_ENDPOINT: side.message_box}
    return [
        PriceMethods(servers=prices[0], clients=prices[1]),
        PriceValueMethods(servers=values[0], clients=values[1]),
        DRLCMethods(servers=loads[0], clients=loads[1]),
        ParticipationMethods(clients=loads[1]),
        MessagingMethods(servers=messages[0], clients=messages[1]),
        ProtectedMessageMethods(servers=messages[0], clients=messages[1]),
    ]
