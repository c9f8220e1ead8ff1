"""What a meter on a battery does: it sleeps, and reports to its mirror (MET-11)."""

from collections.abc import Iterator, Sequence
import logging
from typing import Final, Protocol

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.features.metering import scale as metering
from sebridge.features.metering.simulated_meter import MeterServer
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.router import command_frame
from sebridge.network.peer import Peer
from sebridge.radio.radio import Incoming
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import ANSWERS, REPORT_ATTRIBUTES, Frame
from sebridge.zcl.general import write_values
from sebridge.zcl.identifiers import METERING

_LOGGER = logging.getLogger(__name__)

_WAKES_EVERY: Final = 60.0  # seconds
_ASKS_AGAIN: Final = 10.0  # seconds, as long as it has no mirror
_CHECKS_EVERY: Final = 30  # times that it wakes: is the mirror still there?
_MOST_IN_A_FRAME: Final = 6  # attributes; a frame has room for some 70 octets
_MIRROR_ANSWERS: Final = (0x01, 0x02)  # Request Mirror Response, Mirror Removed


class Hosts(Protocol):
    """Who knows the clients of the network that we joined."""

    async def find_client(self, cluster_id: int) -> Peer | None:
        """Return where the client of a cluster is; None when there is none."""


def sleeps_through(frame: Incoming) -> bool:
    """Say whether a sleeping meter misses a frame: it hears only answers to what it asked."""
    try:
        header = Frame.parse(frame.data)
    except SebridgeError:
        return True
    if header.cluster_specific:
        return frame.cluster_id == METERING and header.command_id not in _MIRROR_ANSWERS
    return header.command_id not in ANSWERS


class SleepyMeter(Service):
    """Asks the energy service interface for a mirror, then tells it once a minute all it shows."""

    def __init__(
        self,
        meter: MeterServer,
        local_endpoint: int,
        hosts: Hosts,
        exchange: Exchange,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._meter = meter
        self._local_endpoint = local_endpoint
        self._hosts = hosts
        self._host: Peer | None = None
        self._exchange = exchange
        self._clock = clock

    @override
    async def run(self) -> None:
        """Wake now and then, for ever."""
        times = 0
        while True:
            try:
                await self._wake(check=times % _CHECKS_EVERY == 0)
            except SebridgeError as error:
                _LOGGER.debug("the sleepy meter was not heard: %s", error)
            has_mirror = self._meter.mirror_endpoint is not None
            times = times + 1 if has_mirror else 0
            await self._clock.sleep(_WAKES_EVERY if has_mirror else _ASKS_AGAIN)

    async def _wake(self, *, check: bool) -> None:
        """Report to the mirror, or ask for it; its answer comes as a command to the meter."""
        mirror = self._meter.mirror_endpoint
        if mirror is not None and self._host is not None:
            await self._report(Peer(self._host.device, mirror, self._host.profile_id))
        if check:
            await self._ask()

    async def _ask(self) -> None:
        self._host = await self._hosts.find_client(METERING)
        if self._host is None:
            return
        for sending in self._meter.ask_for_mirror(self._host).sendings:
            await self._tell(sending.peer, command_frame(self._meter, sending.record))

    async def _report(self, mirror: Peer) -> None:
        for values in self._frames():
            payload = write_values(values)
            frame = Frame(REPORT_ATTRIBUTES, 0, payload, from_server=True, no_default_response=True)
            await self._tell(mirror, frame)

    async def _tell(self, peer: Peer, frame: Frame) -> None:
        await self._exchange.tell(peer, peer.profile_id, METERING, self._local_endpoint, frame)

    def _frames(self) -> Iterator[Sequence[AttributeValue]]:
        """Give what scales the values first, each time: it may have changed."""
        shown = [attribute_id for attribute_id, _ in self._meter.attributes.types()]
        first = [a for a in (*metering.DETAILS, *metering.CONFIGURATION) if a in shown]
        for some in (first, [a for a in shown if a not in first]):
            for start in range(0, len(some), _MOST_IN_A_FRAME):
                chosen = some[start : start + _MOST_IN_A_FRAME]
                yield [self._meter.attributes.read(attribute_id) for attribute_id in chosen]
