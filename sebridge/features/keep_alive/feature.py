"""What ties the parts of Keep-Alive together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.keep_alive.build import build
from sebridge.features.keep_alive.cluster import KeepAliveClient, KeepAliveServer
from sebridge.features.keep_alive.records import KEEP_ALIVE_CLUSTER
from sebridge.features.keep_alive.simulated import simulated
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="keep_alive",
    clusters=(KEEP_ALIVE_CLUSTER,),
    build=build,
    cluster_classes=(
        ClusterClass(KeepAliveServer, lambda _host: KeepAliveServer()),
        ClusterClass(KeepAliveClient, lambda _host: KeepAliveClient()),
    ),
    simulated=simulated,
)
