"""What ties the parts of Metering together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.metering.build import build
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.features.metering.entities import MeterEntities
from sebridge.features.metering.history_methods import MeterHistoryMethods
from sebridge.features.metering.methods import MeteringMethods
from sebridge.features.metering.notifications import NOTIFICATIONS
from sebridge.features.metering.records import METERING_CLUSTER
from sebridge.features.metering.simulated import simulated
from sebridge.features.metering.simulated_methods import SimulatedMeterMethods
from sebridge.features.metering.swap_methods import MeterSwapMethods
from sebridge.features.metering.topics import ReadingTopics
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="metering",
    clusters=(METERING_CLUSTER,),
    build=build,
    used_as="metering",
    topics=ReadingTopics,
    entities=MeterEntities,
    method_groups=(MeteringMethods, MeterSwapMethods, MeterHistoryMethods),
    notifications=NOTIFICATIONS,
    cluster_classes=(ClusterClass(MeteringClient, lambda _host: MeteringClient(NoMirrors())),),
    simulated=simulated,
    simulated_methods=SimulatedMeterMethods,
)
