"""What ties the parts of Basic together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="basic")
