"""A simulated contact of a door, which somebody opens and closes."""

from collections.abc import Callable
from typing import Final

import msgspec

from sebridge.features.ias_zone.cluster import ZoneServer
from sebridge.gateway.cluster import Outcome, Sending
from sebridge.simulator.vocabulary import CONTACT_SENSOR, NOTHING, SimulatedHost, SimulatedPart

_CONTACT: Final = 0x0015
_OPEN: Final = 1


class SeenContact(msgspec.Struct, frozen=True):
    """What a person sees of a door."""

    open: bool


class Door:
    """A door with a contact; `tell` has it say what it notices."""

    def __init__(self, zone: ZoneServer, tell: Callable[[Outcome], object]) -> None:
        self._zone = zone
        self._tell = tell

    @property
    def is_open(self) -> bool:
        """Whether it stands open."""
        return bool(self._zone.status)

    def move(self, *, is_open: bool) -> None:
        """Open it, or close it; who has taken the zone is told."""
        said, peer = self._zone.notice(_OPEN if is_open else 0), self._zone.enroller
        if peer is not None:
            self._tell(Outcome(sendings=(Sending(peer, said),)))


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a contact notice its door."""
    if host.kind is not CONTACT_SENSOR:
        return NOTHING
    zone = ZoneServer(_CONTACT)
    door = Door(zone, lambda outcome: host.carry_out(zone, outcome))
    return SimulatedPart(
        clusters=(zone,), views=(door,), shown={"door": lambda: SeenContact(door.is_open)}
    )
