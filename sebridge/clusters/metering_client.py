"""The Metering cluster's client side: reports and readings come to the gateway through it."""

from typing import ClassVar

from zigpy.zcl import Cluster
from zigpy.zcl.clusters.smartenergy import Metering

from sebridge.clusters.cluster import LocalCluster


class MeteringClient(LocalCluster):
    """Reads meters. Their values are scaled by `sebridge.reporting`."""

    definition: ClassVar[type[Cluster]] = Metering
    server = False
