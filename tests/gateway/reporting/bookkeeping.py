"""What keeps reports coming, over the recording radio."""

from collections.abc import Sequence

from sebridge.app.clusters import CLUSTERS
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.expectations import Expectation
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.gateway.reporting.signals import AttributesReported, LocalAttributesReported
from sebridge.gateway.reporting.subscriptions import ReportSubscriptions
from sebridge.gateway.reporting.watcher import ReportWatcher, WantedReports
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import METERING, SE_PROFILE
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.gateway.radio_side import peer
from tests.gateway.reporting.remote import Places

FAR = Pairing(peer(), 0x5E, METERING, server=False)

WANTED = (
    AttributeReportingConfigurationRecord(0x0000, 0, 0x25, 10, 300, 1),
    AttributeReportingConfigurationRecord(0x0001, 0, 0x25, 10, 300, 1),
    AttributeReportingConfigurationRecord(0x0400, 0, 0x2A, 5, 300, 1),
    AttributeReportingConfigurationRecord(0x0200, 0, 0x18, 1, 3600),
)
"""What a test has meters report, as the gateway would."""


class Books:
    """A watcher with its parts, what it keeps, and what was told."""

    def __init__(
        self,
        exchange: Exchange,
        places: Places,
        clock: VirtualClock,
        bus: SignalBus,
        *,
        wanted: Sequence[WantedReports] = (),
        endpoint: Endpoint | None = None,
    ) -> None:
        self.absent: set[Eui64] = set()
        self.kept: dict[PairedAttribute, Expectation] = {}
        endpoints = {} if endpoint is None else {endpoint.endpoint_id: endpoint}
        self.access = AttributeAccess(lambda: endpoints, exchange, clusters=CLUSTERS)
        reporting = RemoteReporting(exchange)
        self.watcher = ReportWatcher(
            store=self.kept,
            is_active=lambda device: device not in self.absent,
            servers=places,
            access=self.access,
            reporting=reporting,
            binder=places,
            clock=clock,
            bus=bus,
        )
        self.watcher.want(wanted)
        self.expectations = self.watcher.expectations
        self.subscriptions = ReportSubscriptions(
            expectations=self.expectations,
            is_wanted=self.watcher.wants,
            access=self.access,
            reporting=reporting,
            clock=clock,
        )
        self.told: list[AttributesReported] = []
        self.near: list[LocalAttributesReported] = []
        bus.listen(AttributesReported, self.told.append)
        bus.listen(LocalAttributesReported, self.near.append)


def report(*attribute_ids: int, pairing: Pairing = FAR) -> AttributesReported:
    """Return what the other side of a pairing reports of these attributes."""
    return AttributesReported(
        pairing.peer.device,
        pairing.peer.endpoint,
        pairing.local_endpoint,
        SE_PROFILE,
        pairing.cluster_id,
        1 if pairing.server else 0,
        pairing.manufacturer_code,
        [AttributeValue(attribute_id, 0x25, 1, b"") for attribute_id in attribute_ids],
        reported=True,
        time=0.0,
    )
