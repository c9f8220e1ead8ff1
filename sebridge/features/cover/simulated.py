"""A simulated blind, which is where it is told to be at once."""

import msgspec

from sebridge.features.cover.cluster import CLOSED, CoverServer
from sebridge.simulator.vocabulary import BLIND, NOTHING, SimulatedHost, SimulatedPart


class SeenCover(msgspec.Struct, frozen=True):
    """What a person sees of a blind: by how many percent it is open."""

    position: int


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a blind be moved."""
    if host.kind is not BLIND:
        return NOTHING
    server = CoverServer(moved=host.house.note_change)
    return SimulatedPart(
        clusters=(server,), shown={"cover": lambda: SeenCover(CLOSED - server.closed)}
    )
