"""Level Control and Color Control. Source: ZigBee Cluster Library, the clusters of these names."""

from collections.abc import Callable
from typing import ClassVar, Final

from typing_extensions import override

from sebridge.base.errors import UnsupportedCommandError
from sebridge.drivers.bound_cluster import BoundCluster
from sebridge.drivers.table import DIM, LIGHT_TEMPERATURE
from sebridge.features.light.records import (
    COLOR_CLUSTER,
    LEVEL_CLUSTER,
    MoveToColorTemperatureRecord,
    MoveToLevelRecord,
    MoveToLevelWithOnOffRecord,
)
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.cluster import ClusterDefinition

DARKEST: Final = 1
BRIGHTEST: Final = 254
"""Levels of a lamp that is on."""
COLDEST: Final = 153
WARMEST: Final = 500
"""Mireds that a lamp usually can have."""


def _nothing(_level: int) -> None:
    """Let nothing follow from it."""


class LevelServer(LocalCluster):
    """Is as bright as it is told to be, at once.

    `moved` is called with the level where on and off go with it, 0 for as dark as can be.
    """

    definition: ClassVar[ClusterDefinition] = LEVEL_CLUSTER
    server = True

    def __init__(self, level: int = BRIGHTEST, moved: Callable[[int], object] = _nothing) -> None:
        super().__init__(
            LocalAttributes(
                [LocalAttribute(DIM.attribute_id, DIM.data_type, value=lambda: self.level)]
            )
        )
        self.level = level
        self._moved = moved

    @override
    def receive(self, command: Command) -> Outcome:
        """Become as bright as that; of other commands nothing is known here."""
        record = command.record
        if not isinstance(record, MoveToLevelRecord):
            raise UnsupportedCommandError(type(record).__name__)
        self.level = min(max(record.level, DARKEST), BRIGHTEST)
        if isinstance(record, MoveToLevelWithOnOffRecord):
            self._moved(self.level if record.level else 0)
        return Outcome()


class ColorServer(LocalCluster):
    """Has light as warm as it is told to have, at once."""

    definition: ClassVar[ClusterDefinition] = COLOR_CLUSTER
    server = True

    def __init__(self, mireds: int = 370) -> None:
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(
                        LIGHT_TEMPERATURE.attribute_id,
                        LIGHT_TEMPERATURE.data_type,
                        value=lambda: self.mireds,
                    )
                ]
            )
        )
        self.mireds = mireds

    @override
    def receive(self, command: Command) -> Outcome:
        """Become as warm as that."""
        record = command.record
        if not isinstance(record, MoveToColorTemperatureRecord):
            raise UnsupportedCommandError(type(record).__name__)
        self.mireds = min(max(record.color_temperature, COLDEST), WARMEST)
        return Outcome()


class LevelClient(LocalCluster):
    """Makes others brighter and darker."""

    definition: ClassVar[ClusterDefinition] = LEVEL_CLUSTER
    server = False


class ColorClient(LocalCluster):
    """Has others be of another color."""

    definition: ClassVar[ClusterDefinition] = COLOR_CLUSTER
    server = False


class BoundLevel(BoundCluster):
    """Takes what remote controls send."""

    definition: ClassVar[ClusterDefinition] = LEVEL_CLUSTER


class BoundColor(BoundCluster):
    """Takes what remote controls send."""

    definition: ClassVar[ClusterDefinition] = COLOR_CLUSTER
