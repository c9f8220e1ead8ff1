"""Which RPC methods the gateway answers: those of no feature, and those of its features."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sebridge.api.addressing import Addressing
from sebridge.api.aliases import AliasMethods
from sebridge.api.attributes import AttributeMethods
from sebridge.api.backup import BackupMethods
from sebridge.api.binding import BindingMethods
from sebridge.api.clusters import ClusterMethods
from sebridge.api.coming_attributes import ComingAttributeMethods
from sebridge.api.configuration import ConfigurationMethods
from sebridge.api.devices import DeviceMethods
from sebridge.api.event_deliveries import EventDeliveryMethods
from sebridge.api.frames import DeviceScale, FrameMethods
from sebridge.api.gateway import GatewayMethods
from sebridge.api.log import LogMethods
from sebridge.api.modules import EndpointMethods, ModuleMethods
from sebridge.api.network import NetworkMethods
from sebridge.api.plugins import PluginMethods
from sebridge.api.radio_settings import RadioMethods
from sebridge.api.raw_zcl import RawZclMethods
from sebridge.api.report import ReportMethods
from sebridge.api.reporting import ReportingMethods
from sebridge.api.reporting_configurations import ReportingConfigurationMethods
from sebridge.api.responses import ResponseMethods
from sebridge.app.catalogue import catalogue_of, own_device_record
from sebridge.app.certificate_registers import CertificateRegisters
from sebridge.app.network import Network
from sebridge.app.ports import Ports
from sebridge.feature import Feature
from sebridge.gateway.events.delivery_log import DeliveryLog
from sebridge.modules.assembly import Assembly
from sebridge.network.descriptors import ZDODeviceRecord
from sebridge.plugins.manager import PluginManager
from sebridge.radio.replaying import replay
from sebridge.rpc.alias import Aliases
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.response_buffer import ResponseBuffer
from sebridge.settings import entries
from sebridge.zcl.cluster import Clusters

_FIRST: Final[tuple[type[Any], ...]] = (
    GatewayMethods,
    NetworkMethods,
    RadioMethods,
    DeviceMethods,
    BindingMethods,
    AttributeMethods,
    ClusterMethods,
    ReportingMethods,
    ReportingConfigurationMethods,
    ComingAttributeMethods,
    RawZclMethods,
    FrameMethods,
)
_LAST: Final[tuple[type[Any], ...]] = (
    EventDeliveryMethods,
    ModuleMethods,
    EndpointMethods,
    AliasMethods,
    ResponseMethods,
    PluginMethods,
    LogMethods,
    ConfigurationMethods,
    ReportMethods,
    BackupMethods,
)


def method_groups(features: Sequence[Feature]) -> tuple[type[Any], ...]:
    """Return all groups of a gateway of these features, in the order in which people read of them.

    Those of the features stand between those of the network and those of the gateway itself.
    """
    return (*_FIRST, *(group for feature in features for group in feature.method_groups), *_LAST)


def method_groups_of(
    network: Network,
    ports: Ports,
    *,
    dispatcher: Dispatcher,
    addressing: Addressing,
    assembly: Assembly,
    plugins: PluginManager,
    aliases: Aliases,
    buffer: ResponseBuffer,
    delivery_logs: Mapping[tuple[int, int], DeliveryLog],
    clusters: Clusters,
    scales: Mapping[int, DeviceScale],
    certificate_store: Path | None,
) -> list[object]:
    """Return the groups of methods that belong to no feature, but for those of `Support`."""
    registry, radio, plan = network.registry, network.radio, network.network_settings
    reporting = network.reporting
    remote = reporting.asked_reporting

    def own_record() -> ZDODeviceRecord:
        return own_device_record(radio.network, list(network.endpoints.values()))

    return [
        GatewayMethods(
            registry,
            dispatcher.methods,
            lambda: catalogue_of(assembly.loaded),
            ports.exit,
        ),
        DeviceMethods(network.directory, network.manager, own_record),
        NetworkMethods(
            lambda: radio.network,
            lambda: network.keeper.association,
            network.trust_center,
            lambda: plan.plan.extended_pan_id,
            network.survey.take,
        ),
        RadioMethods(
            plan,
            CertificateRegisters(radio, certificate_store, lambda: radio.network.address),
            registry.reader(entries.JOIN_INTERVAL),
            lambda seconds: registry.set(entries.JOIN_INTERVAL.name, seconds),
        ),
        BindingMethods(addressing, network.directory, network.bindings),
        AttributeMethods(addressing, reporting.asked_access),
        ClusterMethods(clusters),
        ReportingMethods(addressing, reporting.subscriptions, reporting.sender, remote),
        ReportingConfigurationMethods(addressing, reporting.expectations, reporting.sender, remote),
        ComingAttributeMethods(reporting.watcher.coming),
        RawZclMethods(addressing, network.router.exchange, clusters=clusters),
        FrameMethods(
            radio.recorder,
            lambda: radio.network,
            lambda frame: replay(frame, radio, ports.ether),
            clusters=clusters,
            scales=scales,
        ),
        EventDeliveryMethods(delivery_logs),
        ModuleMethods(assembly),
        EndpointMethods(assembly.endpoints),
        AliasMethods(aliases),
        ResponseMethods(buffer),
        PluginMethods(plugins),
    ]
