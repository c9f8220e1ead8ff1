"""What a server of Thermostat is to report, what is read of it once, and how it is shown.

Data only. Source: ZigBee Cluster Library, Thermostat cluster: Thermostat Information and Settings.
The running state is of a later edition than the one that is cited; a thermostat without it says so.
"""

from collections.abc import Mapping
from typing import Final

from sebridge.gateway.reporting.shown_values import ShownAttribute
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

LOCAL_TEMPERATURE: Final = 0x0000
COOLING_DEMAND: Final = 0x0007
HEATING_DEMAND: Final = 0x0008
COOLING_SETPOINT: Final = 0x0011
HEATING_SETPOINT: Final = 0x0012
CONTROL_SEQUENCE: Final = 0x001B
SYSTEM_MODE: Final = 0x001C
WEEKLY_TRANSITIONS: Final = 0x0021
DAILY_TRANSITIONS: Final = 0x0022
OPERATION_MODE: Final = 0x0025
RUNNING_STATE: Final = 0x0029

FOLLOWS_SCHEDULE: Final = 0x01
"""The bit of the operation mode with which the weekly schedule is followed."""

ABS_MIN_HEATING: Final = 0x0003
ABS_MAX_HEATING: Final = 0x0004
ABS_MIN_COOLING: Final = 0x0005
ABS_MAX_COOLING: Final = 0x0006
MIN_HEATING: Final = 0x0015
MAX_HEATING: Final = 0x0016
MIN_COOLING: Final = 0x0017
MAX_COOLING: Final = 0x0018

BITMAP8: Final = 0x18
BITMAP16: Final = 0x19
UINT8: Final = 0x20
INT16: Final = 0x29
ENUM8: Final = 0x30
_LONGEST: Final = 1800  # seconds

WANTED: Final = (
    AttributeReportingConfigurationRecord(
        LOCAL_TEMPERATURE, 0, INT16, 30, _LONGEST, reportable_change=20
    ),
    AttributeReportingConfigurationRecord(
        COOLING_DEMAND, 0, UINT8, 30, _LONGEST, reportable_change=5
    ),
    AttributeReportingConfigurationRecord(
        HEATING_DEMAND, 0, UINT8, 30, _LONGEST, reportable_change=5
    ),
    AttributeReportingConfigurationRecord(
        COOLING_SETPOINT, 0, INT16, 1, _LONGEST, reportable_change=1
    ),
    AttributeReportingConfigurationRecord(
        HEATING_SETPOINT, 0, INT16, 1, _LONGEST, reportable_change=1
    ),
    AttributeReportingConfigurationRecord(SYSTEM_MODE, 0, ENUM8, 1, _LONGEST),
    AttributeReportingConfigurationRecord(RUNNING_STATE, 0, BITMAP16, 1, _LONGEST),
)
"""Temperatures are hundredths of a degree C, demands percent: what is measured by 0.2 degrees and
5 percent after 30 seconds, what somebody sets at once; all of it every 30 minutes."""

FIXED: Final = (
    CONTROL_SEQUENCE,
    *(ABS_MIN_HEATING, ABS_MAX_HEATING, ABS_MIN_COOLING, ABS_MAX_COOLING),
    *(MIN_HEATING, MAX_HEATING, MIN_COOLING, MAX_COOLING),
)
"""What a thermostat can do at all, and its limits: these are read when it is set up."""

MODES: Final[Mapping[int, str]] = {
    0: "off",
    1: "auto",
    3: "cool",
    4: "heat",
    5: "emergency_heating",
    6: "precooling",
    7: "fan_only",
    8: "dry",
    9: "sleep",
}
"""The words for the system mode."""

_ABILITIES: Final = {0: "cool", 1: "cool", 2: "heat", 3: "heat", 4: "both", 5: "both"}
_HEATING: Final = 0b0_1001  # bits of the running state: the first and second stage
_COOLING: Final = 0b1_0010


_PERCENT: Final = range(101)
_DEGREES: Final = range(-27_315, 0x8000)


def _running(state: int) -> str:
    if state & _HEATING:
        return "heating"
    if state & _COOLING:
        return "cooling"
    return "fan" if state else "idle"


def _degrees(hundredths: int) -> float:
    return hundredths / 100


SHOWN: Final[Mapping[int, ShownAttribute]] = {
    LOCAL_TEMPERATURE: ShownAttribute("temperature", _degrees, _DEGREES),
    COOLING_DEMAND: ShownAttribute("cooling_demand", int, _PERCENT),
    HEATING_DEMAND: ShownAttribute("heating_demand", int, _PERCENT),
    COOLING_SETPOINT: ShownAttribute("cooling_setpoint", _degrees, _DEGREES),
    HEATING_SETPOINT: ShownAttribute("heating_setpoint", _degrees, _DEGREES),
    SYSTEM_MODE: ShownAttribute("mode", MODES.get),
    RUNNING_STATE: ShownAttribute("running", _running, range(0x1_0000)),
    CONTROL_SEQUENCE: ShownAttribute("can", _ABILITIES.get),
    ABS_MIN_HEATING: ShownAttribute("lowest_heating", _degrees, _DEGREES),
    ABS_MAX_HEATING: ShownAttribute("highest_heating", _degrees, _DEGREES),
    ABS_MIN_COOLING: ShownAttribute("lowest_cooling", _degrees, _DEGREES),
    ABS_MAX_COOLING: ShownAttribute("highest_cooling", _degrees, _DEGREES),
    MIN_HEATING: ShownAttribute("lowest_heating", _degrees, _DEGREES),
    MAX_HEATING: ShownAttribute("highest_heating", _degrees, _DEGREES),
    MIN_COOLING: ShownAttribute("lowest_cooling", _degrees, _DEGREES),
    MAX_COOLING: ShownAttribute("highest_cooling", _degrees, _DEGREES),
}
"""In degrees C and percent. Limits that somebody set stand in the place of those of the device,
as they come after them in an answer."""
