"""The Thermostat cluster's client, which sets others."""

from typing import ClassVar

from sebridge.features.thermostat.records import DEFINITION
from sebridge.gateway.cluster import LocalCluster
from sebridge.zcl.cluster import ClusterDefinition


class ThermostatClient(LocalCluster):
    """Sets the thermostats of others."""

    definition: ClassVar[ClusterDefinition] = DEFINITION
    server = False
