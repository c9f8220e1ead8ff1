"""The loads that load control switches: how much of it is drawn now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sebridge.features.load_control.records import LoadControlEventRecord

_NOT_USED: Final = 0xFF
_SET_POINT_NOT_USED: Final = -0x8000
_LOAD_NOT_USED: Final = -0x80


def share_of_load(events: Sequence[LoadControlEventRecord]) -> float:
    """Return which share of its load (0..1) a switch draws under these events.

    A duty cycle is the largest ON share, a load adjustment is relative to the average; an event
    that gives neither leaves it to the device, which switches off (DRLC-7, DRLC-8).
    """
    share = 1.0
    for event in events:
        if event.duty_cycle != _NOT_USED:
            share = min(share, event.duty_cycle / 100.0)
        elif event.average_load_adjustment_percentage != _LOAD_NOT_USED:
            share = min(share, 1.0 + event.average_load_adjustment_percentage / 100.0)
        elif not _asks_for_temperature(event):
            share = 0.0
    return min(max(share, 0.0), 1.0)


def _asks_for_temperature(event: LoadControlEventRecord) -> bool:
    offsets = {event.cooling_temperature_offset, event.heating_temperature_offset}
    points = {event.cooling_temperature_set_point, event.heating_temperature_set_point}
    return offsets != {_NOT_USED} or points != {_SET_POINT_NOT_USED}


@dataclass(frozen=True, slots=True)
class SetPoints:
    """What a thermostat aims at, in degrees C."""

    heating: float = 21.0
    cooling: float = 25.0

    def under(self, events: Sequence[LoadControlEventRecord]) -> "SetPoints":
        """Return what it aims at under these events: always towards less load (DRLC-8)."""
        heating, cooling = self.heating, self.cooling
        for event in events:
            if event.heating_temperature_set_point != _SET_POINT_NOT_USED:
                heating = min(heating, event.heating_temperature_set_point / 100.0)
            elif event.heating_temperature_offset != _NOT_USED:
                heating = min(heating, self.heating - event.heating_temperature_offset / 10.0)
            if event.cooling_temperature_set_point != _SET_POINT_NOT_USED:
                cooling = max(cooling, event.cooling_temperature_set_point / 100.0)
            elif event.cooling_temperature_offset != _NOT_USED:
                cooling = max(cooling, self.cooling + event.cooling_temperature_offset / 10.0)
        return SetPoints(round(heating, 2), round(cooling, 2))
