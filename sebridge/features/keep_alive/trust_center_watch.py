"""Look now and then whether the trust centre is there, and say when it is not (NET-6)."""

from collections.abc import Callable, Sequence
import logging
from random import Random
from typing import Final, Protocol

import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError, SebridgeError
from sebridge.base.service import Service
from sebridge.features.keep_alive import cluster as keep_alive
from sebridge.features.keep_alive.cluster import Lifeline
from sebridge.network.peer import Peer
from sebridge.radio.radio import NOT_OF_THE_DEVICE
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import KEEP_ALIVE, SE_ENDPOINT, TIME

_LOGGER = logging.getLogger(__name__)

_THE_TIME: Final = 0x0000  # attribute of the Time cluster
_NOT_TOLD: Final = {keep_alive.BASE: 0xFF, keep_alive.JITTER: 0xFFFF}  # "invalid" in the ZCL


class Finder(Protocol):
    """Who knows the trust centre's servers."""

    async def find(self, cluster_id: int) -> Peer | None:
        """Return where the server of a cluster is; raise a SebridgeError without an answer."""


class AttributeReader(Protocol):
    """Who can ask a remote server for attributes."""

    async def read(
        self, peer: Peer, cluster_id: int, local_endpoint: int, attribute_ids: Sequence[int]
    ) -> Sequence[tuple[int, int, AttributeValue | None]]:
        """Return attribute id, ZCL status and value of each; raise a SebridgeError."""


class _Question(msgspec.Struct, frozen=True):
    """What is read as a sign of life."""

    peer: Peer
    cluster_id: int
    attribute_ids: tuple[int, ...]


class TrustCenterWatch(Service):
    """Reads the trust centre's Keep-Alive, or of an older one the time.

    `lost` is called after three looks in vain: the network is to be searched for.
    """

    def __init__(
        self,
        servers: Finder,
        reader: AttributeReader,
        lost: Callable[[], None],
        clock: Clock,
        random: Random,
        local_endpoint: int = SE_ENDPOINT,
    ) -> None:
        super().__init__()
        self.lifeline = Lifeline()
        self._servers = servers
        self._reader = reader
        self._lost = lost
        self._clock = clock
        self._random = random
        self._local_endpoint = local_endpoint
        self._question: _Question | None = None

    @override
    async def run(self) -> None:
        """Look, as often as the trust centre asks for."""
        while True:
            await self._clock.sleep(self.lifeline.pause(self._random))
            try:
                await self._look()
            except SebridgeError as error:
                self._failed(error)

    async def _look(self) -> None:
        question = self._question = self._question or await self._find()
        if question is None:
            self.lifeline.answered()  # it has neither cluster, but it said so
            return
        answer = await self._reader.read(
            question.peer, question.cluster_id, self._local_endpoint, question.attribute_ids
        )
        told = _told(answer) if question.cluster_id == KEEP_ALIVE else {}
        self.lifeline.answered(told.get(keep_alive.BASE), told.get(keep_alive.JITTER))

    async def _find(self) -> _Question | None:
        peer = await self._servers.find(KEEP_ALIVE)
        if peer is not None:
            return _Question(peer, KEEP_ALIVE, (keep_alive.BASE, keep_alive.JITTER))
        peer = await self._servers.find(TIME)
        return None if peer is None else _Question(peer, TIME, (_THE_TIME,))

    def _failed(self, error: SebridgeError) -> None:
        if isinstance(error, DeliveryError) and error.tx_status in NOT_OF_THE_DEVICE:
            return
        _LOGGER.info("the trust centre gives no sign of life: %s", error)
        self._question = None  # the next time it may be elsewhere, or another one
        if self.lifeline.failed():
            self._lost()


def _told(answer: Sequence[tuple[int, int, AttributeValue | None]]) -> dict[int, int]:
    """Return what the server asks for, without what it leaves open."""
    given = {
        attribute_id: value.value
        for attribute_id, _, value in answer
        if value is not None and isinstance(value.value, int)
    }
    return {a: int(v) for a, v in given.items() if v != _NOT_TOLD.get(a)}
