"""The broker's acknowledgements, heard several at a time instead of each by itself.

An acknowledgement has four octets, and to wake up for it costs as much as for a report. So while
there are many, the kernel is told, by SO_RCVLOWAT, to wake us for a few together; what is longer,
as a request, wakes us at once, and nothing waits for longer than `LONGEST`. Source: Linux,
socket(7).
"""

import asyncio
import math
import socket
from typing import Final

from sebridge.base.clock import Clock, Timer

LONGEST: Final = 0.04
"""Seconds for which octets may wait to be heard: less than the linger of the database, so that what
is acknowledged never becomes a row."""

_MOST: Final = 12  # acknowledgements at a time: together they are shorter than any request
_OF_THOSE_UNDER_WAY: Final = 2  # which may wait to be heard: one of so many, or sending would stop
_ACKNOWLEDGEMENT: Final = 4  # octets


class Gathering:
    """How many octets must have come before a connection wakes us.

    Until `allow` that is one; so it is for a transport without a socket. Close it with the
    connection.
    """

    def __init__(self, transport: asyncio.BaseTransport, clock: Clock) -> None:
        self._socket = transport.get_extra_info("socket")
        self._clock = clock
        self._octets = 1  # that must have come while acknowledgements are expected
        self._timer: Timer | None = None
        self._expected = -math.inf  # when something was expected last: monotonic

    def allow(self, under_way: int) -> None:
        """Take note of how many messages can be without an acknowledgement at a time."""
        acknowledgements = min(under_way // _OF_THOSE_UNDER_WAY, _MOST)
        self._octets = max(acknowledgements * _ACKNOWLEDGEMENT, 1)
        if self._timer is not None:
            self._end()

    def expect(self) -> None:
        """Begin to gather, if something else was just expected: something will be acknowledged."""
        if self._timer is not None:
            return
        before, self._expected = self._expected, self._clock.monotonic()
        is_busy = self._expected - before < LONGEST
        if is_busy and self._octets > 1 and self._socket is not None:
            self._wake_for(self._octets)
            self._timer = self._clock.call_later(LONGEST, self._end)

    def close(self) -> None:
        """Do nothing any more."""
        self._socket = None
        if self._timer is not None:
            self._timer.cancel()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake_for(1)

    def _wake_for(self, octets: int) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, octets)
