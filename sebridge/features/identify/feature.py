"""What ties the parts of Identify together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="identify")
