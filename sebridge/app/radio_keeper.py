"""Keep the radio on its network: start it, and search again when it or the network is lost."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
import logging
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import NotJoinedError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.network.searching import growing
from sebridge.network.signals import NetworkChanged, NotYetJoined
from sebridge.radio.radio import Association, Incoming, Radio

_LOGGER = logging.getLogger(__name__)

_PAUSES: Final = (1.0, 5.0)  # seconds before a lost radio is started again, at first and at most


class RadioUser(msgspec.Struct, frozen=True, kw_only=True):
    """Who hears what the radio hears, and what is told to one that was just started.

    `received` takes frames for our endpoints, and ZDO answers and announcements. `joined` is called
    with the 64-bit and the 16-bit address of a device, `left` with the former, and `key_gone` where
    it joined anew, with the key that it was made with. `push_devices` tells the radio of all known
    devices, `push_keys` gives it the link keys of those that have one.
    """

    received: Callable[[Incoming], object]
    joined: Callable[[Eui64, int], object]
    left: Callable[[Eui64], object]
    key_gone: Callable[[Eui64], object]
    push_devices: Callable[[], object]
    push_keys: Callable[[], Awaitable[object]]


class _Heard:
    """A listener of the radio: straight to its user, but for the end of the connection."""

    def __init__(self, user: RadioUser, lost: Callable[[Exception], None]) -> None:
        self.received = user.received
        self.joined = user.joined
        self.left = user.left
        self.key_gone = user.key_gone
        self.lost = lost


class RadioKeeper(Service):
    """The first start must succeed, so that a wrong port is told at once; later ones are retried.

    `start` raises ConfigError or NotJoinedError when there is no radio. With `joining`, the pauses
    between attempts to join, the network is one of others: it may also come later (NET-2).
    """

    def __init__(  # each is one narrow thing it needs
        self,
        radio: Radio,
        user: RadioUser,
        clock: Clock,
        bus: SignalBus,
        joining: Callable[[], Iterator[float]] | None = None,
    ) -> None:
        super().__init__()
        self.starts = 0
        self.association = Association.SEARCHING
        self.problem: str | None = None  # why the radio does not start again
        self._radio = radio
        self._user = user
        self._listener = _Heard(user, self.lost)
        self._clock = clock
        self._bus = bus
        self._joining = joining
        self._lost = asyncio.Event()
        self._since: float | None = None

    @property
    def age(self) -> float | None:
        """For how many seconds the radio is up; None while it is not."""
        return None if self._since is None else self._clock.monotonic() - self._since

    def lost(self, reason: Exception) -> None:
        """Know that the connection to the radio broke."""
        self._begin_again(f"the radio is lost: {reason}")

    def search(self) -> None:
        """Look for the network again: its trust centre has been silent for too long (NET-6)."""
        self._begin_again("the trust centre is silent, the network is searched for")
        self.association = Association.SEARCHING

    async def leave(self, reason: str) -> None:
        """Leave the network, or dissolve our own, and start again: form, or look for one to join.

        DeliveryError when the radio does not do it.
        """
        await self._radio.leave()
        self._begin_again(reason, asked=True)
        self.association = Association.SEARCHING

    async def change_channel(self, channels: Collection[int]) -> int:
        """Take our network to the quietest of some channels; return it.

        RefusedError, NotJoinedError and DeliveryError as the radio raises them.
        """
        channel = await self._radio.change_channel(channels)
        self._bus.send(NetworkChanged(joined=True, reason=f"on the ZigBee network: {self._where}"))
        return channel

    @property
    def _where(self) -> str:
        network = self._radio.network
        return f"channel {network.channel}, PAN 0x{network.pan_id:04x}"

    def _begin_again(self, reason: str, *, asked: bool = False) -> None:
        self.association = Association.LOST
        if self._since is not None:
            _LOGGER.warning(reason)
            self._since = None
            self._bus.send(NetworkChanged(joined=False, reason=reason, asked=asked))
        self._lost.set()

    @override
    async def start(self) -> None:
        """Start the radio; raise what it raises, unless a network to join is not there yet."""
        if self._since is None:
            try:
                await self._start_radio()
            except NotJoinedError as error:
                if self._joining is None:
                    raise
                _LOGGER.warning("no network to join yet: %s", error)
                self._lost.set()
        await super().start()

    @override
    async def run(self) -> None:
        """Start the radio again whenever it is lost."""
        while True:
            await self._lost.wait()
            self._lost.clear()
            if self._since is None:
                await self._radio.stop()
                await self._start_again()

    async def _start_again(self) -> None:
        pauses = self._joining() if self._joining is not None else growing(*_PAUSES)
        for pause in pauses:
            await self._clock.sleep(pause)
            try:
                await self._start_radio()
            except SebridgeError as error:
                self._tell(error)
            else:
                return

    def _tell(self, error: SebridgeError) -> None:
        """Say why the radio does not start, once for each reason."""
        problem = str(error)
        if problem != self.problem:
            self.problem = problem
            _LOGGER.warning("the radio does not start: %s", problem)
            if self._joining is not None:
                self._bus.send(NotYetJoined())
            elif self.association == Association.CHANGED:
                self._bus.send(NetworkChanged(joined=False, reason=problem))

    @override
    async def stop(self) -> None:
        """Let go of the radio."""
        await super().stop()
        self._since = None
        self.association = Association.SEARCHING
        await self._radio.stop()

    async def _start_radio(self) -> None:
        try:
            await self._radio.start(self._listener)
        except NotJoinedError as error:
            self.association = Association(error.association)
            raise
        self.starts += 1
        self.association = Association.JOINED
        self.problem = None
        self._since = self._clock.monotonic()
        _LOGGER.info("on the ZigBee network: %s", self._where)
        self._user.push_devices()
        await self._user.push_keys()
        self._bus.send(NetworkChanged(joined=True, reason=f"on the ZigBee network: {self._where}"))
