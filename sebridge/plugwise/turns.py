"""Whose turn it is: one at a time for each device, some devices at once, all of them in turn."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Turns:
    """Lets requests begin: `most` at once, never two of one device.

    Of the devices with waiting requests that has the next turn which has had none for longest; its
    requests come in their order.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._busy: set[Hashable] = set()
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, device: Hashable) -> AsyncIterator[None]:
        """Wait for a turn of a device; it lasts as long as the context."""
        await self._wait(device)
        try:
            yield
        finally:
            self._end(device)

    async def _wait(self, device: Hashable) -> None:
        begin = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(device, deque()).append(begin)
        self._begin_next()
        try:
            await begin
        except asyncio.CancelledError:
            if not begin.cancelled():  # its turn had just come
                self._end(device)
            raise

    def _end(self, device: Hashable) -> None:
        self._busy.discard(device)
        if device in self._waiting:
            self._waiting[device] = self._waiting.pop(device)  # behind all others
        self._begin_next()

    def _begin_next(self) -> None:
        for device in [d for d in self._waiting if d not in self._busy]:
            if len(self._busy) == self._most:
                return
            waiting = self._waiting[device]
            while waiting and waiting[0].cancelled():
                waiting.popleft()
            if waiting:
                waiting.popleft().set_result(None)
                self._busy.add(device)
            if not waiting:
                del self._waiting[device]
