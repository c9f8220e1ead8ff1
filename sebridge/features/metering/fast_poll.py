"""Fast poll mode of a meter: how often its demand is refreshed (rules MET-7 and MET-8). Pure.

Times are seconds since 2000 UTC.
"""

from typing import Final

import msgspec

DEFAULT_UPDATE_PERIOD: Final = 30
"""Seconds between two values of the demand."""
FAST_POLL_UPDATE_PERIOD: Final = 5
"""Seconds: the shortest period of the fast poll mode."""
LONGEST_IN_MINUTES: Final = 15


class FastPoll(msgspec.Struct):
    """The mode of one meter. `shortest` and `normal` are its periods in seconds."""

    normal: int = DEFAULT_UPDATE_PERIOD
    shortest: int = FAST_POLL_UPDATE_PERIOD
    _applied: int = DEFAULT_UPDATE_PERIOD
    _end: int = 0

    def request(self, period: int, minutes: int, now: int) -> tuple[int, int]:
        """Begin the mode; return the applied period and when the mode ends.

        While it runs, another request changes nothing: it hears how the mode runs already.
        """
        if now >= self._end:
            self._applied = max(period, self.shortest)
            self._end = now + 60 * min(minutes, LONGEST_IN_MINUTES)
        return self._applied, self._end

    def period(self, now: int) -> int:
        """Return the seconds between two values of the demand now."""
        return self._applied if now < self._end else self.normal
