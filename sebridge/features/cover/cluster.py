"""Window Covering. Source: ZigBee Cluster Library, Window Covering cluster."""

from collections.abc import Callable
from typing import ClassVar, Final

from typing_extensions import override

from sebridge.base.errors import ParameterError, UnsupportedCommandError
from sebridge.drivers.bound_cluster import BoundCluster
from sebridge.drivers.table import WINDOWCOVERINGS_SET
from sebridge.features.cover.records import (
    COVER_CLUSTER,
    DownCloseRecord,
    GoToLiftPercentageRecord,
    StopCoverRecord,
    UpOpenRecord,
)
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.cluster import ClusterDefinition

OPEN: Final = 0
CLOSED: Final = 100
"""Percent by which a covering is closed."""


def _nothing() -> None:
    """Let nothing follow from it."""


class CoverServer(LocalCluster):
    """Is where it is told to be, at once; `closed` says by how many percent.

    `moved` is called when somebody has told it.
    """

    definition: ClassVar[ClusterDefinition] = COVER_CLUSTER
    server = True

    def __init__(self, closed: int = OPEN, moved: Callable[[], object] = _nothing) -> None:
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(
                        WINDOWCOVERINGS_SET.attribute_id,
                        WINDOWCOVERINGS_SET.data_type,
                        value=lambda: self.closed,
                    )
                ]
            )
        )
        self.closed = closed
        self._moved = moved

    @override
    def receive(self, command: Command) -> Outcome:
        """Move, or stay."""
        match command.record:
            case UpOpenRecord():
                self.closed = OPEN
            case DownCloseRecord():
                self.closed = CLOSED
            case StopCoverRecord():
                pass
            case GoToLiftPercentageRecord(percentage=percentage):
                if percentage > CLOSED:
                    raise ParameterError("percentage", f"must be 0..{CLOSED}")
                self.closed = percentage
            case _:
                raise UnsupportedCommandError(type(command.record).__name__)
        self._moved()
        return Outcome()


class CoverClient(LocalCluster):
    """Moves others."""

    definition: ClassVar[ClusterDefinition] = COVER_CLUSTER
    server = False


class BoundCover(BoundCluster):
    """Takes what remote controls send."""

    definition: ClassVar[ClusterDefinition] = COVER_CLUSTER
