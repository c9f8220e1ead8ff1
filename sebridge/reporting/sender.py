"""Reports of our own attributes, to those who configured them."""

from collections.abc import Callable
import logging

from typing_extensions import override
from zigpy.zcl.foundation import Status

from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError, SebridgeError
from sebridge.base.service import Service
from sebridge.clusters.cluster import LocalCluster
from sebridge.clusters.endpoint import Endpoint, Router
from sebridge.clusters.general_commands import ReportingTable
from sebridge.devices.peer import Peer
from sebridge.reporting.threshold import Threshold
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import REPORT_ATTRIBUTES, Frame
from sebridge.zcl.general import AttributeReportingConfigurationRecord, write_values

_LOGGER = logging.getLogger(__name__)

_MOST_CONFIGURATIONS = 64
_Key = tuple[Peer, int, int]


class ReportSender(Service, ReportingTable):
    """Looks at the configured attributes every `period` seconds, and reports those that are due."""

    def __init__(
        self, endpoint: Endpoint, router: Router, clock: Clock, period: Callable[[], float]
    ) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._router = router
        self._clock = clock
        self._period = period
        self._thresholds: dict[_Key, Threshold] = {}

    @override
    def configure(
        self, peer: Peer, cluster_id: int, record: AttributeReportingConfigurationRecord
    ) -> Status:
        """Take a configuration; an attribute that is not there or of another type is refused."""
        if record.direction:
            return Status.SUCCESS  # the peer tells of its own reports; nothing to do for us
        cluster = self._endpoint.cluster(cluster_id, server=True)
        types = dict(cluster.attributes.types()) if cluster else {}
        if record.attribute_id not in types:
            return Status.UNSUPPORTED_ATTRIBUTE
        if record.attribute_type != types[record.attribute_id]:
            return Status.INVALID_DATA_TYPE
        if record.max_interval and record.min_interval > record.max_interval:
            return Status.INVALID_VALUE
        key = (peer, cluster_id, record.attribute_id)
        if key not in self._thresholds and len(self._thresholds) >= _MOST_CONFIGURATIONS:
            return Status.INSUFFICIENT_SPACE
        self._thresholds[key] = Threshold(record)
        return Status.SUCCESS

    @override
    async def run(self) -> None:
        """Look and report, for ever."""
        while True:
            await self._clock.sleep(self._period())
            await self.report_due()

    async def report_due(self) -> None:
        """Send the reports that are due now, one frame for each peer and cluster."""
        now = self._clock.monotonic()
        frames: dict[tuple[Peer, int], list[tuple[Threshold, AttributeValue]]] = {}
        for (peer, cluster_id, attribute_id), threshold in self._thresholds.items():
            cluster = self._endpoint.cluster(cluster_id, server=True)
            assert cluster is not None
            value = cluster.attributes.read(attribute_id)
            if threshold.due(value.value, now):
                frames.setdefault((peer, cluster_id), []).append((threshold, value))
        for (peer, cluster_id), due in frames.items():
            await self._report(peer, self._cluster(cluster_id), due, now)

    async def _report(
        self,
        peer: Peer,
        cluster: LocalCluster,
        due: list[tuple[Threshold, AttributeValue]],
        now: float,
    ) -> None:
        payload = write_values([value for _, value in due])
        frame = Frame(REPORT_ATTRIBUTES, 0, payload, from_server=True, no_default_response=True)
        try:
            await self._router.exchange.tell(
                peer, peer.profile_id, cluster.cluster_id, self._endpoint.endpoint_id, frame
            )
        except DeliveryError as error:
            _LOGGER.debug("report to %s not delivered: %s", peer.device, error)
            return
        for threshold, value in due:
            threshold.reported(value.value, now)

    def _cluster(self, cluster_id: int) -> LocalCluster:
        cluster = self._endpoint.cluster(cluster_id, server=True)
        if cluster is None:
            raise SebridgeError(f"no cluster 0x{cluster_id:04X}")
        return cluster
