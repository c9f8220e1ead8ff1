"""The parts that have attributes reported, in both directions, put together."""

from collections.abc import Callable, Mapping
from typing import Final

from sebridge.base.clock import Clock
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange, UrgentExchange
from sebridge.gateway.general_commands import ReportingTables
from sebridge.gateway.pairing import PairedAttribute
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.expectations import Expectation
from sebridge.gateway.reporting.expiry import expiry_by
from sebridge.gateway.reporting.flood_control import FloodControl
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.gateway.reporting.sender import ReportSender
from sebridge.gateway.reporting.subscriptions import ReportSubscriptions
from sebridge.gateway.reporting.watcher import Binder, ReportWatcher
from sebridge.network.directory import Directory
from sebridge.network.signals import DeviceRemoved
from sebridge.storage.collection import OpenCollection
from sebridge.zcl.cluster import Clusters
from sebridge.zcl.reporting import RECEIVING, SENDING, AttributeReportingConfigurationRecord

_LOOK_EVERY: Final = 1.0  # seconds between looks for reports that are due
_MOST_SENT: Final = 1024  # configurations of all peers together


class ReportingServices:
    """Which reports are expected and kept coming, and which we send.

    `endpoints` gives ours by id, `clusters` tells what attributes there should be;
    `open_collection` opens power-safe collections. A frame to a device has at most `longest_frame`
    octets; of its reports `most_reports` are taken within ten seconds. By `access` the gateway
    reads on its own; by `asked_access` and `asked_reporting` it does what somebody waits for.
    """

    def __init__(
        self,
        *,
        endpoints: Callable[[], Mapping[int, Endpoint]],
        exchange: Exchange,
        clusters: Clusters,
        binder: Binder,
        directory: Directory,
        open_collection: OpenCollection,
        longest_frame: Callable[[], int],
        most_reports: Callable[[], int],
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        asked = UrgentExchange(exchange)
        self.access = AttributeAccess(endpoints, exchange, clusters=clusters)
        self.asked_access = AttributeAccess(endpoints, asked, clusters=clusters)
        self.asked_reporting = RemoteReporting(asked)
        self.watcher = ReportWatcher(
            store=open_collection("expected_reports", PairedAttribute, Expectation),
            is_active=directory.is_active,
            servers=directory,
            access=self.access,
            reporting=RemoteReporting(exchange),
            binder=binder,
            clock=clock,
            bus=bus,
        )
        self.expectations = self.watcher.expectations
        self.floods = FloodControl(most_reports, clock, bus)
        self.expiry = expiry_by(self.expectations, directory.is_sleepy, directory.options)
        self.subscriptions = ReportSubscriptions(
            expectations=self.expectations,
            is_wanted=self.watcher.wants,
            access=self.asked_access,
            reporting=self.asked_reporting,
            clock=clock,
        )
        self.sender = ReportSender(
            endpoints=endpoints,
            exchange=exchange,
            is_active=directory.is_active,
            store=open_collection(
                "sent_reports", PairedAttribute, AttributeReportingConfigurationRecord
            ),
            clock=clock,
            period=lambda: _LOOK_EVERY,
            longest_frame=longest_frame,
            most=_MOST_SENT,
        )
        bus.listen(DeviceRemoved, lambda signal: self.sender.forget(signal.device))

    @property
    def tables(self) -> ReportingTables:
        """Who keeps the configurations of peers, by direction."""
        return {SENDING: self.sender, RECEIVING: self.subscriptions}

    @property
    def services(self) -> list[Service]:
        """What runs for reporting."""
        return [self.floods, self.watcher, self.sender]
