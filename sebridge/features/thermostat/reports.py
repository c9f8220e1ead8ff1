"""What a server of Thermostat is to report. Data only.

Source: ZigBee Cluster Library, Thermostat cluster: Thermostat Information and Settings. The running
state is of a later edition than the one that is cited; a thermostat without it says so.
"""

from typing import Final

from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

LOCAL_TEMPERATURE: Final = 0x0000
COOLING_DEMAND: Final = 0x0007
HEATING_DEMAND: Final = 0x0008
COOLING_SETPOINT: Final = 0x0011
HEATING_SETPOINT: Final = 0x0012
SYSTEM_MODE: Final = 0x001C
RUNNING_STATE: Final = 0x0029

_BITMAP16: Final = 0x19
_UINT8: Final = 0x20
_INT16: Final = 0x29
_ENUM8: Final = 0x30
_LONGEST: Final = 1800  # seconds

WANTED: Final = (
    AttributeReportingConfigurationRecord(
        LOCAL_TEMPERATURE, 0, _INT16, 30, _LONGEST, reportable_change=20
    ),
    AttributeReportingConfigurationRecord(
        COOLING_DEMAND, 0, _UINT8, 30, _LONGEST, reportable_change=5
    ),
    AttributeReportingConfigurationRecord(
        HEATING_DEMAND, 0, _UINT8, 30, _LONGEST, reportable_change=5
    ),
    AttributeReportingConfigurationRecord(
        COOLING_SETPOINT, 0, _INT16, 1, _LONGEST, reportable_change=1
    ),
    AttributeReportingConfigurationRecord(
        HEATING_SETPOINT, 0, _INT16, 1, _LONGEST, reportable_change=1
    ),
    AttributeReportingConfigurationRecord(SYSTEM_MODE, 0, _ENUM8, 1, _LONGEST),
    AttributeReportingConfigurationRecord(RUNNING_STATE, 0, _BITMAP16, 1, _LONGEST),
)
"""Temperatures are hundredths of a degree C, demands percent: what is measured by 0.2 degrees and
5 percent after 30 seconds, what somebody sets at once; all of it every 30 minutes."""
