"""Devices that report more often than anybody can use: so much of it is taken, no more. Pure.

Reports are counted in turns of ten seconds, so that a device may tell much at once. One that told
more than it may floods, until it has not done so for a whole turn. Times are seconds of any steady
clock.
"""

from collections.abc import Callable, Mapping
import math
from typing import Final

from sebridge.base.addresses import Eui64

TURN: Final = 10.0
"""Seconds in which the reports of a device are counted."""


class Floods:
    """Which devices flood, and which of their reports are taken.

    `most` says how many reports of a device are taken in a turn; 0 is any number. A lower one holds
    from the next turn on. `began` is called with a device that begins to flood. What is counted is
    forgotten after the turn: it is as much as there are devices that were heard in it.
    """

    def __init__(self, most: Callable[[], int], began: Callable[[Eui64], object]) -> None:
        self.held_back = 0
        self._most = most
        self._began = began
        self._limit = 0.0
        self._turn_ends = -math.inf
        self._counted: dict[Eui64, int] = {}
        self._flooding: dict[Eui64, int] = {}

    @property
    def flooding(self) -> Mapping[Eui64, int]:
        """The devices that flood, each with the most reports that it made in a turn."""
        return self._flooding

    @property
    def turn_ends(self) -> float:
        """When what is counted now is all that there was in its turn."""
        return self._turn_ends

    def admits(self, device: Eui64, now: float) -> bool:
        """Count a report, and say whether it is taken."""
        if now >= self._turn_ends and not self._flooding:
            self._begin(now)  # else `ended` does, which has to tell of those that flood no more
        try:
            counted = self._counted[device] + 1
        except KeyError:
            counted = 1
        self._counted[device] = counted
        return counted <= self._limit or self._is_allowed(device, counted)

    def _is_allowed(self, device: Eui64, counted: int) -> bool:
        """Look again how many are taken; a device with more than that floods."""
        self._limit = self._allowed()
        if counted <= self._limit:
            return True
        self.held_back += 1
        before = self._flooding.get(device, 0)
        self._flooding[device] = max(before, counted)
        if not before:
            self._began(device)
        return False

    def ended(self, now: float) -> list[Eui64]:
        """Begin the next turn where it is time; return who does not flood any more."""
        if now < self._turn_ends:
            return []
        most = self._allowed()
        calm = [device for device in self._flooding if self._counted.get(device, 0) <= most]
        for device in calm:
            del self._flooding[device]
        self._begin(now)
        return calm

    def forget(self, device: Eui64) -> None:
        """Know of a device no more."""
        self._flooding.pop(device, None)
        self._counted.pop(device, None)

    def _begin(self, now: float) -> None:
        self._turn_ends = now + TURN
        self._limit = self._allowed()
        self._counted = {}

    def _allowed(self) -> float:
        return self._most() or math.inf
