"""From pulses to power and energy, by the calibration of the circle that counted them. Pure.

Source: command reference of the RESTwise project, sample code of the power information request,
with a real division. It knows no production: the same amount, counted the other way.
"""

import math
from typing import Final

import msgspec

from sebridge.plugwise.answers import Calibration, PowerNow
from sebridge.plugwise.log import LoggedHour

PULSES_PER_KWS: Final = 468.9385193
"""How often the meter pulses for a kWs, before its calibration."""
_HOUR: Final = 3600
_WATTS: Final = 1000


def _corrected_rate(calibration: Calibration, pulses: int, seconds: float) -> float:
    """Return corrected pulses per second."""
    if not pulses:
        return 0.0
    rate = abs(pulses) / seconds + calibration.offset_noise
    corrected = calibration.gain_b * rate**2 + calibration.gain_a * rate + calibration.offset_total
    return math.copysign(1, pulses) * corrected


def power(calibration: Calibration, pulses: int, seconds: float) -> float:
    """Return the mean power in W while so many pulses were counted; negative is production."""
    return _WATTS * _corrected_rate(calibration, pulses, seconds) / PULSES_PER_KWS


def energy(calibration: Calibration, pulses: int, seconds: float = _HOUR) -> float:
    """Return the energy in kWh of pulses counted in so many seconds; negative is production."""
    kws = seconds * _corrected_rate(calibration, pulses, seconds) / PULSES_PER_KWS
    return kws / _HOUR


class EnergyOfHour(msgspec.Struct, frozen=True, gc=False):
    """The energy in kWh of the hour which began at `start`, in seconds since 1970.

    Negative where more was produced than consumed; production that is logged apart has an hour of
    its own. Where the circle's clock was set, two may have the same start: they add up.
    """

    start: int
    kwh: float
    is_production: bool


class EnergySoFar(msgspec.Struct, frozen=True, gc=False):
    """The energy in kWh of an hour that is not over, neither of them negative."""

    consumed: float
    produced: float


def energy_so_far(
    calibration: Calibration, now: PowerNow, seconds: float, *, apart: bool
) -> EnergySoFar:
    """Return what was counted in the hour of which so many seconds are over.

    Where production is not logged `apart`, the log will have the difference, and so has this.
    """
    consumed = abs(energy(calibration, now.consumed, seconds))
    produced = abs(energy(calibration, now.produced, seconds))
    if apart:
        return EnergySoFar(consumed, produced)
    return EnergySoFar(max(consumed - produced, 0.0), max(produced - consumed, 0.0))


def energy_of_hour(hour: LoggedHour, calibration: Calibration) -> EnergyOfHour:
    """Return the energy of an hour in a circle's log."""
    return EnergyOfHour(hour.start, energy(calibration, hour.pulses), hour.is_production)
