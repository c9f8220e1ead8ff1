"""Take the time from the network's time servers: at joining, and at least once a day (TIME-5)."""

from collections.abc import Callable, Sequence
import logging
from typing import Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.time import server as time_server
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules
from sebridge.features.time.network_time import NetworkTime, TimeSource, choose
from sebridge.network.peer import Peer
from sebridge.network.signals import (
    DeviceActive,
    DeviceUpdated,
    KeyEstablished,
    NetworkChanged,
    NetworkTimeSet,
    TimeStamped,
)
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE, TIME

_LOGGER = logging.getLogger(__name__)

EVERY: Final = 24 * 3600.0
"""Seconds after which the time is taken again at the latest."""
_RETRIES: Final = (10.0, 60.0, 600.0)
"""Seconds until the next attempt after one, two, and more failures."""


class Servers(Protocol):
    """Which remote endpoints have the server side of a cluster, on devices that are there."""

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        """Return them."""


class AttributeReader(Protocol):
    """Who can ask a remote server for attributes."""

    async def read(
        self, peer: Peer, cluster_id: int, local_endpoint: int, attribute_ids: Sequence[int]
    ) -> Sequence[tuple[int, int, AttributeValue | None]]:
        """Return attribute id, ZCL status and value of each; raise a SebridgeError."""


class TimeClientService(Service):
    """Keeps `time` right, to within a minute of the chosen server.

    `clock` is the machine's own, not the network's; `address_of` gives a device's 16-bit network
    address, None where it is not known. Servers of other profiles are not asked: what they say
    is not protected by a link key. Nobody is asked by itself while the network's time is not
    `wanted`; `every` is the seconds between two times that it is taken.
    """

    def __init__(  # each is one narrow thing it needs
        self,
        time: NetworkTime,
        *,
        reader: AttributeReader,
        servers: Servers,
        address_of: Callable[[Eui64], int | None],
        wanted: Callable[[], bool],
        every: Callable[[], float],
        clock: Clock,
        bus: SignalBus,
        local_endpoint: int = SE_ENDPOINT,
    ) -> None:
        super().__init__()
        self.time = time
        self._wanted = wanted
        self._every = every
        self._local_endpoint = local_endpoint
        self._reader = reader
        self._servers = servers
        self._address_of = address_of
        self._clock = clock
        self._bus = bus
        self._known: frozenset[tuple[Eui64, int]] = frozenset()
        self._reading = False
        bus.listen(DeviceActive, lambda signal: self._on_server(signal.device, again=True))
        bus.listen(DeviceUpdated, lambda signal: self._on_server(signal.device, again=False))
        bus.listen(KeyEstablished, lambda signal: self._on_server(signal.device, again=True))
        bus.listen(NetworkChanged, self._on_network)
        bus.listen(TimeStamped, self._on_stamp)

    @override
    async def run(self) -> None:
        """Take the time again and again, and sooner when that failed."""
        failures = 0
        while True:
            if not self._wanted() or await self.synchronise():
                failures = 0
                await self._clock.sleep(self._every())
            else:
                pause = _RETRIES[min(failures, len(_RETRIES) - 1)]
                failures += 1
                await self._clock.sleep(pause)

    async def synchronise(self) -> bool:
        """Ask all time servers, take the time of the best; return False when none is fit."""
        peers = self._peers()
        self._known = frozenset((peer.device, peer.endpoint) for peer in peers)
        found = [source for peer in peers if (source := await self._ask(peer)) is not None]
        best = choose(found)
        if best is None:
            return False
        first = not self.time.known
        step = self.time.take(best, self._clock.utc())
        self._tell(best.peer, step, first=first)
        return True

    def _peers(self) -> list[Peer]:
        return [peer for peer in self._servers.servers(TIME) if peer.profile_id == SE_PROFILE]

    async def _ask(self, peer: Peer) -> TimeSource | None:
        """Return what a server says; None for one that is silent or has no time."""
        try:
            answer = await self._reader.read(peer, TIME, self._local_endpoint, time_server.ASKED)
        except SebridgeError as error:
            _LOGGER.info("time server %s did not tell the time: %s", peer.device, error)
            return None
        return time_source(peer, self._address_of(peer.device), answer)

    def _on_server(self, device: Eui64, *, again: bool) -> None:
        """Look anew when a time server appears: it may be better than the one we have."""
        own = {(p.device, p.endpoint) for p in self._peers() if p.device == device}
        if own and (again or own - self._known):
            self._begin_anew()

    def _on_network(self, signal: NetworkChanged) -> None:
        if signal.joined and self._peers():
            self._begin_anew()

    def _begin_anew(self) -> None:
        if self._wanted() and not self._reading:
            self._reading = True
            self.spawn(self._look_anew(), "ask for the time")

    async def _look_anew(self) -> None:
        try:
            await self.synchronise()
        finally:
            self._reading = False

    def _on_stamp(self, signal: TimeStamped) -> None:
        source = self.time.source
        if source is not None and source.device == signal.device and self._wanted():
            step = self.time.take_price_time(source, signal.utc_time, self._clock.utc())
            if step:
                self._tell(source, step)

    def _tell(self, peer: Peer, step: float, *, first: bool = False) -> None:
        if step:
            _LOGGER.info("the time of %s is taken: %+.0f s", peer.device, step)
        self._bus.send(NetworkTimeSet(peer.device, step, first))


def time_source(
    peer: Peer,
    short_address: int | None,
    answer: Sequence[tuple[int, int, AttributeValue | None]],
) -> TimeSource:
    """Return what a server's attributes say; what it does not have is its default."""
    given = {
        attribute_id: int(value.value)
        for attribute_id, _, value in answer
        if value is not None and isinstance(value.value, int)
    }
    zone = ZoneRules(
        given.get(time_server.TIME_ZONE, 0),
        given.get(time_server.DST_START, INVALID_TIME),
        given.get(time_server.DST_END, INVALID_TIME),
        given.get(time_server.DST_SHIFT, 0),
    )
    return TimeSource(
        peer,
        short_address,
        given.get(time_server.TIME_STATUS, 0),
        given.get(time_server.TIME, INVALID_TIME),
        zone,
    )
