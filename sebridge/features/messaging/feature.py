"""What ties the parts of Messaging together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.messaging.entities import MessagingEntities
from sebridge.features.messaging.notifications import NOTIFICATIONS

FEATURE: Final = Feature(
    name="messaging",
    told_as="messaging",
    notifications=NOTIFICATIONS,
    entities=MessagingEntities,
)
