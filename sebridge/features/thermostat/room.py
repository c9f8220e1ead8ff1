"""A room that is heated, and perhaps cooled: how warm it is after a while. Pure.

Temperatures are degrees C, times seconds since 1970.
"""

from typing import Final, Self

import msgspec
from msgspec.structs import replace

from sebridge.base.errors import ParameterError

COLDEST: Final = 5.0
WARMEST: Final = 30.0
"""What can be aimed at."""

OFF: Final = 0
AUTO: Final = 1
COOL: Final = 3
HEAT: Final = 4
"""System modes of the cluster."""

_PER_HOUR: Final = 3.0  # degrees by which it becomes warmer or colder
_HOUR: Final = 3600.0
_CLOSE: Final = 0.1  # degrees
_FULL: Final = 100  # percent
_TO_HOLD: Final = 5  # percent for each degree that it is kept from what it would be by itself


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room with its thermostat, `since` a time.

    By itself it comes to the temperature `outside`. With `cools` it has a cooling.
    """

    temperature: float = 19.0
    outside: float = 14.0
    heating: float = 21.0
    cooling: float = 25.0
    mode: int = HEAT
    cools: bool = False
    since: float = 0.0

    def __post_init__(self) -> None:
        """Raise ParameterError for what cannot be aimed at."""
        for name in ("heating", "cooling"):
            if not COLDEST <= getattr(self, name) <= WARMEST:
                raise ParameterError(name, f"must be {COLDEST:g}..{WARMEST:g}")

    @property
    def goal(self) -> float:
        """What it comes to."""
        goal = self.outside
        if self.mode in {AUTO, HEAT}:
            goal = max(goal, self.heating)
        if self.cools and self.mode in {AUTO, COOL}:
            goal = min(goal, self.cooling)
        return goal

    def at(self, time: float) -> Self:
        """Return it as it is later; a clock that was set back changes nothing but the time."""
        most = _PER_HOUR * max(time - self.since, 0.0) / _HOUR
        change = min(max(self.goal - self.temperature, -most), most)
        return replace(self, temperature=self.temperature + change, since=time)

    @property
    def heating_demand(self) -> int:
        """How much of the heating is used, in percent."""
        return self._demand(self.goal - self.outside, self.goal - self.temperature)

    @property
    def cooling_demand(self) -> int:
        """How much of the cooling is used, in percent."""
        return self._demand(self.outside - self.goal, self.temperature - self.goal)

    @staticmethod
    def _demand(held: float, missing: float) -> int:
        """Return it by how far the room is held from what it would be, and from its goal."""
        if held <= 0:
            return 0
        return _FULL if missing > _CLOSE else min(round(_TO_HOLD * held), _FULL)
