"""What ties the parts of Messaging together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="messaging")
