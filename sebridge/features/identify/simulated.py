"""Every simulated device shows itself when asked."""

from sebridge.features.identify.cluster import IdentifyServer
from sebridge.simulator.vocabulary import SimulatedHost, SimulatedPart


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Give the device the server that it is asked by."""
    return SimulatedPart(clusters=(IdentifyServer(host.clock.monotonic),))
