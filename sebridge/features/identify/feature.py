"""What ties the parts of Identify together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.identify.build import build
from sebridge.features.identify.cluster import IdentifyClient, IdentifyServer
from sebridge.features.identify.entities import IdentifyEntities
from sebridge.features.identify.methods import IdentifyMethods
from sebridge.features.identify.notifications import NOTIFICATIONS
from sebridge.features.identify.records import IDENTIFY_CLUSTER
from sebridge.features.identify.simulated import simulated
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="identify",
    clusters=(IDENTIFY_CLUSTER,),
    build=build,
    entities=IdentifyEntities,
    method_groups=(IdentifyMethods,),
    notifications=NOTIFICATIONS,
    cluster_classes=(
        ClusterClass(IdentifyServer, lambda host: IdentifyServer(host.monotonic), at_first=True),
        ClusterClass(IdentifyClient, lambda _host: IdentifyClient(), at_first=True),
    ),
    simulated=simulated,
)
