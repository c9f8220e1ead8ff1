"""What ties the parts of Demand Response and Load Control together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.load_control.notifications import NOTIFICATIONS

FEATURE: Final = Feature(name="load_control", notifications=NOTIFICATIONS)
