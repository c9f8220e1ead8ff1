"""What ties the parts of Demand Response and Load Control together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="load_control")
