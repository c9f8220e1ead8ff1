"""What ties the parts of mirrors together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="mirrors")
