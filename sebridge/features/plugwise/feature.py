"""What ties the parts of Plugwise together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.plugwise.build import build
from sebridge.features.plugwise.entities import CircleEntities
from sebridge.features.plugwise.methods import PlugwiseMethods
from sebridge.features.plugwise.notifications import NOTIFICATIONS
from sebridge.features.plugwise.resources import RESOURCES
from sebridge.features.plugwise.topics import CircleTopics

FEATURE: Final = Feature(
    name="plugwise",
    build=build,
    topics=CircleTopics,
    entities=CircleEntities,
    method_groups=(PlugwiseMethods,),
    resources=RESOURCES,
    notifications=NOTIFICATIONS,
)
