"""A simulated sensor of temperature, in a room that is warmer in the afternoon."""

import math
from typing import Final

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.features.temperature.cluster import COLDEST, WARMEST, TemperatureServer
from sebridge.simulator.vocabulary import (
    NOTHING,
    TEMPERATURE_SENSOR,
    SimulatedHost,
    SimulatedPart,
)

_DAY: Final = 86_400.0
_WARMEST_AT: Final = 15 * 3600.0  # seconds of the day, UTC
_MOST_SWING: Final = 60.0  # degrees C


class RoomSettings(msgspec.Struct, frozen=True):
    """How warm it is at the sensor, in degrees C: on average, and by how much more at most."""

    temperature: float = 20.0
    swing: float = 2.0

    def __post_init__(self) -> None:
        """Raise ParameterError for what there is not."""
        if not COLDEST <= self.temperature <= WARMEST:
            raise ParameterError("temperature", f"must be {COLDEST:g}..{WARMEST:g}")
        if not 0 <= self.swing <= _MOST_SWING:
            raise ParameterError("swing", f"must be 0..{_MOST_SWING:g}")

    def at(self, utc: float) -> float:
        """Return how warm it is at a time, in seconds since 1970."""
        turn = 2 * math.pi * (utc % _DAY - _WARMEST_AT) / _DAY
        return self.temperature + self.swing * math.cos(turn)


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a sensor measure its room."""
    if host.kind is not TEMPERATURE_SENSOR:
        return NOTHING
    room = host.options.read(RoomSettings)

    def now() -> float:
        return round(room.at(host.clock.utc()), 2)

    return SimulatedPart(clusters=(TemperatureServer(now),), measured={"temperature": now})
