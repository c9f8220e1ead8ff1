"""The registers of a simulated meter at the end of each quarter of an hour. Pure.

Times are seconds since 1970, registers watt-hours.
"""

from collections import deque
from typing import Final

from sebridge.features.metering.load_profile import MOST_PERIODS, PERIOD_LENGTHS, QUARTER_OF_AN_HOUR
from sebridge.simulator.load_curve import LoadCurve, RegisterState, count

_LENGTH: Final = PERIOD_LENGTHS[QUARTER_OF_AN_HOUR]


class IntervalHistory:
    """Counts as `count` does, and remembers what the registers showed at the boundaries.

    What was before the meter was switched on follows the load curve backwards from `state`.
    """

    def __init__(self, curve: LoadCurve, state: RegisterState) -> None:
        self._curve = curve
        self._known: deque[RegisterState] = deque(maxlen=MOST_PERIODS + 1)
        begin = state.until - state.until % _LENGTH
        state = self._back(state, begin)
        for _ in range(MOST_PERIODS + 1):
            self._known.appendleft(state)
            state = self._back(state, state.until - _LENGTH)

    @property
    def end(self) -> float:
        """The end of the newest finished interval."""
        return self._known[-1].until

    def count(self, state: RegisterState, extra: float, now: float) -> RegisterState:
        """Return the registers at `now`; `extra` watts were drawn besides the curve's."""
        oldest = now - now % _LENGTH - MOST_PERIODS * _LENGTH
        if oldest > self.end:  # what lies before need not be known interval by interval
            state = count(state, self._curve, extra, oldest)
            self._known.clear()
            self._known.append(state)
        while now >= self.end + _LENGTH:
            state = count(state, self._curve, extra, self.end + _LENGTH)
            self._known.append(RegisterState(state.delivered, state.received, self.end + _LENGTH))
        return count(state, self._curve, extra, now)

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
