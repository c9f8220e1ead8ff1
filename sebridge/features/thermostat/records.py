"""Thermostat cluster 0x0201, wire format. Source: ZigBee Cluster Library, Thermostat cluster.

Of its commands those that raise or lower set points, and those of the weekly schedule.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from sebridge.model.data_types import (
    Bitmap8,
    CountedBy,
    Enum8,
    Int8,
    Int16,
    PresentIf,
    Uint8,
    Uint16,
)
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import THERMOSTAT_CLUSTER
from sebridge.zcl.known_clusters import known_attributes

HEATS: Final = 0x01
COOLS: Final = 0x02
"""Bits of the mode of a sequence: which set points its transitions have."""
_MODES: Final = HEATS | COOLS


class SetpointRaiseLowerRecord(Record):
    """Raise set points, or lower them: mode 0 heating, 1 cooling, 2 both; tenths of a degree C."""

    mode: Enum8
    amount: Int8


class HeatingTransitionRecord(Record):
    """Heat to so many hundredths of a degree C from a minute of the day on."""

    transition_time: Uint16
    heat_set_point: Int16


class CoolingTransitionRecord(Record):
    """Cool to so many hundredths of a degree C from a minute of the day on."""

    transition_time: Uint16
    cool_set_point: Int16


class TransitionRecord(Record):
    """Heat and cool to so many hundredths of a degree C from a minute of the day on."""

    transition_time: Uint16
    heat_set_point: Int16
    cool_set_point: Int16


class WeeklyScheduleRecord(Record):
    """The transitions of some days, in the order of their times: to be kept, or as they are kept.

    Of `day_of_week` bit 0 is Sunday, bit 6 Saturday, bit 7 away or on vacation. The mode says which
    of the lists is there: bit 0 heating, bit 1 cooling, with both of them `both`.
    """

    number_of_transitions: Uint8
    day_of_week: Bitmap8
    mode_for_sequence: Bitmap8
    heating: (
        Annotated[tuple[HeatingTransitionRecord, ...], CountedBy("number_of_transitions")] | None
    ) = None
    cooling: (
        Annotated[tuple[CoolingTransitionRecord, ...], CountedBy("number_of_transitions")] | None
    ) = None
    both: Annotated[tuple[TransitionRecord, ...], CountedBy("number_of_transitions")] | None = None

    PRESENT_IF: ClassVar[Mapping[str, PresentIf]] = {
        "heating": PresentIf("mode_for_sequence", _MODES, HEATS),
        "cooling": PresentIf("mode_for_sequence", _MODES, COOLS),
        "both": PresentIf("mode_for_sequence", _MODES, _MODES),
    }


class GetWeeklyScheduleRecord(Record):
    """Tell the transitions of these days, with these set points."""

    days_to_return: Bitmap8
    mode_to_return: Bitmap8


class ClearWeeklyScheduleRecord(Record):
    """Keep no transitions any longer."""


DEFINITION: Final = ClusterDefinition(
    THERMOSTAT_CLUSTER,
    "thermostat",
    from_client=(
        (0x00, "setpoint_raise_lower", SetpointRaiseLowerRecord),
        (0x01, "set_weekly_schedule", WeeklyScheduleRecord),
        (0x02, "get_weekly_schedule", GetWeeklyScheduleRecord),
        (0x03, "clear_weekly_schedule", ClearWeeklyScheduleRecord),
    ),
    from_server=((0x00, "get_weekly_schedule_response", WeeklyScheduleRecord),),
    server_attributes=known_attributes(THERMOSTAT_CLUSTER),
)
