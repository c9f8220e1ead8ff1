"""What ties the parts of serial nodes together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.serial_nodes.build import build
from sebridge.features.serial_nodes.entities import SerialNodeEntities
from sebridge.features.serial_nodes.methods import SerialNodeMethods
from sebridge.features.serial_nodes.simulated import simulated
from sebridge.features.serial_nodes.topics import SerialNodeTopics

FEATURE: Final = Feature(
    name="serial_nodes",
    build=build,
    topics=SerialNodeTopics,
    entities=SerialNodeEntities,
    method_groups=(SerialNodeMethods,),
    simulated=simulated,
)
