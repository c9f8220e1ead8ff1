"""Level Control 0x0008 and Color Control 0x0300, wire format.

Source: ZigBee Cluster Library, Level Control cluster and Color Control cluster; color temperature
is of a later edition than the one that is cited. Times are tenths of a second, 0xFFFF: as the lamp
likes. What newer editions add at the end of these commands is passed over.
"""

from typing import Final

from sebridge.model.data_types import Bitmap8, Enum8, Uint8, Uint16
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import COLOR_CONTROL, LEVEL_CONTROL
from sebridge.zcl.known_clusters import known_attributes

AS_IT_LIKES: Final = 0xFFFF


class MoveToLevelRecord(Record):
    """Become so bright."""

    level: Uint8
    transition_time: Uint16


class MoveLevelRecord(Record):
    """Become brighter (mode 0) or darker (1) by `rate` a second, until Stop; 0xFF: as it likes."""

    mode: Enum8
    rate: Uint8


class StepLevelRecord(Record):
    """Become brighter (mode 0) or darker (1) by so much."""

    mode: Enum8
    step_size: Uint8
    transition_time: Uint16


class StopLevelRecord(Record):
    """Stay as it is now."""


class MoveToLevelWithOnOffRecord(MoveToLevelRecord):
    """Become so bright; what is off goes on, and what becomes as dark as can be goes off."""


class MoveLevelWithOnOffRecord(MoveLevelRecord):
    """The same with on and off."""


class StepLevelWithOnOffRecord(StepLevelRecord):
    """The same with on and off."""


class StopLevelWithOnOffRecord(StopLevelRecord):
    """The same with on and off."""


class MoveToColorTemperatureRecord(Record):
    """Have light of so many mireds."""

    color_temperature: Uint16
    transition_time: Uint16


class MoveColorTemperatureRecord(Record):
    """Become warmer (mode 1) or colder (3) by `rate` mireds a second, within limits; 0 stops."""

    mode: Bitmap8
    rate: Uint16
    minimum: Uint16
    maximum: Uint16


class StepColorTemperatureRecord(Record):
    """Become warmer (mode 1) or colder (3) by so many mireds, within limits."""

    mode: Bitmap8
    step_size: Uint16
    transition_time: Uint16
    minimum: Uint16
    maximum: Uint16


LEVEL_CLUSTER: Final = ClusterDefinition(
    LEVEL_CONTROL,
    "level",
    from_client=(
        (0x00, "move_to_level", MoveToLevelRecord),
        (0x01, "move", MoveLevelRecord),
        (0x02, "step", StepLevelRecord),
        (0x03, "stop", StopLevelRecord),
        (0x04, "move_to_level_with_on_off", MoveToLevelWithOnOffRecord),
        (0x05, "move_with_on_off", MoveLevelWithOnOffRecord),
        (0x06, "step_with_on_off", StepLevelWithOnOffRecord),
        (0x07, "stop_with_on_off", StopLevelWithOnOffRecord),
    ),
    server_attributes=known_attributes(LEVEL_CONTROL),
)

COLOR_CLUSTER: Final = ClusterDefinition(
    COLOR_CONTROL,
    "light_color",
    from_client=(
        (0x0A, "move_to_color_temperature", MoveToColorTemperatureRecord),
        (0x4B, "move_color_temperature", MoveColorTemperatureRecord),
        (0x4C, "step_color_temperature", StepColorTemperatureRecord),
    ),
    server_attributes=known_attributes(COLOR_CONTROL),
)
