"""Ask meters by their load profile what they counted while nobody listened."""

import asyncio
from collections.abc import Callable, Sequence
import logging
from typing import Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import unix_time, zigbee_time
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.features.metering.history_gaps import Grown
from sebridge.features.metering.load_profile import MOST_PERIODS
from sebridge.features.metering.queries import LoadProfile
from sebridge.features.metering.signals import MeterGap
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import METERING

_LOGGER = logging.getLogger(__name__)

_MOST_QUESTIONS: Final = 40
"""Questions about one gap: ten days of quarters of an hour."""
_MOST_GAPS: Final = 128
"""Gaps that wait: one of each direction of each meter with a history."""


class Profiles(Protocol):
    """Who asks meters for their load profile."""

    async def read_profile(
        self, peer: Peer, channel: int, end_time: int, periods: int
    ) -> LoadProfile:
        """Return a meter's newest intervals that end by a time (seconds since 2000)."""


class Places(Protocol):
    """The places of devices."""

    def servers_of(self, device: Eui64, cluster_id: int) -> Sequence[Peer]:
        """Return the places of a device with the server side of a cluster; UnknownDeviceError."""


class HistoryFiller(Service):
    """Asks about one gap after the other, and has `fill` take what is told of it."""

    def __init__(
        self,
        profiles: Profiles,
        places: Places,
        fill: Callable[[MeterGap, Sequence[Grown]], object],
    ) -> None:
        super().__init__()
        self._profiles = profiles
        self._places = places
        self._fill = fill
        self._gaps: list[MeterGap] = []
        self._waiting = asyncio.Event()

    def ask(self, gap: MeterGap) -> None:
        """Ask about a gap when the ones before are done; of too many, the newest."""
        self._gaps = [*self._gaps[1 - _MOST_GAPS :], gap]
        self._waiting.set()

    @override
    async def run(self) -> None:
        """Ask about gaps."""
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            while self._gaps:
                gap = self._gaps.pop(0)
                try:
                    self._fill(gap, await self._profile(gap))
                except SebridgeError as error:  # many meters keep no profile, and some sleep
                    _LOGGER.info("%s did not tell of its outage: %s", gap.device, error)

    async def _profile(self, gap: MeterGap) -> list[Grown]:
        """Return the intervals of a gap, as far back as the meter keeps them."""
        found: list[Grown] = []
        for peer in self._places.servers_of(gap.device, METERING):
            if peer.endpoint != gap.endpoint:
                continue
            end = 0  # now
            for _ in range(_MOST_QUESTIONS):
                told = await self._profiles.read_profile(peer, gap.direction, end, MOST_PERIODS)
                found += [
                    Grown(unix_time(one.start), unix_time(one.end), one.value)
                    for one in told.intervals
                    if one.value is not None
                ]
                oldest = min((one.start for one in told.intervals), default=0)
                if oldest <= zigbee_time(gap.grown.begin) or (end and oldest >= end):
                    break
                end = oldest
        return found
