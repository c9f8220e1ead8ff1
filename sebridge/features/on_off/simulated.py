"""A simulated smart plug is switched, and what is plugged into it goes off with it."""

import msgspec

from sebridge.features.on_off.cluster import OnOffServer
from sebridge.simulator.vocabulary import NOTHING, SMART_PLUG, SimulatedHost, SimulatedPart


class SeenSwitch(msgspec.Struct, frozen=True):
    """What a person sees of a plug: whether its lamp is lit."""

    on: bool


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a plug be switched; it is on when it is plugged in."""
    if host.kind is not SMART_PLUG:
        return NOTHING

    def switched(is_on: bool) -> None:  # noqa: FBT001 - it is called with that alone
        host.supply.switch(on=is_on)
        host.house.note_change()

    server = OnOffServer(is_on=True, switched=switched)
    return SimulatedPart(clusters=(server,), shown={"on_off": lambda: SeenSwitch(server.is_on)})
