"""All circles of a stick, looked after: who is there, what flows, what was logged meanwhile."""

import asyncio
from collections.abc import Mapping, MutableMapping
import contextlib
import logging
from typing import Final, NamedTuple

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DecodeError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.plugwise.answers import DeviceInfo
from sebridge.plugwise.association import (
    add_circle,
    circle_plus_of,
    list_circles,
    remove_circle,
)
from sebridge.plugwise.circle import Circle, CirclePlus
from sebridge.plugwise.log import Progress
from sebridge.plugwise.signals import CircleLost, CircleSeen, HoursLogged, StickChanged
from sebridge.plugwise.stick import Stick

_LOGGER = logging.getLogger(__name__)

MOST_FAST: Final = 5
"""Seconds by which the clock of a circle may be off before it is set."""


class _Watched(NamedTuple):
    circle: Circle
    task: asyncio.Task[None]


class Circles(Service):
    """Asks each circle how it is, every so many seconds, and reads its log when that has gone on.

    `progress` keeps how far each log is read. What is learnt is told on the bus; a circle that does
    not answer keeps none of the others waiting.
    """

    def __init__(
        self,
        stick: Stick,
        progress: MutableMapping[Eui64, Progress],
        clock: Clock,
        bus: SignalBus,
        every: float,
    ) -> None:
        super().__init__()
        self._stick = stick
        self._progress = progress
        self._clock = clock
        self._bus = bus
        self._every = every
        self._watched: dict[Eui64, _Watched] = {}
        self._is_listed = False
        bus.listen(StickChanged, self._on_stick)

    @property
    def known(self) -> Mapping[Eui64, Circle]:
        """The circles that are associated, by their addresses, the Circle+ first."""
        return {mac: watched.circle for mac, watched in self._watched.items()}

    async def add(self, mac: Eui64) -> None:
        """Associate a circle; raises as `association.add_circle` does."""
        await add_circle(self._stick, mac, self._clock)
        self._watch(mac)

    async def remove(self, mac: Eui64) -> None:
        """Have a circle leave, and forget it; raises as `association.remove_circle` does."""
        await remove_circle(self._stick, mac)
        self._progress.pop(mac, None)
        self._forget(mac)

    # ------------------------------------------------------------------ who is there

    def _on_stick(self, _signal: StickChanged) -> None:
        """Ask again which circles there are: it may be another stick."""
        self._is_listed = False

    @override
    async def run(self) -> None:
        """Learn which circles there are, whenever the stick comes."""
        while True:
            if self._stick.info is not None and not self._is_listed:
                try:
                    await self._list()
                except SebridgeError as error:
                    _LOGGER.warning("the Plugwise circles cannot be listed: %s", error)
            await self._clock.sleep(self._every)

    async def _list(self) -> None:
        self._is_listed = True
        try:
            found = await list_circles(self._stick)
        except BaseException:
            self._is_listed = False
            raise
        for mac in self._watched.keys() - set(found):
            self._forget(mac)
        for mac in found:
            self._watch(mac)

    def _watch(self, mac: Eui64) -> None:
        if mac not in self._watched:
            kind = CirclePlus if mac == circle_plus_of(self._stick) else Circle
            circle = kind(self._stick, mac, self._clock)
            task = self.spawn(self._look_after(circle), f"circle {mac}")
            self._watched[mac] = _Watched(circle, task)

    def _forget(self, mac: Eui64) -> None:
        if (watched := self._watched.pop(mac, None)) is not None:
            watched.task.cancel()

    @override
    async def stop(self) -> None:
        """Look after none any more."""
        await super().stop()
        self._watched.clear()
        self._is_listed = False

    # ------------------------------------------------------------------ one circle

    async def _look_after(self, circle: Circle) -> None:
        is_lost, logged = False, -1
        while True:
            if self._stick.info is not None:
                try:
                    logged = await self._look(circle, logged)
                    is_lost = False
                except SebridgeError as error:
                    if not is_lost:
                        self._bus.send(CircleLost(circle.mac, str(error)))
                    is_lost = True
            await self._clock.sleep(self._every)

    async def _look(self, circle: Circle, logged: int) -> int:
        """Return where the circle logs; where that is not where it was, read what is new."""
        info = await circle.info()
        await self._tell(circle, info)
        if info.log_address != logged:
            await self._catch_up(circle)
        return info.log_address

    async def _tell(self, circle: Circle, info: DeviceInfo) -> None:
        watts = await circle.power()
        self._bus.send(CircleSeen(circle.mac, watts, is_on=bool(info.relay)))

    async def _catch_up(self, circle: Circle) -> None:
        """Read the log by the clock that it was written by, then set that right.

        A clock that tells no moment is set at once: what was logged by it has no date.
        """
        try:
            await self._read_log(circle)
            fast = await circle.clock_is_fast()
        except DecodeError:
            await circle.set_clock()
            raise
        if abs(fast) > MOST_FAST:
            await circle.set_clock()

    async def _read_log(self, circle: Circle) -> None:
        """Tell what is new. The log of years takes minutes, in which its circle is seen as ever."""
        looked = self._clock.monotonic()
        async with contextlib.aclosing(circle.catch_up(self._progress.get(circle.mac))) as log:
            async for hours, progress in log:
                if hours:
                    self._bus.send(HoursLogged(circle.mac, hours))
                if progress is not None:
                    self._progress[circle.mac] = progress
                if self._clock.monotonic() - looked >= self._every:
                    looked = self._clock.monotonic()
                    await self._tell(circle, await circle.info())
