"""What ties the parts of Key Establishment together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.keys.clusters import KeyEstablishmentClient, KeyEstablishmentServer
from sebridge.features.keys.entities import JoiningEntities
from sebridge.features.keys.notifications import NOTIFICATIONS
from sebridge.features.keys.records import KEY_ESTABLISHMENT_CLUSTER
from sebridge.features.keys.simulated import simulated
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="keys",
    clusters=(KEY_ESTABLISHMENT_CLUSTER,),
    entities=JoiningEntities,
    notifications=NOTIFICATIONS,
    cluster_classes=(ClusterClass(KeyEstablishmentServer), ClusterClass(KeyEstablishmentClient)),
    simulated=simulated,
)
