"""What is known of each circle now. Pure.

The sum of its energy is that of all logged hours and of the hour that is not over. It never falls:
where the log of an hour has less than was counted until then, it stays until the log has more.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.features.plugwise.history import Energy
from sebridge.plugwise.energy import EnergySoFar

MOST_WISHES: Final = 64
"""Circles that would like to join, of which the newest are remembered."""
_NOT_SEEN: Final = "it was not seen yet"


class KnownCircle(msgspec.Struct, frozen=True):
    """What is kept of a circle: the name that somebody gave it, and whether it is the Circle+."""

    name: str = ""
    is_plus: bool = False


class CircleState(msgspec.Struct, frozen=True, kw_only=True):
    """A circle as it is now; None is what is not known.

    `problem` says why it is not there, and is empty where it is. `watts` are negative where it
    produces, `seen` is seconds since 1970, `energy` the sum of all that was ever logged, in kWh.
    """

    mac: Eui64
    name: str
    is_plus: bool
    problem: str = _NOT_SEEN
    is_on: bool | None = None
    watts: float | None = None
    seen: float | None = None
    energy: Energy | None = None

    @property
    def is_there(self) -> bool:
        """Whether it answers."""
        return not self.problem


class Book:
    """Holds the states of circles. `known` may be a collection; `names` are the configuration's."""

    def __init__(
        self, known: MutableMapping[Eui64, KnownCircle], names: Mapping[Eui64, str]
    ) -> None:
        self._known = known
        self._names = names
        self._wishes: list[Eui64] = []
        self._states = {mac: self._state(mac) for mac in known}

    def _state(self, mac: Eui64) -> CircleState:
        known = self._known[mac]
        name = self._names.get(mac) or known.name or f"Circle {mac & 0xFFFFFF:06X}"
        return CircleState(mac=mac, name=name, is_plus=known.is_plus)

    @property
    def states(self) -> Sequence[CircleState]:
        """Those of all circles, the Circle+ first."""
        return sorted(self._states.values(), key=lambda one: (not one.is_plus, one.mac))

    @property
    def wishes(self) -> Sequence[Eui64]:
        """The circles that would like to join."""
        return tuple(self._wishes)

    def get(self, mac: Eui64) -> CircleState | None:
        """Return the state of a circle; None where there is no such."""
        return self._states.get(mac)

    # ------------------------------------------------------------------ which there are

    def wish(self, mac: Eui64) -> None:
        """Note that a circle would like to join."""
        if mac not in self._wishes and mac not in self._states:
            self._wishes = [*self._wishes, mac][-MOST_WISHES:]

    def know(self, macs: Sequence[Eui64]) -> Sequence[CircleState]:
        """Know these circles, the Circle+ first, and no others; return those that are new."""
        for mac in self._states.keys() - set(macs):
            del self._states[mac], self._known[mac]
        self._wishes = [mac for mac in self._wishes if mac not in macs]
        new = [mac for mac in macs if mac not in self._states]
        for mac in new:
            self._known[mac] = replace(self._known.get(mac, KnownCircle()), is_plus=mac == macs[0])
            self._states[mac] = self._state(mac)
        return [self._states[mac] for mac in new]

    def rename(self, mac: Eui64, name: str) -> CircleState:
        """Give a circle another name; one that the configuration gives it stays."""
        self._known[mac] = replace(self._known[mac], name=name)
        self._states[mac] = replace(self._states[mac], name=self._state(mac).name)
        return self._states[mac]

    # ------------------------------------------------------------------ how they are

    def see(
        self,
        mac: Eui64,
        now: float,
        *,
        watts: float,
        is_on: bool,
        logged: Energy,
        hour: EnergySoFar | None,
    ) -> CircleState | None:
        """Note what a circle told, and return its state; None where there is no such circle."""
        before = self._states.get(mac)
        if before is None:
            return None
        energy = before.energy
        if hour is not None:
            energy = _grown(energy, logged + Energy(hour.consumed, hour.produced))
        self._states[mac] = replace(
            before, problem="", is_on=is_on, watts=watts, seen=now, energy=energy
        )
        return self._states[mac]

    def lose(self, mac: Eui64, reason: str) -> CircleState | None:
        """Note that a circle does not answer, and return its state; None where there is no such."""
        before = self._states.get(mac)
        if before is None:
            return None
        self._states[mac] = replace(before, problem=reason, watts=None)
        return self._states[mac]


def _grown(before: Energy | None, now: Energy) -> Energy:
    if before is None:
        return now
    return Energy(max(before.consumed, now.consumed), max(before.produced, now.produced))
