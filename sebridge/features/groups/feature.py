"""What ties the parts of Groups together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.groups.build import build
from sebridge.features.groups.cluster import GroupsClient, GroupsServer
from sebridge.features.groups.methods import GroupMethods
from sebridge.features.groups.records import GROUPS_CLUSTER
from sebridge.features.groups.simulated import simulated
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="groups",
    clusters=(GROUPS_CLUSTER,),
    build=build,
    method_groups=(GroupMethods,),
    cluster_classes=(
        ClusterClass(GroupsServer, lambda _host: GroupsServer({})),
        ClusterClass(GroupsClient, lambda _host: GroupsClient()),
    ),
    simulated=simulated,
)
