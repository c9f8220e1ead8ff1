"""What ties the parts of Tunneling together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.tunneling.build import build
from sebridge.features.tunneling.methods import TunnelingMethods
from sebridge.features.tunneling.notifications import NOTIFICATIONS
from sebridge.features.tunneling.records import TUNNELING_CLUSTER
from sebridge.features.tunneling.simulated import simulated

FEATURE: Final = Feature(
    name="tunneling",
    clusters=(TUNNELING_CLUSTER,),
    used_as="tunneling",
    build=build,
    notifications=NOTIFICATIONS,
    method_groups=(TunnelingMethods,),
    simulated=simulated,
)
