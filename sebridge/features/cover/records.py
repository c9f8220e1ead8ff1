"""Window Covering cluster 0x0102, wire format.

Source: ZigBee Cluster Library, Window Covering cluster, of a later edition than the one that is
cited.
"""

from typing import Final

from sebridge.model.data_types import Uint8
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import WINDOW_COVERING
from sebridge.zcl.known_clusters import known_attributes


class UpOpenRecord(Record):
    """Open."""


class DownCloseRecord(Record):
    """Close."""


class StopCoverRecord(Record):
    """Stay where it is."""


class GoToLiftPercentageRecord(Record):
    """Close by so many percent: 0 is open, 100 is closed."""

    percentage: Uint8


COVER_CLUSTER: Final = ClusterDefinition(
    WINDOW_COVERING,
    "window_covering",
    from_client=(
        (0x00, "up_open", UpOpenRecord),
        (0x01, "down_close", DownCloseRecord),
        (0x02, "stop", StopCoverRecord),
        (0x05, "go_to_lift_percentage", GoToLiftPercentageRecord),
    ),
    server_attributes=known_attributes(WINDOW_COVERING),
)
