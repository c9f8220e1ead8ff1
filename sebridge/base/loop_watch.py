"""How late the event loop is: what anything that must happen now has to wait."""

from collections import deque
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.service import Service

PERIOD: Final = 1.0  # seconds between two looks
_LOOKS: Final = 60


class LoopWatch(Service):
    """Looks every second how late a short sleep ends; `clock` is one of real time."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._lags: deque[float] = deque(maxlen=_LOOKS)

    @property
    def lag(self) -> float:
        """The worst of the last minute, in seconds; 0 before the first look."""
        return max(self._lags, default=0.0)

    @override
    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            before = self._clock.monotonic()
            await self._clock.sleep(PERIOD)
            self._lags.append(max(self._clock.monotonic() - before - PERIOD, 0.0))
