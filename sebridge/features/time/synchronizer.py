"""Keep the network's time right: choose a source, ask it, and ask it again in time."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final, Protocol

import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import TimeNotSetError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.time.memory import TimeMemory
from sebridge.features.time.source import Source, choose_source, ntp_interval
from sebridge.network.signals import NetworkTimeSet

_LOGGER = logging.getLogger(__name__)

_RETRIES: Final = (10.0, 60.0, 600.0)
"""Seconds until the next attempt after one, two, and more failures."""


class NtpServers(Protocol):
    """Who asks NTP servers."""

    async def offset(self, server: str) -> float:
        """Return by how many seconds our clock is behind a server's; raise TimeNotSetError."""


class NetworkServers(Protocol):
    """Who asks the time servers of the ZigBee network, and takes the time of the best."""

    async def synchronise(self) -> bool:
        """Return False when none is fit."""


class SourceRules(msgspec.Struct, frozen=True, kw_only=True):
    """The registry settings that decide about the source, as they are at the moment of asking.

    `wanted` is Time_Synchronizer.type, `period` Time_Synchronizer.period and `sync_rate`
    NTP_client.sync_rate (seconds), `servers` NTP_client.server1 and server2 in their order.
    """

    wanted: Callable[[], str]
    period: Callable[[], float]
    sync_rate: Callable[[], float]
    servers: Callable[[], tuple[str, ...]]


class Synchronizer(Service):
    """Sets the network's time from its source, and never the operating system's clock.

    `clock` is the machine's own. `network` is None for a gateway without a Time client.
    """

    def __init__(
        self,
        memory: TimeMemory,
        ntp: NtpServers,
        rules: SourceRules,
        clock: Clock,
        bus: SignalBus,
        network: NetworkServers | None = None,
    ) -> None:
        super().__init__()
        self.memory = memory
        self._ntp = ntp
        self._rules = rules
        self._clock = clock
        self._bus = bus
        self._network = network
        self._woken = asyncio.Event()
        bus.listen(NetworkTimeSet, lambda _signal: memory.save())

    @property
    def source(self) -> Source:
        """Where the time comes from at present."""
        return choose_source(self._rules.wanted(), has_client=self._network is not None)

    def look_again(self) -> None:
        """Know that a setting has changed: the source, its servers or its interval."""
        self._woken.set()

    def put(self, utc: float) -> None:
        """Set the network's time by hand (UTC since 1970), until the next synchronisation.

        The time that comes with prices is none.
        """
        self._take(utc)

    async def synchronise(self) -> None:
        """Take the time from its source now; TimeNotSetError says why that is not possible.

        Without a source that is the system's UTC, which undoes what was set by hand.
        """
        source = self.source
        if source is Source.SYSTEM:
            self._take(self._clock.utc())
        elif source is Source.NTP:
            await self._ask_ntp()
        elif self._network is None:
            raise TimeNotSetError("a gateway without a Time client cannot ask the ZigBee network")
        elif not await self._network.synchronise():
            raise TimeNotSetError("no time server of the ZigBee network tells the time")

    @override
    async def run(self) -> None:
        """Ask NTP at once, then in time, and sooner after a failure; follow a change of source.

        When the network's servers are asked, `network` decides by itself.
        """
        before, failures = self.source, 0
        while True:
            self._woken.clear()
            source = self.source
            if source is Source.NTP or source is not before:
                failures = 0 if await self._try() else failures + 1
            before = source
            await self._pause(source, failures)

    async def _try(self) -> bool:
        try:
            await self.synchronise()
        except TimeNotSetError as error:
            _LOGGER.warning("the network's time is as it was: %s", error)
            return False
        return True

    async def _pause(self, source: Source, failures: int) -> None:
        if source is not Source.NTP:
            await self._woken.wait()
            return
        seconds = ntp_interval(self._rules.period(), self._rules.sync_rate())
        if failures:
            seconds = min(seconds, _RETRIES[min(failures, len(_RETRIES)) - 1])
        timer = self._clock.call_later(seconds, self._woken.set)
        try:
            await self._woken.wait()
        finally:
            timer.cancel()

    async def _ask_ntp(self) -> None:
        problems = []
        for server in self._rules.servers():
            try:
                offset = await self._ntp.offset(server)
            except TimeNotSetError as error:
                problems.append(str(error))
            else:
                self._take(self._clock.utc() + offset)
                return
        raise TimeNotSetError("; ".join(problems) or "no NTP server is configured")

    def _take(self, utc: float) -> None:
        first = not self.memory.time.known
        step = self.memory.put(utc, self._clock.utc())
        if abs(step) >= 1:
            _LOGGER.info("the network's time is put forward by %+.0f s", step)
        self._bus.send(NetworkTimeSet(None, step, first))
