"""What ties the parts of window coverings together."""

from typing import Final

from sebridge.drivers.table import WINDOWCOVERINGS_SET
from sebridge.drivers.topics import topics_of
from sebridge.feature import Feature
from sebridge.features.cover.build import build
from sebridge.features.cover.cluster import BoundCover, CoverClient, CoverServer
from sebridge.features.cover.entities import CoverEntities
from sebridge.features.cover.methods import CoverMethods
from sebridge.features.cover.records import COVER_CLUSTER
from sebridge.features.cover.simulated import simulated
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="cover",
    clusters=(COVER_CLUSTER,),
    build=build,
    method_groups=(CoverMethods,),
    cluster_classes=(
        ClusterClass(CoverServer, lambda _host: CoverServer()),
        ClusterClass(CoverClient, lambda _host: CoverClient()),
        ClusterClass(BoundCover, lambda _host: BoundCover()),
    ),
    topics=topics_of((WINDOWCOVERINGS_SET,)),
    entities=CoverEntities,
    simulated=simulated,
)
