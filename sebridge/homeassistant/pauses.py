"""How long is waited before Home Assistant is asked again. Pure, but for chance."""

from random import Random
from typing import Final

from sebridge.base.errors import RefusedError, SebridgeError

_FIRST: Final = 1.0  # seconds
_LONGEST: Final = 60.0
_AFTER_REFUSAL: Final = 900.0
"""Seconds: Home Assistant shows its owner each attempt with a wrong token."""


class Pauses:
    """Grow to a minute; where the token is refused, it is a quarter of an hour.

    Chance takes up to half of each, so that not all come back at once.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._next = _FIRST

    def after(self, error: SebridgeError) -> float:
        """Return the seconds to wait after a conversation that has ended so."""
        longest = _LONGEST
        if isinstance(error, RefusedError):
            self._next = longest = _AFTER_REFUSAL
        pause = self._next * self._random.uniform(0.5, 1)
        self._next = min(2 * self._next, longest)
        return pause

    def restart(self) -> None:
        """Begin with the shortest again: a conversation went well."""
        self._next = _FIRST
