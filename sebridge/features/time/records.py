"""Time cluster 0x000A, which has attributes only. Source: ZigBee Cluster Library."""

from typing import Final

from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import TIME
from sebridge.zcl.known_clusters import known_attributes

TIME_CLUSTER: Final = ClusterDefinition(TIME, "time", server_attributes=known_attributes(TIME))
