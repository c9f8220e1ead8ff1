"""What ties the parts of Electrical Measurement together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.electrical.build import build
from sebridge.features.electrical.entities import ElectricalEntities
from sebridge.features.electrical.simulated import simulated
from sebridge.features.electrical.topics import ElectricalTopics

FEATURE: Final = Feature(
    name="electrical",
    build=build,
    topics=ElectricalTopics,
    entities=ElectricalEntities,
    simulated=simulated,
)
