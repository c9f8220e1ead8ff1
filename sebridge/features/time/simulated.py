"""Simulated devices that go by the time of events ask for it."""

from typing import Final

from sebridge.features.time.server import TimeClient
from sebridge.simulator.vocabulary import (
    DISPLAY,
    LOAD_CONTROL,
    NOTHING,
    THERMOSTAT,
    SimulatedHost,
    SimulatedPart,
)

_ASKING: Final = (DISPLAY, THERMOSTAT, LOAD_CONTROL)


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Give the client to devices that hear of events."""
    return SimulatedPart(clusters=(TimeClient(),)) if host.kind in _ASKING else NOTHING
