"""Which reports the gateway asks of a device. Data only."""

from collections.abc import Mapping, Sequence
from typing import Final

from sebridge.features.metering import records as metering
from sebridge.zcl import identifiers
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

_UINT48: Final = 0x25
_INT24: Final = 0x2A
_BITMAP8: Final = 0x18

WANTED: Final[Mapping[int, Sequence[AttributeReportingConfigurationRecord]]] = {
    identifiers.METERING: (
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
}
"""By cluster: attribute, shortest and longest interval in seconds, change in raw units."""

INITIAL_READS: Final[Mapping[int, Sequence[int]]] = {
    identifiers.METERING: (
        metering.SUMMATION_DELIVERED,
        metering.SUMMATION_RECEIVED,
        metering.STATUS,
        metering.INSTANTANEOUS_DEMAND,
    )
}
"""By cluster: what is read when a device becomes active, so that nobody waits for a report."""

PATIENCE: Final = 2.5
"""After so many longest intervals without a report, reporting is configured again."""
