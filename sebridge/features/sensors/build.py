"""Build what a gateway has of sensors: it has them report."""

from typing import Final

from sebridge.drivers.reports import reports_of
from sebridge.drivers.table import (
    ALARM_MOTION,
    MEASURE_BATTERY,
    MEASURE_HUMIDITY,
    MEASURE_LUMINANCE,
    MEASURE_PRESSURE,
)
from sebridge.feature import Host, Part

SENSED: Final = (
    MEASURE_HUMIDITY,
    MEASURE_PRESSURE,
    MEASURE_LUMINANCE,
    ALARM_MOTION,
    MEASURE_BATTERY,
)
"""Each is all that is shown of its cluster."""


def build(host: Host) -> Part:
    """Have told what sensors notice."""
    return Part(wanted_reports=[reports_of((one,), host.shown_values) for one in SENSED])
