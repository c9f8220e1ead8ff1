"""The network's time on a device that is not its master: rules TIME-3 to TIME-7. Pure.

Times on the air are whole seconds since 2000 UTC, those of the clock seconds since 1970.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

import msgspec

from sebridge.base.clock import Clock, Timer, unix_time, zigbee_time
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules
from sebridge.network.peer import Peer

T = TypeVar("T")

MASTER: Final = 0x01
SYNCHRONISED: Final = 0x02
MASTER_ZONE_DST: Final = 0x04
SUPERSEDING: Final = 0x08
"""Bits of the attribute TimeStatus (TIME-1)."""

_BEST_FIRST: Final = (SUPERSEDING, MASTER, SYNCHRONISED)
_UNKNOWN_ADDRESS: Final = 0xFFFF

CLOSE_ENOUGH: Final = 2.0
"""Seconds of difference that a frame on its way explains; smaller ones are not corrected."""


class TimeSource(msgspec.Struct, frozen=True):
    """What a time server told of itself. `short_address` is its 16-bit network address."""

    peer: Peer
    short_address: int | None
    status: int
    time: int
    zone: ZoneRules = ZoneRules()  # frozen, so it may be shared

    @property
    def usable(self) -> bool:
        """Say whether a clock may be set from it: it knows the time, and vouches for it."""
        return self.time != INVALID_TIME and bool(self.status & (MASTER | SYNCHRONISED))


def choose(sources: Iterable[TimeSource]) -> TimeSource | None:
    """Return the server to take the time from (TIME-4), None when none is fit.

    Superseding beats master beats synchronised; among equals the lower short address, so that
    the trust centre's 0x0000 wins.
    """
    return min((source for source in sources if source.usable), key=_place, default=None)


def _place(source: TimeSource) -> tuple[int, int]:
    rank = next(place for place, bit in enumerate(_BEST_FIRST) if source.status & bit)
    address = source.short_address
    return rank, _UNKNOWN_ADDRESS if address is None else address


class NetworkTime:
    """How far the network's clock is from ours, its zone, and who told it."""

    def __init__(self) -> None:
        self.offset = 0.0  # seconds to add to our UTC
        self.zone = ZoneRules()
        self.source: Peer | None = None
        self.last_set = INVALID_TIME  # when, in the network's time
        self._was_put = False
        self._by_hand = False

    @property
    def known(self) -> bool:
        """Say whether the time was told: by a server of the network, or from outside of it."""
        return self._was_put or self.source is not None

    def resume(self, offset: float) -> None:
        """Go on, after a restart, so many seconds from our UTC."""
        self.offset = offset

    def at(self, utc: float) -> float:
        """Return the network's time for ours, both in seconds since 1970."""
        return utc + self.offset

    def now(self, utc: float) -> int:
        """Return the network's time in seconds since 2000; 0xFFFFFFFF while it is not known."""
        return zigbee_time(self.at(utc)) if self.known else INVALID_TIME

    def local(self, utc: float) -> int:
        """Return the time that a display shows, 0xFFFFFFFF while it is not known (TIME-7)."""
        return self.zone.local(self.now(utc))

    def take(self, source: TimeSource, utc: float) -> float:
        """Take a server's time and zone; return by how many seconds the clock was put forward.

        Nothing is taken from a server that does not know the time (TIME-3).
        """
        if not source.usable:
            return 0.0
        self.source = source.peer
        self._by_hand = False
        if source.zone.sound:
            self.zone = source.zone
        return self._set(source.time, utc)

    def take_price_time(self, source: Peer, time: int, utc: float) -> float:
        """Take the time that came with a price; return by how much the clock was put forward.

        Only that of the device whose Time cluster was chosen counts (TIME-6), and the zone stays.
        A time that was set from outside holds until a Time cluster is read again (TIME-5).
        """
        if (
            self._by_hand
            or self.source is None
            or source.device != self.source.device
            or time == INVALID_TIME
        ):
            return 0.0
        return self._set(time, utc)

    def put(self, wanted: float, utc: float) -> float:
        """Set the time from outside of the network; return by how much it was put forward.

        Both times are in seconds since 1970: the network's as it is to be, and ours.
        """
        step = wanted - self.at(utc)
        self.offset += step
        self.last_set = zigbee_time(wanted)
        self._was_put = self._by_hand = True
        return step

    def _set(self, time: int, utc: float) -> float:
        self.last_set = time
        step = unix_time(time) - self.at(utc)
        if abs(step) < CLOSE_ENOUGH:
            return 0.0
        self.offset += step
        return step


class NetworkClock:
    """A clock that shows the network's time; waiting is that of the clock below."""

    def __init__(self, clock: Clock, time: NetworkTime) -> None:
        self._clock = clock
        self._time = time

    def utc(self) -> float:
        """Return the network's time in seconds since 1970; ours while it is not known."""
        return self._time.at(self._clock.utc())

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return self._clock.monotonic()

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back after so many seconds."""
        return self._clock.call_later(seconds, callback)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds."""
        await self._clock.sleep(seconds)

    async def within(self, seconds: float, answer: Awaitable[T]) -> T:
        """Return the answer, or raise AnswerTimeoutError when it has not come in time."""
        return await self._clock.within(seconds, answer)
