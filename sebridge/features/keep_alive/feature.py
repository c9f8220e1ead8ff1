"""What ties the parts of Keep-Alive together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="keep_alive")
