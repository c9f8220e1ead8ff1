"""When a state that is not told again counts for nothing any more. Pure."""

from math import ceil
from typing import Final

_MISSED: Final = 4
"""So many times a value has stayed away: a device that does not report is read each time, and
counts as gone by the third time without an answer. So it is unavailable before its values are."""

_LEAST: Final = 300
"""Seconds: a device that reports more often may be set up anew, or its network be disturbed."""


def expiry(renewed_within: float | None) -> int | None:
    """Return the seconds after which a state expires; None where it never does.

    `renewed_within` so many seconds it is told again, changed or not; None where nobody says so.
    """
    if renewed_within is None:
        return None
    return max(ceil(_MISSED * renewed_within), _LEAST)
