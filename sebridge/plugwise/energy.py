"""From pulses to power and energy, by the calibration of the circle that counted them. Pure.

Source: command reference of the RESTwise project, sample code of the power information request,
with a real division. It knows no production: the same amount, counted the other way.
"""

import math
from typing import Final

from sebridge.plugwise.answers import Calibration

_PULSES_PER_KWS: Final = 468.9385193
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
    return _WATTS * _corrected_rate(calibration, pulses, seconds) / _PULSES_PER_KWS


def energy(calibration: Calibration, pulses: int, seconds: float = _HOUR) -> float:
    """Return the energy in kWh of pulses counted in so many seconds; negative is production."""
    kws = seconds * _corrected_rate(calibration, pulses, seconds) / _PULSES_PER_KWS
    return kws / _HOUR
