"""What ties the parts of lamps together."""

from typing import Final

from sebridge.drivers.topics import all_topics_of
from sebridge.feature import Feature
from sebridge.features.light.build import CLUSTERS, build
from sebridge.features.light.cluster import (
    BoundColor,
    BoundLevel,
    ColorClient,
    ColorServer,
    LevelClient,
    LevelServer,
)
from sebridge.features.light.entities import LightEntities
from sebridge.features.light.methods import LightMethods
from sebridge.features.light.records import COLOR_CLUSTER, LEVEL_CLUSTER
from sebridge.features.light.simulated import simulated
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="light",
    clusters=(LEVEL_CLUSTER, COLOR_CLUSTER),
    build=build,
    method_groups=(LightMethods,),
    cluster_classes=(
        ClusterClass(LevelServer, lambda _host: LevelServer()),
        ClusterClass(LevelClient, lambda _host: LevelClient()),
        ClusterClass(BoundLevel, lambda _host: BoundLevel()),
        ClusterClass(ColorServer, lambda _host: ColorServer()),
        ClusterClass(ColorClient, lambda _host: ColorClient()),
        ClusterClass(BoundColor, lambda _host: BoundColor()),
    ),
    topics=all_topics_of(*CLUSTERS),
    entities=LightEntities,
    simulated=simulated,
)
