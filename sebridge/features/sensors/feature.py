"""What ties the parts of sensors together."""

from typing import Final

from sebridge.drivers.entities import entities_of
from sebridge.drivers.topics import all_topics_of
from sebridge.feature import Feature
from sebridge.features.sensors.build import SENSED, build
from sebridge.features.sensors.simulated import simulated

FEATURE: Final = Feature(
    name="sensors",
    build=build,
    topics=all_topics_of(*((one,) for one in SENSED)),
    entities=entities_of(SENSED, "sensors"),
    simulated=simulated,
)
