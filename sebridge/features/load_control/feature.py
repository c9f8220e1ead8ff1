"""What ties the parts of Demand Response and Load Control together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.load_control.entities import LoadControlEntities
from sebridge.features.load_control.notifications import NOTIFICATIONS
from sebridge.features.load_control.topics import LastWords

FEATURE: Final = Feature(
    name="load_control",
    told_as="drlc",
    notifications=NOTIFICATIONS,
    topics=LastWords,
    entities=LoadControlEntities,
)
