"""Every simulated device tells who made it, and its name."""

from typing import Final

from sebridge.features.basic.cluster import BasicServer
from sebridge.simulator.vocabulary import SimulatedHost, SimulatedPart

MANUFACTURER: Final = "sebridge simulator"
_LONGEST_MODEL: Final = 32  # characters


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Have the device tell its kind as its model, with its name where no driver goes by it."""
    kind = host.kind
    model = kind.model if kind.has_driver else f"{kind.model} ({host.name})"[:_LONGEST_MODEL]
    return SimulatedPart(clusters=(BasicServer(MANUFACTURER, model),))
