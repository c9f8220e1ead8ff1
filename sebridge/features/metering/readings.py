"""From reports to readings: what metering wants reported, and what it tells of what comes."""

from collections.abc import Sequence
import logging
from typing import Final, Protocol

from sebridge.base.errors import DeliveryError, MalformedAnswerError
from sebridge.base.signals import SignalBus
from sebridge.features.metering import scale as metering
from sebridge.features.metering.meters import MeterAnomaly, Meters
from sebridge.features.metering.signals import MeterRead, MeterSwapped
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.reader import ReadResult
from sebridge.gateway.reporting.signals import AttributesReported, DeviceDoubted
from sebridge.network.signals import DeviceRemoved, DeviceReplaced
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import METERING, MIRROR_ENDPOINTS
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from sebridge.zcl.status import Status, status_name

_LOGGER = logging.getLogger(__name__)

_UINT48: Final = 0x25
_INT24: Final = 0x2A
_BITMAP8: Final = 0x18

WANTED: Final = (
    AttributeReportingConfigurationRecord(
        metering.SUMMATION_DELIVERED, 0, _UINT48, 10, 300, reportable_change=1
    ),
    AttributeReportingConfigurationRecord(
        metering.SUMMATION_RECEIVED, 0, _UINT48, 10, 300, reportable_change=1
    ),
    AttributeReportingConfigurationRecord(
        metering.INSTANTANEOUS_DEMAND, 0, _INT24, 5, 300, reportable_change=1
    ),
    AttributeReportingConfigurationRecord(metering.STATUS, 0, _BITMAP8, 1, 3600),
)
"""What meters are to report: attribute, shortest and longest interval in seconds, change in raw
units. It is read at first, so that nobody waits for a report."""

_SCALE: Final = (metering.UNIT_OF_MEASURE, metering.MULTIPLIER, metering.DIVISOR)
_CERTAIN: Final = (Status.SUCCESS, Status.UNSUPPORTED_ATTRIBUTE)


class Reader(Protocol):
    """Who can read attributes of meters."""

    async def read(self, pairing: Pairing, attribute_ids: Sequence[int]) -> list[ReadResult]:
        """Return attribute id, ZCL status and value of each."""


class MeterReadings:
    """Makes readings of the reports of meters, and tells what else was new in them.

    Whatever makes it doubtful that a meter is still the same has its device set up once more.
    """

    def __init__(self, *, meters: Meters, reader: Reader, bus: SignalBus) -> None:
        self._meters = meters
        self._reader = reader
        self._bus = bus
        bus.listen(AttributesReported, self._on_report)
        bus.listen(DeviceReplaced, self._on_replaced)
        bus.listen(DeviceRemoved, lambda signal: meters.forget(signal.device))

    async def prepare(self, pairing: Pairing) -> None:
        """Read what scales a meter's values: before it is known, they mean nothing (MET-12).

        Raises what `read_scale` and the reader raise.
        """
        found = await read_scale(self._reader, pairing)
        details = await self._reader.read(pairing, metering.DETAILS)
        found += [value for _, _, value in details if value is not None]
        peer = pairing.peer
        for anomaly in self._meters.configure(peer.device, peer.endpoint, found):
            self._tell(anomaly)

    def _on_report(self, report: AttributesReported) -> None:
        is_standard = report.manufacturer_code is None and report.server_or_client == 0
        if report.cluster_id != METERING or not is_standard:
            return
        device, endpoint = report.device, report.endpoint
        update = self._meters.take(
            device,
            endpoint,
            report.values,
            report.time,
            to_mirror=report.local_endpoint in MIRROR_ENDPOINTS,
        )
        if update.reading is not None:
            self._bus.send(MeterRead(device, endpoint, update.reading))
        if update.status_change is not None:
            self._bus.send(update.status_change)
        for anomaly in update.anomalies:
            self._tell(anomaly)
            if anomaly.is_doubtful:
                self._bus.send(DeviceDoubted(device))

    def _on_replaced(self, signal: DeviceReplaced) -> None:
        swapped = MeterSwapped(
            device=signal.device, endpoint=0, attribute_id=None, before=None, after=None
        )
        self._bus.send(swapped)

    def _tell(self, anomaly: MeterAnomaly) -> None:
        what = "is that of another meter" if anomaly.decrease is None else anomaly.decrease.value
        _LOGGER.warning(
            "attribute 0x%04X of %s/%d %s: %s after %s",
            anomaly.attribute_id,
            anomaly.device,
            anomaly.endpoint,
            what,
            anomaly.after,
            anomaly.before,
        )
        if anomaly.is_swap:
            swapped = MeterSwapped(
                device=anomaly.device,
                endpoint=anomaly.endpoint,
                attribute_id=anomaly.attribute_id,
                before=anomaly.before,
                after=anomaly.after,
            )
            self._bus.send(swapped)


async def read_scale(reader: Reader, pairing: Pairing) -> list[AttributeValue]:
    """Return the configuration of a meter; what it does not have is not in it (MET-2).

    Where the answer is silent about what scales the values, as some are that did not fit into a
    frame, it is asked for alone: a wrong divisor is a wrong number. Raises MalformedAnswerError
    where the meter still does not say whether it has it, DeliveryError with its status where it
    cannot tell now.
    """
    results = await reader.read(pairing, metering.CONFIGURATION)
    missing = _missing(results)
    if missing:
        results = [*results, *await reader.read(pairing, missing)]
    for attribute_id, status, _ in results:
        if attribute_id in _SCALE and status not in _CERTAIN:
            name = status_name(status)
            raise DeliveryError(f"attribute 0x{attribute_id:04X} was not read: {name}", status)
    if missing := _missing(results):
        raise MalformedAnswerError(f"the meter does not say whether it has 0x{missing[0]:04X}")
    return [value for _, _, value in results if value is not None]


def _missing(results: Sequence[ReadResult]) -> list[int]:
    told = {attribute_id for attribute_id, _, _ in results}
    return [attribute_id for attribute_id in _SCALE if attribute_id not in told]
