"""Basic cluster 0x0000, wire format. Source: ZigBee Cluster Library, the Basic cluster."""

from typing import Final

from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import BASIC
from sebridge.zcl.known_clusters import known_attributes


class ResetToFactoryDefaultsRecord(Record):
    """Forget what was set."""


BASIC_CLUSTER: Final = ClusterDefinition(
    BASIC,
    "basic",
    from_client=((0x00, "reset_to_factory_defaults", ResetToFactoryDefaultsRecord),),
    server_attributes=known_attributes(BASIC),
)
