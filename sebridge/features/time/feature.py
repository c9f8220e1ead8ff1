"""What ties the parts of Time together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="time", told_as="time")
