"""A display that watches the meter of its house, under a partner key (SEC-6)."""

import logging
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.features.metering import records as metering
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.network.peer import Peer
from sebridge.simulator.trust_center_link import Station
from sebridge.zcl.identifiers import METERING

_LOGGER = logging.getLogger(__name__)

_EVERY: Final = 60.0  # seconds
_WATTS: Final = 1000.0


class MeterWatch(Service):
    """Reads the demand of a meter once a minute.

    The two devices are strangers to each other: the trust centre grants them a key once both have
    proved who they are, and until then the watch tries again.
    """

    def __init__(
        self, station: Station, meter: Peer, local_endpoint: int, exchange: Exchange, clock: Clock
    ) -> None:
        super().__init__()
        self.power: float | None = None  # W; None until the meter was read
        self._station = station
        self._meter = meter
        self._local_endpoint = local_endpoint
        self._reader = RemoteReader(exchange)
        self._clock = clock

    @override
    async def run(self) -> None:
        """Read for ever."""
        while True:
            await self._clock.sleep(_EVERY)
            try:
                await self._read()
            except SebridgeError as error:
                _LOGGER.debug("the meter %s was not read: %s", self._meter.device, error)

    async def _read(self) -> None:
        if not self._station.is_established(self._meter.device):
            await self._station.request_partner_key(self._meter.device)
        wanted = (metering.INSTANTANEOUS_DEMAND, metering.MULTIPLIER, metering.DIVISOR)
        found = await self._reader.read(self._meter, METERING, self._local_endpoint, wanted)
        values = {value.attribute_id: value.value for _, _, value in found if value is not None}
        demand, multiplier, divisor = (values.get(attribute) for attribute in wanted)
        if isinstance(demand, int):
            self.power = demand * _WATTS * (multiplier or 1) / (divisor or 1)
