"""What ties the parts of Metering together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.metering.entities import MeterEntities
from sebridge.features.metering.topics import ReadingTopics

FEATURE: Final = Feature(
    name="metering", told_as="metering", topics=ReadingTopics, entities=MeterEntities
)
