"""A simulated lamp: on and off, how bright, and how warm. That it is switched is On/Off's."""

import msgspec

from sebridge.features.light.cluster import ColorServer, LevelServer
from sebridge.simulator.vocabulary import LAMP, NOTHING, SimulatedHost, SimulatedPart


class SeenLight(msgspec.Struct, frozen=True):
    """What a person sees of a lamp: its level, and the mireds of its light."""

    level: int
    color_temperature: int


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a lamp be dimmed."""
    if host.kind is not LAMP:
        return NOTHING

    def moved(to: int) -> None:
        host.supply.switch(on=to > 0)
        host.house.note_change()

    level, color = LevelServer(moved=moved), ColorServer()

    def seen() -> SeenLight:
        return SeenLight(level.level, color.mireds)

    return SimulatedPart(clusters=(level, color), shown={"light": seen})
