"""What ties the parts of Thermostat together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.thermostat.build import build
from sebridge.features.thermostat.cluster import ThermostatClient
from sebridge.features.thermostat.entities import ThermostatEntities
from sebridge.features.thermostat.methods import ThermostatMethods
from sebridge.features.thermostat.records import DEFINITION
from sebridge.features.thermostat.schedule_methods import ThermostatScheduleMethods
from sebridge.features.thermostat.simulated import simulated
from sebridge.features.thermostat.topics import thermostat_topics
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="thermostat",
    clusters=(DEFINITION,),
    build=build,
    method_groups=(ThermostatMethods, ThermostatScheduleMethods),
    cluster_classes=(ClusterClass(ThermostatClient, lambda _host: ThermostatClient()),),
    topics=thermostat_topics,
    entities=ThermostatEntities,
    simulated=simulated,
)
