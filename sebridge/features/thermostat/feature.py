"""What ties the parts of Thermostat together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.thermostat.build import build

FEATURE: Final = Feature(name="thermostat", build=build)
