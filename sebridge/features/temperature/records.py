"""Temperature Measurement cluster 0x0402, which has attributes only.

Source: ZigBee Cluster Library, Temperature Measurement cluster.
"""

from typing import Final

from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import TEMPERATURE_MEASUREMENT
from sebridge.zcl.known_clusters import known_attributes

TEMPERATURE_CLUSTER: Final = ClusterDefinition(
    TEMPERATURE_MEASUREMENT,
    "temperature",
    server_attributes=known_attributes(TEMPERATURE_MEASUREMENT),
)
