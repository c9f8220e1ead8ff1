"""What ties the parts of Tunneling together."""

from typing import Final

from sebridge.feature import Feature

FEATURE: Final = Feature(name="tunneling")
