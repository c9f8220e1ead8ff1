"""News of serial nodes, as people and programs see them."""

from collections.abc import Sequence

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.features.serial_nodes.book import SerialPlace


class SerialNodesKnown(msgspec.Struct, frozen=True):
    """These are the serial nodes that there are, and no others."""

    places: Sequence[SerialPlace]


class TemperatureHeard(msgspec.Struct, frozen=True):
    """A node has told how warm it is at its sensor, in degrees C, at a time since 1970."""

    node: Eui64
    celsius: float
    time: float
