"""What ties the parts of Identify together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.identify.entities import IdentifyEntities

FEATURE: Final = Feature(name="identify", entities=IdentifyEntities)
