"""What ties the parts of Price together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="price")
