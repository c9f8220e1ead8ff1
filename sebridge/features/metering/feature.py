"""What ties the parts of Metering together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="metering")
