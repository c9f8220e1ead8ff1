"""What ties the parts of Prepayment together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="prepayment")
