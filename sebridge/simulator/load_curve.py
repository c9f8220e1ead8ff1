"""A believable household load: watts by the time of day, and what the sun gives. Pure."""

from dataclasses import dataclass
import math
from typing import Final

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


@dataclass(frozen=True, slots=True)
class LoadCurve:
    """The power that a household draws. Watts, and seconds since 1970.

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


@dataclass(frozen=True, slots=True)
class RegisterState:
    """What a meter has counted, in watt-hours, and until when (UTC since 1970)."""

    delivered: float
    received: float
    until: float


_STEP: Final = 60.0  # seconds between which the power counts as constant
_LONGEST_GAP: Final = 31 * _DAY  # a meter that was away longer just goes on from there


def count(state: RegisterState, curve: LoadCurve, extra: float, now: float) -> RegisterState:
    """Return the registers at `now`; `extra` watts were drawn besides the curve's.

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
