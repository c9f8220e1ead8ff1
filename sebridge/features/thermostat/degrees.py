"""Degrees C as the cluster has them: hundredths."""

from typing import Final

from sebridge.base.errors import ParameterError

COLDEST: Final = -273.15
WARMEST: Final = 327.67
"""What the cluster can tell, in degrees C."""


def hundredths(path: str, degrees: float) -> int:
    """Return degrees C in hundredths; ParameterError, which names `path`, where there is none."""
    if not COLDEST <= degrees <= WARMEST:
        raise ParameterError(path, f"must be {COLDEST}..{WARMEST}")
    return round(degrees * 100)
