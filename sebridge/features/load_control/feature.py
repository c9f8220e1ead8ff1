"""What ties the parts of Demand Response and Load Control together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.load_control import records
from sebridge.features.load_control.build import build
from sebridge.features.load_control.client import DrlcClient
from sebridge.features.load_control.enrollment_methods import EnrollmentMethods
from sebridge.features.load_control.entities import LoadControlEntities
from sebridge.features.load_control.limit_methods import ConsumptionLimitMethods
from sebridge.features.load_control.methods import DRLCMethods
from sebridge.features.load_control.notifications import NOTIFICATIONS
from sebridge.features.load_control.participation_methods import ParticipationMethods
from sebridge.features.load_control.server import DrlcServer
from sebridge.features.load_control.simulated import simulated
from sebridge.features.load_control.simulated_methods import SimulatedLoadControlMethods
from sebridge.features.load_control.topics import LoadControlTopics
from sebridge.model.record import records_of
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="load_control",
    clusters=(records.LOAD_CONTROL_CLUSTER,),
    served_as="drlc",
    used_as="drlc_client",
    topics=LoadControlTopics,
    entities=LoadControlEntities,
    build=build,
    method_groups=(
        DRLCMethods,
        ParticipationMethods,
        ConsumptionLimitMethods,
        EnrollmentMethods,
    ),
    notifications=NOTIFICATIONS,
    cluster_classes=(ClusterClass(DrlcServer), ClusterClass(DrlcClient)),
    records=records_of(records),
    simulated=simulated,
    simulated_methods=SimulatedLoadControlMethods,
)
