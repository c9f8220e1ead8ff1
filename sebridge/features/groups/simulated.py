"""A simulated plug may be put into groups."""

from sebridge.features.groups.cluster import GroupsServer
from sebridge.simulator.vocabulary import (
    NOTHING,
    SMART_PLUG,
    SUB_METER,
    SimulatedHost,
    SimulatedPart,
)


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Give a plug its table of groups, which it forgets when its power fails."""
    if host.kind not in {SUB_METER, SMART_PLUG}:
        return NOTHING
    return SimulatedPart(clusters=(GroupsServer({}),))
