"""One direction of a serial line that is slow: octets arrive as fast as its baud rate lets them."""

from collections.abc import Callable
import logging
from typing import Final

from sebridge.base.clock import Clock, Timer

_LOGGER = logging.getLogger(__name__)

MOST_WAITING: Final = 1 << 16
"""Octets that may wait for their turn; what is more is lost."""
_PIECE: Final = 16  # octets that arrive at once
_BITS: Final = 10  # of an octet on the line: start, eight, stop


class SlowLine:
    """Delivers octets in order, in pieces, each when its last octet would have arrived.

    `baud` is bits per second, by `clock`.
    """

    def __init__(self, baud: int, clock: Clock, deliver: Callable[[bytes], object]) -> None:
        self._baud = baud
        self._clock = clock
        self._deliver = deliver
        self._waiting = bytearray()
        self._timer: Timer | None = None

    def put(self, octets: bytes) -> None:
        """Send octets; what there is no room for is lost."""
        room = MOST_WAITING - len(self._waiting)
        if len(octets) > room:
            _LOGGER.warning("%d octets are lost on the slow line", len(octets) - room)
        self._waiting += octets[:room]
        if self._timer is None:
            self._go_on()

    def clear(self) -> None:
        """Lose what is under way."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def hurry(self) -> None:
        """Deliver all that is under way at once."""
        rest = bytes(self._waiting)
        self.clear()
        if rest:
            self._deliver(rest)

    def _go_on(self) -> None:
        size = min(len(self._waiting), _PIECE)
        if size:
            seconds = size * _BITS / self._baud
            self._timer = self._clock.call_later(seconds, lambda: self._arrive(size))

    def _arrive(self, size: int) -> None:
        piece = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._timer = None
        self._go_on()
        self._deliver(piece)
