"""Find out who serves what, by match descriptor, instead of assuming it: NET-5 and NET-8."""

import asyncio
from collections.abc import Callable, Sequence
import logging
from typing import Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.network.peer import Peer
from sebridge.network.searching import REDISCOVERY, rediscovering
from sebridge.network.signals import NetworkChanged
from sebridge.radio.radio import NetworkState
from sebridge.zcl.identifiers import DRLC, MESSAGING, PRICE, SE_PROFILE, TIME
from sebridge.zcl.zdo import Fields, ZdoCommand

_LOGGER = logging.getLogger(__name__)

ENERGY_SERVICES: Final = (TIME, PRICE, DRLC, MESSAGING)
"""Clusters whose server makes a device worth knowing for a gateway that joined."""

_COORDINATOR: Final = 0x0000  # its network address, and a trust centre's


class Asker(Protocol):
    """Who can ask a device's ZigBee device object."""

    async def ask(self, device: Eui64, command: ZdoCommand, *values: object) -> Fields:
        """Return the fields of the answer; raise a SebridgeError when there is none."""


class TrustCenterServers:
    """Where the trust centre of a network that we joined has its servers, and its clients."""

    def __init__(self, asker: Asker, network: Callable[[], NetworkState]) -> None:
        self._asker = asker
        self._network = network

    @property
    def device(self) -> Eui64 | None:
        """The trust centre; None while we are on no network, or where it is ourselves."""
        return self._network().trust_center

    async def find(self, cluster_id: int) -> Peer | None:
        """Return where the server of a Smart Energy cluster is, None when there is none.

        Raises DeliveryError, AnswerTimeoutError or DecodeError without a usable answer.
        """
        return await self._match([cluster_id], [])

    async def find_client(self, cluster_id: int) -> Peer | None:
        """Return where the client of a Smart Energy cluster is; otherwise like `find`."""
        return await self._match([], [cluster_id])

    async def _match(self, servers: list[int], clients: list[int]) -> Peer | None:
        device = self.device
        if device is None:
            return None
        fields = await self._asker.ask(
            device, ZdoCommand.Match_Desc_req, _COORDINATOR, SE_PROFILE, servers, clients
        )
        found = fields.get("MatchList")
        return Peer(device, found[0], SE_PROFILE) if found else None


class Searcher(Protocol):
    """Who can ask all devices at once."""

    async def search(self, cluster_ids: Sequence[int]) -> int:
        """Meet those that serve one of the clusters; return how many answered."""


class ServiceSearch(Service):
    """Looks for energy services: on joining, and every three hours; sooner while there is none.

    With them it looks for servers of the clusters `besides`, which may well be nowhere.
    """

    def __init__(
        self, searcher: Searcher, *, besides: Sequence[int], clock: Clock, bus: SignalBus
    ) -> None:
        super().__init__()
        self._searcher = searcher
        self._besides = besides
        self._clock = clock
        self._joined = asyncio.Event()
        bus.listen(NetworkChanged, self._on_network)

    @override
    async def run(self) -> None:
        """Look, and wait until it is time to look again."""
        pauses = rediscovering()
        while True:
            self._joined.clear()
            found = await self._look()
            pauses = rediscovering() if found else pauses
            await self._wait(REDISCOVERY if found else next(pauses))

    async def _look(self) -> int:
        try:
            found = await self._searcher.search(ENERGY_SERVICES)
            if self._besides:
                await self._searcher.search(self._besides)
        except SebridgeError as error:
            _LOGGER.info("the search for energy services was not sent: %s", error)
            return 0
        return found

    async def _wait(self, pause: float) -> None:
        timer = self._clock.call_later(pause, self._joined.set)
        try:
            await self._joined.wait()
        finally:
            timer.cancel()

    def _on_network(self, signal: NetworkChanged) -> None:
        if signal.joined:
            self._joined.set()
