"""Turns: one at a time for each device, the most important first, and no more waiting than fit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import enum
import heapq
import itertools
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError
from sebridge.radio.radio import Outgoing, TxStatus
from sebridge.zcl import digi, frame as zcl
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT, ZDO_PROFILE

MOST_WAITING: Final = 64  # for one device


class Priority(enum.IntEnum):
    """Which of the frames that wait for a device is sent first."""

    ANSWER = 0
    """A device waits for it, and for no long time."""
    COMMAND = 1
    BACKGROUND = 2
    """Reports of ours, reading, setting up reports, and octets for serial ports: it may come later.

    What is urgent is none of it.
    """


_SPECIFIC: Final = 0x01  # a frame of a cluster, in the frame control field
_OF_MANUFACTURER: Final = 0x04
_LATER: Final = frozenset(
    {
        zcl.READ_ATTRIBUTES,
        zcl.CONFIGURE_REPORTING,
        zcl.READ_REPORTING_CONFIGURATION,
        zcl.REPORT_ATTRIBUTES,
        zcl.DISCOVER_ATTRIBUTES,
    }
)


def priority_of(frame: Outgoing) -> Priority:
    """Return how important a frame is: as its header says, unless somebody waits for it."""
    if frame.profile_id == digi.PROFILE:
        return Priority.BACKGROUND  # no ZCL: what a person or a program types into a serial port
    if frame.cluster_id == KEY_ESTABLISHMENT and frame.profile_id != ZDO_PROFILE:
        return Priority.ANSWER
    if frame.profile_id == ZDO_PROFILE or not frame.data or frame.data[0] & _SPECIFIC:
        return Priority.COMMAND
    command = frame.data[4 if frame.data[0] & _OF_MANUFACTURER else 2 :][:1]
    if command and (command[0] in zcl.ANSWERS or command[0] == zcl.DEFAULT_RESPONSE):
        return Priority.ANSWER
    is_for_later = command and command[0] in _LATER and not frame.urgent
    return Priority.BACKGROUND if is_for_later else Priority.COMMAND


_Waiting = tuple[int, int, "asyncio.Future[None]"]
"""Who waits for a turn: how important, since when, and what is done when it is there."""


class Turns:
    """Gives each device's turn to one at a time; those of different devices do not meet.

    At most `most` wait for one device. Where more come, the least important of them, and of these
    the last one, is refused with DeliveryError (NO_ROOM).
    """

    def __init__(self, most: int = MOST_WAITING) -> None:
        self.refused = 0
        self._most = most
        self._waiting: dict[Eui64, list[_Waiting]] = {}
        self._numbers = itertools.count()

    def waiting(self, device: Eui64) -> int:
        """Return how many wait for a device."""
        return len(self._waiting.get(device, ()))

    @property
    def longest(self) -> int:
        """How many wait for the device for which most do."""
        return max(map(len, self._waiting.values()), default=0)

    @asynccontextmanager
    async def of(self, device: Eui64, priority: int = Priority.COMMAND) -> AsyncIterator[None]:
        """Have a device for oneself; DeliveryError when too many wait for it."""
        if device in self._waiting:
            await self._wait(device, self._waiting[device], priority)
        else:
            self._waiting[device] = []
        try:
            yield
        finally:
            self._pass_on(device)

    async def _wait(self, device: Eui64, queue: list[_Waiting], priority: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mine = (priority, next(self._numbers), turn)
        if len(queue) >= self._most:
            last = max(queue)
            if last < mine:
                self.refused += 1
                raise _too_many(device)
            self._refuse(device, queue, last)
        heapq.heappush(queue, mine)
        try:
            await turn
        except asyncio.CancelledError:
            if mine in queue:
                _take_out(queue, mine)
            elif turn.done() and not turn.cancelled() and turn.exception() is None:
                self._pass_on(device)  # it was ours just now
            raise

    def give_up(self, device: Eui64, reason: str) -> None:
        """Have all who wait for a device fail at once with DeliveryError (NO_ACK).

        Whose turn it is goes on.
        """
        waiting = self._waiting.get(device, [])
        for _, _, turn in waiting:
            if not turn.done():
                turn.set_exception(DeliveryError(f"{device} {reason}", TxStatus.NO_ACK))
        waiting.clear()

    def _refuse(self, device: Eui64, queue: list[_Waiting], last: _Waiting) -> None:
        self.refused += 1
        _take_out(queue, last)
        if not last[2].done():
            last[2].set_exception(_too_many(device))

    def _pass_on(self, device: Eui64) -> None:
        queue = self._waiting[device]
        while queue:
            turn = heapq.heappop(queue)[2]
            if not turn.done():
                turn.set_result(None)
                return
        del self._waiting[device]


def _take_out(queue: list[_Waiting], one: _Waiting) -> None:
    queue.remove(one)
    heapq.heapify(queue)


def _too_many(device: Eui64) -> DeliveryError:
    return DeliveryError(f"too many frames wait for {device} already", TxStatus.NO_ROOM)
