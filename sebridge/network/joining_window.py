"""For how long the network is open to new devices. Pure: the caller brings the time.

The radio opens the network for 254 seconds at most, and 255 would mean for ever: a longer window
is a row of openings, each before the last one ends (rule NET-1).
"""

from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError

LONGEST_OPENING: Final = 254  # seconds that the radio is asked for at once
REPEATED_AFTER: Final = 240.0  # seconds
MAX_JOIN_TIME: Final = 86_400  # seconds: a network left open for days was forgotten, not wanted

_LAST_SECOND: Final = 1e-6


def check_join_time(seconds: int) -> None:
    """Raise ParameterError for a negative time, or one longer than a day."""
    if not 0 <= seconds <= MAX_JOIN_TIME:
        raise ParameterError("join_time", f"{seconds} is not in 0..{MAX_JOIN_TIME} seconds")


class JoiningWindow:
    """When the network closes, and what to ask of the radio until then.

    Times are monotonic seconds.
    """

    def __init__(self) -> None:
        self.awaited: frozenset[Eui64] = frozenset()
        """The devices for which it was opened."""
        self.is_for_all = True
        """Whether others may come in besides them."""
        self._until: float | None = None

    def open(self, seconds: int, now: float, only: Eui64 | None = None) -> None:
        """Open for so many seconds from now, in the place of an earlier window; 0 closes.

        With `only` it is for one device, and for those for which it is open already. Raises
        ParameterError for a negative time, or one longer than a day.
        """
        check_join_time(seconds)
        if not self.remaining(now):
            self.awaited, self.is_for_all = frozenset(), False
        self._until = now + seconds if seconds else None
        if only is None:
            self.is_for_all = True
        else:
            self.awaited |= {only}

    def close(self) -> None:
        """Close now."""
        self._until = None
        self.awaited, self.is_for_all = frozenset(), True

    def remaining(self, now: float) -> float:
        """Return the seconds until the network closes; 0 when it is closed."""
        return 0.0 if self._until is None else max(self._until - now, 0.0)

    def opening(self, now: float) -> int:
        """Return for how many seconds the radio must open the network now; 0 closes it."""
        remaining = self.remaining(now)
        if remaining <= _LAST_SECOND:
            return 0
        return max(min(round(remaining), LONGEST_OPENING), 1)

    def next_step(self, now: float) -> float:
        """Return the seconds until the radio must be told again."""
        remaining = self.remaining(now)
        return remaining if remaining <= LONGEST_OPENING else REPEATED_AFTER
