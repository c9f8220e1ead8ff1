"""What a server of Temperature Measurement is to report. Data only.

Source: ZigBee Cluster Library, Temperature Measurement cluster.
"""

from typing import Final

from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

MEASURED_VALUE: Final = 0x0000
_INT16: Final = 0x29

WANTED: Final = (
    AttributeReportingConfigurationRecord(
        MEASURED_VALUE, 0, _INT16, 30, 1800, reportable_change=20
    ),
)
"""The temperature in hundredths of a degree C: by 0.2 degrees, after 30 seconds to 30 minutes."""
