"""What ties the parts of Messaging together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.messaging.entities import MessagingEntities

FEATURE: Final = Feature(name="messaging", told_as="messaging", entities=MessagingEntities)
