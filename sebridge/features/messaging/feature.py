"""What ties the parts of Messaging together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.messaging.notifications import NOTIFICATIONS

FEATURE: Final = Feature(name="messaging", notifications=NOTIFICATIONS)
