"""Reports of our own attributes, to those who configured them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
import logging
from typing import Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.general_commands import ReportingTable
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.threshold import Threshold
from sebridge.zcl.attributes import AttributeValue, attribute_value, read_value
from sebridge.zcl.frame import REPORT_ATTRIBUTES, Frame
from sebridge.zcl.general import write_values
from sebridge.zcl.reporting import STOP_REPORTING, AttributeReportingConfigurationRecord
from sebridge.zcl.status import Status

_LOGGER = logging.getLogger(__name__)

_MOST_CONFIGURATIONS = 64
MOST_PER_DEVICE: Final = 64
"""Attributes of ours that are reported to one device."""
_OVERHEAD: Final = 3
"""Octets of a frame of reports before the first of them: control, number, command."""
_HEAD: Final = 3
"""Octets of a reported attribute before its value: identifier and type."""

_Due = tuple[Threshold, AttributeValue]
"""An attribute that is to be reported now, with its value."""


class ReportSender(Service, ReportingTable):
    """Looks at the configured attributes every `period` seconds, and reports those that are due.

    `endpoints` gives ours by id. `store` keeps the configurations; hand in a power-safe one.
    Devices for which `is_active` says no are sent nothing until they are back. What is due goes in
    frames of at most `longest_frame` octets. Where a device takes none of them yet, its reports
    wait, and those to others do not.
    """

    def __init__(
        self,
        *,
        endpoints: Callable[[], Mapping[int, Endpoint]],
        exchange: Exchange,
        is_active: Callable[[Eui64], bool],
        store: MutableMapping[PairedAttribute, AttributeReportingConfigurationRecord],
        clock: Clock,
        period: Callable[[], float],
        longest_frame: Callable[[], int],
        most: int = _MOST_CONFIGURATIONS,
    ) -> None:
        super().__init__()
        self._endpoints = endpoints
        self._exchange = exchange
        self._is_active = is_active
        self._clock = clock
        self._period = period
        self._longest_frame = longest_frame
        self._store = store
        self._most = most
        self._thresholds = {key: Threshold(record) for key, record in self._store.items()}
        self._broken: set[PairedAttribute] = set()
        self._being_told: set[Pairing] = set()
        self._configured = asyncio.Event()

    def __iter__(self) -> Iterator[tuple[PairedAttribute, AttributeReportingConfigurationRecord]]:
        return iter(tuple(self._store.items()))

    @override
    def configure(self, pairing: Pairing, record: AttributeReportingConfigurationRecord) -> Status:
        """Take a configuration; an attribute that is not there or of another type is refused."""
        problem = self._problem(pairing, record)
        if problem != Status.SUCCESS:
            return problem
        key = PairedAttribute(pairing, record.attribute_id)
        if record.max_interval == STOP_REPORTING:
            self._drop(key)
            return Status.SUCCESS
        if key not in self._thresholds and not self._makes_room(pairing.peer.device):
            return Status.INSUFFICIENT_SPACE
        self._store[key] = record
        self._thresholds[key] = Threshold(record)
        self._configured.set()
        return Status.SUCCESS

    @override
    def configuration(
        self, pairing: Pairing, attribute_id: int
    ) -> AttributeReportingConfigurationRecord | Status:
        """Return how an attribute is reported."""
        found = self._store.get(PairedAttribute(pairing, attribute_id))
        if found is not None:
            return found
        declared = self._declared(pairing, attribute_id)
        return declared if isinstance(declared, Status) else Status.NOT_FOUND

    def stop_reporting(self, pairing: Pairing, attribute_ids: Sequence[int]) -> None:
        """Report some attributes to a peer no more."""
        for attribute_id in attribute_ids:
            self._drop(PairedAttribute(pairing, attribute_id))

    def forget(self, device: Eui64) -> None:
        """Report nothing to a device any more."""
        for key in [key for key in self._store if key.pairing.peer.device == device]:
            self._drop(key)

    @override
    async def run(self) -> None:
        """Look and report, for ever."""
        while True:
            if not self._thresholds:
                self._configured.clear()
                await self._configured.wait()
            await self._clock.sleep(self._period())
            for pairing, due in self._due(self._clock.monotonic()).items():
                self._being_told.add(pairing)
                self.spawn(self._report_all(pairing, due), f"report to {pairing.peer.device}")

    def _due(self, now: float) -> dict[Pairing, list[_Due]]:
        """Return what is to be reported now, to those who have taken what was due before."""
        found: dict[Pairing, list[_Due]] = {}
        for key, threshold in self._thresholds.items():
            pairing = key.pairing
            if threshold.rests(now) or pairing in self._being_told:
                continue
            cluster = self._cluster(pairing)
            if cluster is None or not self._is_active(pairing.peer.device):
                continue
            value = self._read(key, cluster)
            if value is not None and threshold.due(value.value, now):
                found.setdefault(pairing, []).append((threshold, value))
        return found

    def _read(self, key: PairedAttribute, cluster: LocalCluster) -> AttributeValue | None:
        """Return what is to be reported; None where there is nothing, whatever the reason is.

        The others are reported all the same: a mirror may not have its values yet, and clusters
        may be code of the user.
        """
        try:
            value = cluster.attributes.read(key.attribute_id)
        except SebridgeError as error:
            _LOGGER.debug("attribute 0x%04X is not reported: %s", key.attribute_id, error)
        except Exception:
            if key not in self._broken:  # said once: it will be looked at every few seconds
                self._broken.add(key)
                _LOGGER.exception("attribute 0x%04X is not reported", key.attribute_id)
        else:
            self._broken.discard(key)
            return _as_told(value)
        return None

    async def _report_all(self, pairing: Pairing, due: Sequence[_Due]) -> None:
        try:
            for some in _in_frames(due, self._longest_frame() - _OVERHEAD):
                await self._report(pairing, some)
        finally:
            self._being_told.discard(pairing)

    async def _report(self, pairing: Pairing, due: Sequence[_Due]) -> None:
        now = self._clock.monotonic()
        payload = write_values([value for _, value in due])
        frame = Frame(
            REPORT_ATTRIBUTES, 0, payload, from_server=pairing.server, no_default_response=True
        )
        peer = pairing.peer
        try:
            await self._exchange.tell(
                peer, peer.profile_id, pairing.cluster_id, pairing.local_endpoint, frame
            )
        except SebridgeError as error:
            _LOGGER.debug("report to %s not delivered: %s", peer.device, error)
            return
        for threshold, value in due:
            threshold.reported(value.value, now)

    def _problem(self, pairing: Pairing, record: AttributeReportingConfigurationRecord) -> Status:
        declared = self._declared(pairing, record.attribute_id)
        if isinstance(declared, Status):
            return declared
        if record.attribute_type != declared:
            return Status.INVALID_DATA_TYPE
        if record.max_interval and record.min_interval > record.max_interval:
            return Status.INVALID_VALUE
        return Status.SUCCESS

    def _declared(self, pairing: Pairing, attribute_id: int) -> int | Status:
        """Return the data type of an attribute that can be reported, or why it cannot."""
        cluster = self._cluster(pairing)
        types = {} if cluster is None else dict(cluster.attributes.types())
        if cluster is None or attribute_id not in types:
            return Status.UNSUPPORTED_ATTRIBUTE
        reportable = cluster.attributes.is_reportable(attribute_id)
        return types[attribute_id] if reportable else Status.UNREPORTABLE_ATTRIBUTE

    def _makes_room(self, device: Eui64) -> bool:
        """Say whether a device may have one configuration more.

        Where all of them together are too many, the device that has most gives up its latest.
        """
        had = Counter(key.pairing.peer.device for key in self._thresholds)
        if had[device] >= MOST_PER_DEVICE:
            return False
        if len(self._thresholds) < self._most:
            return True
        greediest, count = had.most_common(1)[0]
        if count <= had[device] + 1:
            return False
        self._drop(
            next(k for k in reversed(self._thresholds) if k.pairing.peer.device == greediest)
        )
        return True

    def _drop(self, key: PairedAttribute) -> None:
        self._store.pop(key, None)
        self._thresholds.pop(key, None)
        self._broken.discard(key)

    def _cluster(self, pairing: Pairing) -> LocalCluster | None:
        endpoint = self._endpoints().get(pairing.local_endpoint)
        if endpoint is None:
            return None
        return endpoint.cluster(pairing.cluster_id, server=pairing.server)


def _as_told(value: AttributeValue) -> AttributeValue:
    """Return a value as whoever is told it reads it: numbers may be "no value", texts end."""
    plain, _ = read_value(value.attribute_type, value.raw)
    return attribute_value(value.attribute_id, value.attribute_type, plain, value.raw)


def _in_frames(due: Sequence[_Due], room: int) -> Iterator[Sequence[_Due]]:
    """Give as many at a time as fit into so many octets; what is larger than that goes alone."""
    some: list[_Due] = []
    left = room
    for one in due:
        size = _HEAD + len(one[1].raw)
        if some and size > left:
            yield some
            some, left = [], room
        some.append(one)
        left -= size
    yield some
