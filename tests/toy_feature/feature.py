"""What ties the parts of watering together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.model.record import records_of
from sebridge.modules.cluster_class import ClusterClass
from tests.toy_feature import records
from tests.toy_feature.build import build
from tests.toy_feature.entities import WateringEntities
from tests.toy_feature.methods import WateringMethods
from tests.toy_feature.notifications import NOTIFICATIONS
from tests.toy_feature.server import WateringServer
from tests.toy_feature.simulated import simulated
from tests.toy_feature.topics import GardenTopic

FEATURE: Final = Feature(
    name="watering",
    clusters=(records.WATERING_CLUSTER,),
    served_as="watering",
    build=build,
    method_groups=(WateringMethods,),
    notifications=NOTIFICATIONS,
    cluster_classes=(ClusterClass(WateringServer),),
    records=records_of(records),
    topics=GardenTopic,
    entities=WateringEntities,
    simulated=simulated,
)
