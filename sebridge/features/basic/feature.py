"""What ties the parts of Basic together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.basic.build import build
from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.basic.notifications import NOTIFICATIONS
from sebridge.features.basic.records import BASIC_CLUSTER
from sebridge.features.basic.simulated import simulated
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="basic",
    clusters=(BASIC_CLUSTER,),
    build=build,
    notifications=NOTIFICATIONS,
    cluster_classes=(
        ClusterClass(
            BasicServer, lambda host: BasicServer(host.manufacturer, host.model), at_first=True
        ),
        ClusterClass(BasicClient, lambda _host: BasicClient()),
    ),
    simulated=simulated,
)
