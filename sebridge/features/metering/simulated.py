"""Simulated meters, and the display that reads one."""

import logging
from typing import Any, Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.features.metering import scale as metering
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.features.metering.meters import MeterConfiguration, configuration_in
from sebridge.features.metering.simulated_load import RegisterState
from sebridge.features.metering.simulated_meter import MeterServer, MeterSettings
from sebridge.features.metering.simulated_sleep import SleepyMeter, sleeps_through
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.network.peer import Peer
from sebridge.simulator.vocabulary import (
    DISPLAY,
    METER,
    NOTHING,
    SUB_METER,
    DeviceOptions,
    House,
    SimulatedHost,
    SimulatedPart,
    Station,
)
from sebridge.zcl.identifiers import METERING

_LOGGER = logging.getLogger(__name__)

_EVERY: Final = 60.0  # seconds
_WATTS: Final = 1000.0
_SUB_METER: Final[dict[str, Any]] = {"divisor": 100, "mean_load": 90.0, "initial_energy": 212.0}


class DemandOnDisplay(Service):
    """Reads the demand of the meter of its house once a minute, under a partner key (SEC-6).

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
        wanted = (metering.INSTANTANEOUS_DEMAND, *metering.SCALING)
        found = await self._reader.read(self._meter, METERING, self._local_endpoint, wanted)
        told = [value for _, _, value in found if value is not None]
        scale = MeterConfiguration(**configuration_in(told)).scale
        demand = next((v.value for v in told if v.attribute_id == wanted[0]), None)
        kilowatts = None
        if isinstance(demand, int) and scale.problem is None:
            kilowatts = scale.value(demand)
        self.power = None if kilowatts is None else kilowatts * _WATTS


# ------------------------------------------------------------------ what a device has of it


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Give a meter its registers, and a display something to read them with."""
    if host.kind is METER:
        return _meter(host)
    if host.kind is SUB_METER:
        settings = host.options.read(MeterSettings, **_SUB_METER)
        return SimulatedPart(clusters=(_server(host, settings),))
    return _display(host) if host.kind is DISPLAY else NOTHING


def _meter(host: SimulatedHost) -> SimulatedPart:
    """Return a meter that counts what load control can reduce, too; one that may sleep."""
    settings = host.options.read(MeterSettings)
    meter = _server(host, settings, counts_loads=True)
    if not settings.mirrored:
        return SimulatedPart(clusters=(meter,))
    sleepy = SleepyMeter(meter, host.endpoint_id, host.servers, host.exchange, host.clock)
    return SimulatedPart(clusters=(meter,), services=(sleepy,), misses=sleeps_through)


def _server(
    host: SimulatedHost, settings: MeterSettings, *, counts_loads: bool = False
) -> MeterServer:
    registers = host.house.collection("simulated_registers", str, RegisterState)
    house = host.house
    loads = (lambda: house.controlled_load) if counts_loads else (lambda: 0.0)
    return MeterServer(host.name, settings, host.clock.utc, registers, loads)


def _display(host: SimulatedHost) -> SimulatedPart:
    """Let a display read the first meter that is awake, where they can prove themselves."""
    client = MeteringClient(NoMirrors())
    meter = None if host.security is None else _awake_meter(host.house)
    if meter is None:
        return SimulatedPart(clusters=(client,))
    shown = DemandOnDisplay(host.station, meter, host.endpoint_id, host.exchange, host.clock)
    return SimulatedPart(clusters=(client,), services=(shown,))


def _awake_meter(house: House) -> Peer | None:
    for description in house.descriptions:
        if description.kind == METER.name:
            settings = DeviceOptions(description).read(MeterSettings)
            if not settings.mirrored:
                return Peer(description.eui64, METER.endpoint_id, METER.profile_id)
    return None
