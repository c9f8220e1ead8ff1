"""Have the meters read a moment before the price changes."""

from collections.abc import Callable

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.service import Service


class BoundaryReader(Service):
    """Calls `read_meters` a moment before the price changes.

    Home Assistant costs each reading at the price of that moment, so what was used until the
    boundary must be told under the old price. `next_change` gives the next start or end of a price
    in seconds since 1970, or None.
    """

    LEAD = 3.0  # seconds before the boundary

    def __init__(
        self,
        *,
        read_meters: Callable[[], object],
        next_change: Callable[[], float | None],
        clock: Clock,
    ) -> None:
        super().__init__()
        self._read_meters = read_meters
        self._next_change = next_change
        self._clock = clock
        self._done: float | None = None

    @override
    async def run(self) -> None:
        """Wait for boundaries, looking again each second before one and every 10 s otherwise."""
        while True:
            boundary = self._next_change()
            left = 10.0 if boundary is None else boundary - self._clock.utc() - self.LEAD
            if left > 0:
                self._done = None  # set back, the clock comes to the same boundary once more
            elif boundary is not None and boundary != self._done:
                self._done = boundary
                self._read_meters()
                left = self.LEAD
            await self._clock.sleep(min(max(left, 1.0), 10.0))
