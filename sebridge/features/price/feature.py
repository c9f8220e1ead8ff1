"""What ties the parts of Price together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.price.notifications import NOTIFICATIONS

FEATURE: Final = Feature(name="price", notifications=NOTIFICATIONS)
