"""What ties the parts of Demand Response and Load Control together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.load_control.entities import LoadControlEntities
from sebridge.features.load_control.topics import LastWords

FEATURE: Final = Feature(
    name="load_control", told_as="drlc", topics=LastWords, entities=LoadControlEntities
)
