"""What ties the parts of Temperature Measurement together."""

from typing import Final

from sebridge.drivers.entities import entities_of
from sebridge.drivers.table import MEASURE_TEMPERATURE
from sebridge.drivers.topics import topics_of
from sebridge.feature import Feature
from sebridge.features.temperature.build import build
from sebridge.features.temperature.cluster import TemperatureClient, TemperatureServer
from sebridge.features.temperature.records import TEMPERATURE_CLUSTER
from sebridge.features.temperature.simulated import simulated
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="temperature",
    clusters=(TEMPERATURE_CLUSTER,),
    build=build,
    cluster_classes=(
        ClusterClass(TemperatureServer, lambda _host: TemperatureServer(lambda: None)),
        ClusterClass(TemperatureClient, lambda _host: TemperatureClient()),
    ),
    topics=topics_of((MEASURE_TEMPERATURE,)),
    entities=entities_of((MEASURE_TEMPERATURE,)),
    simulated=simulated,
)
