"""Keep-Alive cluster 0x0025, which has attributes only: ZigBee Smart Energy Profile 1.2."""

from typing import Final

from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import KEEP_ALIVE
from sebridge.zcl.known_clusters import known_attributes

KEEP_ALIVE_CLUSTER: Final = ClusterDefinition(
    KEEP_ALIVE, "keep_alive", server_attributes=known_attributes(KEEP_ALIVE)
)
