"""On/Off cluster 0x0006, wire format. Source: ZigBee Cluster Library, On/Off cluster."""

from typing import Final

from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import ON_OFF
from sebridge.zcl.known_clusters import known_attributes


class OffRecord(Record):
    """Switch off."""


class OnRecord(Record):
    """Switch on."""


class ToggleRecord(Record):
    """Switch off what is on, and on what is off."""


ON_OFF_CLUSTER: Final = ClusterDefinition(
    ON_OFF,
    "on_off",
    from_client=(
        (0x00, "off", OffRecord),
        (0x01, "on", OnRecord),
        (0x02, "toggle", ToggleRecord),
    ),
    server_attributes=known_attributes(ON_OFF),
)
