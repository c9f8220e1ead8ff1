"""From reports to readings: what metering wants reported, and what it tells of what comes."""

from collections.abc import Sequence
import logging
from typing import Final, Protocol

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, MalformedAnswerError, SebridgeError
from sebridge.base.signals import SignalBus
from sebridge.features.metering import scale as metering
from sebridge.features.metering.meters import MeterAnomaly, Meters
from sebridge.features.metering.signals import MeterRead, MeterSwapped
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.reader import ReadResult
from sebridge.gateway.reporting.signals import AttributesReported, DeviceDoubted
from sebridge.network.signals import DeviceInactive, DeviceRemoved, DeviceReplaced
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import METERING, MIRROR_ENDPOINTS
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from sebridge.zcl.status import Status, status_name

_LOGGER = logging.getLogger(__name__)

_UINT48: Final = 0x25
_INT24: Final = 0x2A
_BITMAP8: Final = 0x18
_INT8: Final = 0x28

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

WANTED_POWER_FACTOR: Final = AttributeReportingConfigurationRecord(
    metering.POWER_FACTOR, 0, _INT8, 30, 300, reportable_change=1
)
"""The same, of a meter that has it."""

TIER_INTERVALS: Final = (300, 900)
"""Shortest and longest interval in seconds of the registers of tiers, of which there may be many:
they grow one at a time, and the total tells the rest."""

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
        self._tiers: dict[tuple[Eui64, int], tuple[int, ...]] = {}
        self._with_power_factor: set[tuple[Eui64, int]] = set()
        bus.listen(AttributesReported, self._on_report)
        bus.listen(DeviceReplaced, self._on_replaced)
        bus.listen(DeviceRemoved, self._on_removed)
        bus.listen(DeviceInactive, lambda signal: self._meters.keep(signal.device))

    def wanted(self, pairing: Pairing) -> Sequence[AttributeReportingConfigurationRecord]:
        """Return what a meter is to report: what all have, and what it was found to have."""
        place = (pairing.peer.device, pairing.peer.endpoint)
        tiers = self._tiers.get(place, ())
        shortest, longest = TIER_INTERVALS
        return [
            *WANTED,
            *((WANTED_POWER_FACTOR,) if place in self._with_power_factor else ()),
            *(
                AttributeReportingConfigurationRecord(
                    tier, 0, _UINT48, shortest, longest, reportable_change=1
                )
                for tier in tiers
            ),
        ]

    async def prepare(self, pairing: Pairing) -> None:
        """Read what scales a meter's values: before it is known, they mean nothing (MET-12).

        Find which tiers it has, and whether a power factor, too. Raises what `read_scale` and the
        reader raise.
        """
        found = await read_scale(self._reader, pairing)
        details = await self._reader.read(pairing, metering.DETAILS)
        found += [value for _, _, value in details if value is not None]
        peer = pairing.peer
        self._with_power_factor.discard((peer.device, peer.endpoint))
        if any(value.attribute_id == metering.POWER_FACTOR for value in found):
            self._with_power_factor.add((peer.device, peer.endpoint))
        for anomaly in self._meters.configure(peer.device, peer.endpoint, found):
            self._tell(anomaly)
        tiers = await read_tiers(self._reader, pairing)
        if tiers:
            self._tiers[peer.device, peer.endpoint] = tiers
        else:
            self._tiers.pop((peer.device, peer.endpoint), None)

    def _on_report(self, report: AttributesReported) -> None:
        if report.cluster_id != METERING or not report.is_standard:
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

    def _on_removed(self, signal: DeviceRemoved) -> None:
        self._meters.forget(signal.device)
        for key in [key for key in self._tiers if key[0] == signal.device]:
            del self._tiers[key]
        self._with_power_factor = {p for p in self._with_power_factor if p[0] != signal.device}

    def _on_replaced(self, signal: DeviceReplaced) -> None:
        self._meters.replaced(signal.device)  # the new one may show less, by another scale
        if signal.is_other_kind:
            return  # which need not be a meter
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
        if attribute_id in metering.SCALING and status not in _CERTAIN:
            name = status_name(status)
            raise DeliveryError(f"attribute 0x{attribute_id:04X} was not read: {name}", status)
    if missing := _missing(results):
        raise MalformedAnswerError(f"the meter does not say whether it has 0x{missing[0]:04X}")
    return [value for _, _, value in results if value is not None]


async def read_tiers(reader: Reader, pairing: Pairing) -> tuple[int, ...]:
    """Return the registers that a meter has of tiers, up to 48 of each direction.

    No attribute of the Metering cluster is the number of tiers: ActiveRegisterTierDelivered is the
    one that counts now, and the number in Publish Price is that of the prices, of whoever sets
    them. So the meter names its tiers by what it answers to a read: they are numbered from 1, and
    the first of which it has neither register ends them. A meter without tiers is so asked one
    question each time it is set up. Source: ZigBee Smart Energy Profile, Metering cluster, TOU
    Information attribute set.

    What hinders the reading is no reason to do without the other registers, and ends it as well.
    """
    found: list[int] = []
    for delivered in range(metering.FIRST_TIER, metering.LAST_TIER, 2):
        try:
            answer = await reader.read(pairing, (delivered, delivered + 1))
        except SebridgeError as error:
            _LOGGER.info("the tiers of %s were not read: %s", pairing.peer.device, error)
            break
        asked = {delivered, delivered + 1}
        there = [i for i, status, value in answer if i in asked and not status and value]
        if not there:
            break
        found += sorted(there)
    return tuple(found)


def _missing(results: Sequence[ReadResult]) -> list[int]:
    told = {attribute_id for attribute_id, _, _ in results}
    return [attribute_id for attribute_id in metering.SCALING if attribute_id not in told]
