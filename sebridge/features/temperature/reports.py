"""What a server of Temperature Measurement is to report, and how it is shown. Data only.

Source: ZigBee Cluster Library, Temperature Measurement cluster.
"""

from collections.abc import Mapping
from typing import Final

from sebridge.gateway.reporting.shown_values import ShownAttribute
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

MEASURED_VALUE: Final = 0x0000
INT16: Final = 0x29

WANTED: Final = (
    AttributeReportingConfigurationRecord(MEASURED_VALUE, 0, INT16, 30, 1800, reportable_change=20),
)
"""The temperature in hundredths of a degree C: by 0.2 degrees, after 30 seconds to 30 minutes."""

SHOWN: Final[Mapping[int, ShownAttribute]] = {
    MEASURED_VALUE: ShownAttribute("temperature", lambda hundredths: hundredths / 100)
}
"""In degrees C."""
