"""All circles of a stick, looked after: who is there, what flows, what was logged meanwhile."""

import asyncio
from collections.abc import Mapping, MutableMapping
import contextlib
import logging
from typing import Final, NamedTuple

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, DecodeError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.plugwise.answers import DeviceInfo
from sebridge.plugwise.association import (
    add_circle,
    circle_plus_of,
    list_circles,
    permit_joining,
    remove_circle,
)
from sebridge.plugwise.circle import Circle, CirclePlus
from sebridge.plugwise.log import Progress
from sebridge.plugwise.signals import (
    CircleLost,
    CircleSeen,
    CirclesListed,
    HoursLogged,
    StickChanged,
)
from sebridge.plugwise.stick import Stick

_LOGGER = logging.getLogger(__name__)

MOST_FAST: Final = 5
"""Seconds by which the clock of a circle may be off before it is set."""


class Watching(msgspec.Struct, frozen=True):
    """How a circle is looked after: every so many seconds; whether it logs production apart."""

    every: float
    logs_production: bool = False


class _Watched(NamedTuple):
    circle: Circle
    task: asyncio.Task[None]


class Circles(Service):
    """Asks each circle how it is, again and again, and reads its log when that has gone on.

    `progress` keeps how far each log is read. Circles are looked after as is `usual`, but for those
    that are `special`. What is learnt is told on the bus; a circle that does not answer keeps none
    of the others waiting.
    """

    def __init__(
        self,
        stick: Stick,
        progress: MutableMapping[Eui64, Progress],
        clock: Clock,
        bus: SignalBus,
        usual: Watching,
        special: Mapping[Eui64, Watching],
    ) -> None:
        super().__init__()
        self._stick = stick
        self._progress = progress
        self._clock = clock
        self._bus = bus
        self._usual = usual
        self._special = special
        self._watched: dict[Eui64, _Watched] = {}
        self._logged: dict[Eui64, int] = {}  # where a circle logged when its log had been read
        self._is_listed = False
        self._stick_news = asyncio.Event()
        bus.listen(StickChanged, self._on_stick)

    @property
    def known(self) -> Mapping[Eui64, Circle]:
        """The circles that are associated, by their addresses, the Circle+ first."""
        return {mac: watched.circle for mac, watched in self._watched.items()}

    async def add(self, mac: Eui64) -> None:
        """Associate a circle; raises as `association.add_circle` does."""
        await add_circle(self._stick, mac, self._clock)
        self._watch(mac)
        self._tell_list()

    async def remove(self, mac: Eui64) -> None:
        """Have a circle leave, and forget it; raises as `association.remove_circle` does."""
        await remove_circle(self._stick, mac)
        self._progress.pop(mac, None)
        self._forget(mac)
        self._tell_list()

    async def switch(self, mac: Eui64, *, on: bool) -> None:
        """Switch the relay of a circle that is known; raises as `Stick.ask` does."""
        circle = self.known[mac]
        await circle.switch(on=on)
        await self._look(circle)

    async def look(self, mac: Eui64) -> DeviceInfo:
        """Ask a circle that is known how it is, tell that, and return what it says of itself.

        Raises as `Stick.ask` does.
        """
        return await self._look(self.known[mac])

    # ------------------------------------------------------------------ who is there

    def _on_stick(self, _signal: StickChanged) -> None:
        """Ask at once which circles there are, and how they are: it may be another stick."""
        self._is_listed = False
        self._stick_news.set()
        self._stick_news = asyncio.Event()

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until the stick comes or goes."""
        with contextlib.suppress(AnswerTimeoutError):
            await self._clock.within(seconds, self._stick_news.wait())

    @override
    async def run(self) -> None:
        """Learn which circles there are, whenever the stick comes."""
        problem = ""
        while True:
            if self._stick.info is not None and not self._is_listed:
                try:
                    await self._list()
                    problem = ""
                except SebridgeError as error:
                    if str(error) != problem:  # told once for each reason
                        _LOGGER.warning("the Plugwise circles cannot be listed: %s", error)
                    problem = str(error)
            await self._pause(self._usual.every)

    async def _list(self) -> None:
        """Learn which there are; from then on others may say that they would like to join."""
        self._is_listed = True
        try:
            found = await list_circles(self._stick)
            await permit_joining(self._stick, permitted=True)
        except BaseException:
            self._is_listed = False
            raise
        for mac in self._watched.keys() - set(found):
            self._forget(mac)
        for mac in found:
            self._watch(mac)
        self._tell_list()

    def _tell_list(self) -> None:
        self._bus.send(CirclesListed(tuple(self._watched)))

    def _watch(self, mac: Eui64) -> None:
        if mac not in self._watched:
            way = self._special.get(mac, self._usual)
            kind = CirclePlus if mac == circle_plus_of(self._stick) else Circle
            circle = kind(self._stick, mac, self._clock, logs_production=way.logs_production)
            task = self.spawn(self._look_after(circle, way), f"circle {mac}")
            self._watched[mac] = _Watched(circle, task)

    def _forget(self, mac: Eui64) -> None:
        self._logged.pop(mac, None)
        if (watched := self._watched.pop(mac, None)) is not None:
            watched.task.cancel()

    @override
    async def stop(self) -> None:
        """Look after none any more."""
        await super().stop()
        self._watched.clear()
        self._logged.clear()
        self._is_listed = False

    # ------------------------------------------------------------------ one circle

    async def _look_after(self, circle: Circle, way: Watching) -> None:
        is_lost, is_set_up = False, not way.logs_production
        while True:
            if self._stick.info is not None:
                try:
                    if not is_set_up:
                        await circle.log_production()
                        is_set_up = True
                    await self._look_further(circle, way.every)
                    is_lost = False
                except SebridgeError as error:
                    if not is_lost:
                        self._bus.send(CircleLost(circle.mac, str(error)))
                    is_lost = True
            await self._pause(way.every)

    async def _look_further(self, circle: Circle, every: float) -> None:
        """Look at a circle; where it does not log any more where it did, read what is new."""
        info = await self._look(circle)
        if info.log_address != self._logged.get(circle.mac):
            await self._catch_up(circle, every)
            self._logged[circle.mac] = info.log_address
            await self._look(circle)  # now it is known what came since

    async def _look(self, circle: Circle) -> DeviceInfo:
        info = await circle.info()
        flow = await circle.flow()
        hour = flow.hour if info.log_address == self._logged.get(circle.mac) else None
        self._bus.send(CircleSeen(circle.mac, flow.watts, bool(info.relay), hour))
        return info

    async def _catch_up(self, circle: Circle, every: float) -> None:
        """Read the log by the clock that it was written by, then set that right.

        A clock that tells no moment is set at once: what was logged by it has no date.
        """
        try:
            await self._read_log(circle, every)
            fast = await circle.clock_is_fast()
        except DecodeError:
            await circle.set_clock()
            raise
        if abs(fast) > MOST_FAST:
            await circle.set_clock()

    async def _read_log(self, circle: Circle, every: float) -> None:
        """Tell what is new. The log of years takes minutes, in which its circle is seen as ever."""
        looked = self._clock.monotonic()
        async with contextlib.aclosing(circle.catch_up(self._progress.get(circle.mac))) as log:
            async for hours, progress in log:
                if hours:
                    self._bus.send(HoursLogged(circle.mac, hours))
                if progress is not None:
                    self._progress[circle.mac] = progress
                if self._clock.monotonic() - looked >= every:
                    looked = self._clock.monotonic()
                    await self._look(circle)
