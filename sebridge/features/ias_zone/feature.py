"""What ties the parts of IAS Zone together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.ias_zone.build import build
from sebridge.features.ias_zone.cluster import ZoneClient, ZoneServer
from sebridge.features.ias_zone.entities import ZoneEntities
from sebridge.features.ias_zone.records import ZONE_CLUSTER
from sebridge.features.ias_zone.simulated import simulated
from sebridge.features.ias_zone.simulated_methods import SimulatedDoorMethods
from sebridge.features.ias_zone.topics import zone_topics
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="ias_zone",
    clusters=(ZONE_CLUSTER,),
    build=build,
    cluster_classes=(
        ClusterClass(ZoneServer, lambda _host: ZoneServer()),
        ClusterClass(ZoneClient, lambda _host: ZoneClient()),
    ),
    topics=zone_topics,
    entities=ZoneEntities,
    simulated=simulated,
    simulated_methods=SimulatedDoorMethods,
)
