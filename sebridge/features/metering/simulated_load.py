"""A believable household load, and what a meter counts of it. Pure.

Loads are watts, registers watt-hours, times seconds since 1970.
"""

from collections import deque
import math
from typing import ClassVar, Final, Protocol

import msgspec

from sebridge.features.metering.load_profile import MOST_PERIODS, PERIOD_LENGTHS, QUARTER_OF_AN_HOUR

_PERIOD: Final = PERIOD_LENGTHS[QUARTER_OF_AN_HOUR]
_DAY: Final = 86_400.0
_HOUR: Final = 3600.0

# a working day's shape: share of the mean load in each hour, UTC
# fmt: off
_SHAPE: Final = (
    0.45, 0.40, 0.38, 0.37, 0.38, 0.45, 0.80, 1.25, 1.20, 0.90, 0.80, 0.85,
    1.05, 0.95, 0.80, 0.80, 0.95, 1.45, 2.05, 2.10, 1.80, 1.45, 1.05, 0.62,
)
# fmt: on
_MEAN: Final = sum(_SHAPE) / len(_SHAPE)
_RIPPLES: Final = ((0.10, 611.0), (0.07, 173.0), (0.04, 47.0))  # share, period: kettles, fridges
_SUNRISE: Final = 6 * _HOUR
_SUNSET: Final = 18 * _HOUR


class Load(Protocol):
    """What is drawn, whatever decides it."""

    def power(self, utc: float) -> float:
        """Return the net power: negative while more is generated than used."""


class SetLoad(msgspec.Struct, frozen=True):
    """A load that a person set: it was `begin` at the time `since`, and `rise`s in each hour."""

    begin: float
    rise: float = 0.0
    since: float = 0.0

    MOST: ClassVar[float] = 1_000_000.0
    """Watts that are drawn or given at most."""

    def power(self, utc: float) -> float:
        """Return the net power."""
        watts = self.begin + self.rise * (utc - self.since) / _HOUR
        return min(max(watts, -self.MOST), self.MOST)


class LoadCurve(msgspec.Struct, frozen=True):
    """The power that a household draws.

    `mean` is the mean load, `solar_peak` what panels give at noon; `phase` makes two homes differ.
    """

    mean: float = 450.0
    solar_peak: float = 0.0
    phase: float = 0.0

    def power(self, utc: float) -> float:
        """Return the net power: negative while more is generated than used."""
        second = utc % _DAY
        hour, into = divmod(second / _HOUR, 1.0)
        here, after = _SHAPE[int(hour)], _SHAPE[(int(hour) + 1) % 24]
        share = (here + (after - here) * into) / _MEAN
        for strength, period in _RIPPLES:
            share += strength * math.sin(2 * math.pi * utc / period + self.phase)
        return self.mean * max(share, 0.05) - self._sun(second)

    def _sun(self, second: float) -> float:
        if not _SUNRISE < second < _SUNSET:
            return 0.0
        return self.solar_peak * math.sin(math.pi * (second - _SUNRISE) / (_SUNSET - _SUNRISE))


class RegisterState(msgspec.Struct, frozen=True):
    """What a meter has counted, in watt-hours, and until when (UTC since 1970)."""

    delivered: float
    received: float
    until: float


_STEP: Final = 60.0  # seconds between which the power counts as constant
_LONGEST_GAP: Final = 31 * _DAY  # a meter that was away longer just goes on from there


def count(state: RegisterState, curve: Load, extra: float, now: float) -> RegisterState:
    """Return the registers at `now`; `extra` watts were drawn besides the load's.

    Registers never decrease, also when the clock goes back (MET-6).
    """
    time = max(state.until, now - _LONGEST_GAP)
    delivered, received = state.delivered, state.received
    while time < now:
        step = min(_STEP, now - time)
        energy = (curve.power(time + step / 2) + extra) * step / _HOUR
        delivered += max(energy, 0.0)
        received += max(-energy, 0.0)
        time += step
    return RegisterState(delivered, received, max(time, now))


class IntervalHistory:
    """Counts as `count` does, and remembers the registers at the end of each quarter of an hour.

    What was before the meter was switched on follows the load curve backwards from `state`.
    """

    def __init__(self, curve: Load, state: RegisterState) -> None:
        self._curve = curve
        self._known: deque[RegisterState] = deque(maxlen=MOST_PERIODS + 1)
        begin = state.until - state.until % _PERIOD
        state = self._back(state, begin)
        for _ in range(MOST_PERIODS + 1):
            self._known.appendleft(state)
            state = self._back(state, state.until - _PERIOD)

    @property
    def end(self) -> float:
        """The end of the newest finished interval."""
        return self._known[-1].until

    def count(self, state: RegisterState, extra: float, now: float) -> RegisterState:
        """Return the registers at `now`; `extra` watts were drawn besides the curve's."""
        oldest = now - now % _PERIOD - MOST_PERIODS * _PERIOD
        if oldest > self.end:  # what lies before need not be known interval by interval
            state = count(state, self._curve, extra, oldest)
            self._known.clear()
            self._known.append(state)
        while now >= self.end + _PERIOD:
            state = count(state, self._curve, extra, self.end + _PERIOD)
            self._known.append(RegisterState(state.delivered, state.received, self.end + _PERIOD))
        return count(state, self._curve, extra, now)

    def follow(self, load: Load) -> None:
        """Count another load from here on; what came before must have been counted."""
        self._curve = load

    def registers(self) -> tuple[list[float], list[float]]:
        """Return what was delivered and received until each boundary, oldest first."""
        return [s.delivered for s in self._known], [s.received for s in self._known]

    def _back(self, state: RegisterState, time: float) -> RegisterState:
        used = count(RegisterState(0.0, 0.0, time), self._curve, 0.0, state.until)
        return RegisterState(
            max(state.delivered - used.delivered, 0.0),
            max(state.received - used.received, 0.0),
            time,
        )
