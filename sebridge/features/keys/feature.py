"""What ties the parts of Key Establishment together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="keys")
