"""What ties the parts of Temperature Measurement together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.temperature.build import build

FEATURE: Final = Feature(name="temperature", build=build)
