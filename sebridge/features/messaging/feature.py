"""What ties the parts of Messaging together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.messaging import records
from sebridge.features.messaging.build import build
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.entities import MessagingEntities
from sebridge.features.messaging.methods import MessagingMethods
from sebridge.features.messaging.notifications import NOTIFICATIONS
from sebridge.features.messaging.protected_methods import ProtectedMessageMethods
from sebridge.features.messaging.server import MessagingServer
from sebridge.features.messaging.simulated import simulated
from sebridge.features.messaging.simulated_methods import SimulatedMessageMethods
from sebridge.features.messaging.topics import MessageTopics
from sebridge.model.record import records_of
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="messaging",
    clusters=(records.MESSAGING_CLUSTER,),
    served_as="messaging",
    used_as="messaging_client",
    topics=MessageTopics,
    entities=MessagingEntities,
    build=build,
    method_groups=(MessagingMethods, ProtectedMessageMethods),
    notifications=NOTIFICATIONS,
    cluster_classes=(ClusterClass(MessagingServer), ClusterClass(MessagingClient)),
    records=records_of(records),
    simulated=simulated,
    simulated_methods=SimulatedMessageMethods,
)
