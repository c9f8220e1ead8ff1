"""What ties the parts of On/Off together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.on_off.build import build

FEATURE: Final = Feature(name="on_off", build=build)
