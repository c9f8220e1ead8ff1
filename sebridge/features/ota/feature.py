"""What ties the parts of OTA Upgrade together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.ota.build import build
from sebridge.features.ota.client import OtaClient
from sebridge.features.ota.entities import FirmwareEntities
from sebridge.features.ota.methods import FirmwareMethods
from sebridge.features.ota.notifications import NOTIFICATIONS
from sebridge.features.ota.records import OTA_CLUSTER
from sebridge.features.ota.server import OtaServer
from sebridge.features.ota.simulated import simulated
from sebridge.features.ota.topics import FirmwareTopics
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="ota",
    clusters=(OTA_CLUSTER,),
    served_as="firmware",
    build=build,
    topics=FirmwareTopics,
    entities=FirmwareEntities,
    method_groups=(FirmwareMethods,),
    notifications=NOTIFICATIONS,
    cluster_classes=(ClusterClass(OtaServer), ClusterClass(OtaClient)),
    simulated=simulated,
)
