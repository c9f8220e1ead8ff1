"""What ties the parts of Time together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.time.methods import TimeMethods
from sebridge.features.time.records import TIME_CLUSTER
from sebridge.features.time.server import TimeClient, TimeServer
from sebridge.features.time.simulated import simulated
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="time",
    clusters=(TIME_CLUSTER,),
    served_as="time",
    used_as="time_client",
    method_groups=(TimeMethods,),
    cluster_classes=(
        ClusterClass(TimeServer, lambda host: TimeServer(host.zigbee_now)),
        ClusterClass(TimeClient, lambda _host: TimeClient()),
    ),
    simulated=simulated,
)
