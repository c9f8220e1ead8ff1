"""Simulated meters, and the display that reads one."""

from collections.abc import Callable, Mapping
from functools import partial
import logging
from typing import Any, Final, Literal

import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.features.metering import scale as metering
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.features.metering.meters import MeterConfiguration, configuration_in
from sebridge.features.metering.simulated_load import RegisterState, SetLoad
from sebridge.features.metering.simulated_meter import MeterServer, MeterSettings
from sebridge.features.metering.simulated_sleep import SleepyMeter, sleeps_through
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.model.values import ABSENT, Absent
from sebridge.network.peer import Peer
from sebridge.simulator.vocabulary import (
    DISPLAY,
    METER,
    NOTHING,
    SMART_PLUG,
    SUB_METER,
    DeviceOptions,
    House,
    SimulatedHost,
    SimulatedPart,
    Station,
)
from sebridge.zcl.identifiers import METERING
from sebridge.zcl.metering import unit_of

_LOGGER = logging.getLogger(__name__)

_EVERY: Final = 60.0  # seconds
_WATTS: Final = 1000.0
_SUB_METER: Final[dict[str, Any]] = {"divisor": 100, "mean_load": 90.0, "initial_energy": 212.0}


class SeenMeter(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sees of a meter.

    The household draws by the `curve` of its options, or what was set: `load` is W, where it is
    fixed, and where it was rising from; it rises by `rise` W in an hour. The register has the
    `unit`; for other meters than of electricity, watts are thousandths of its unit in an hour.
    """

    usage: Literal["curve", "fixed", "rising"]
    load: float | Absent = ABSENT
    rise: float | Absent = ABSENT
    unit: str
    commodity: str


class MeasuredMeter(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter shows now: the power in W, and the registers in its unit.

    `load` is what the household itself draws of it, in W.
    """

    power: float
    load: float
    delivered: float
    received: float


class MeasuredConsumption(msgspec.Struct, frozen=True, kw_only=True):
    """What a display has read of the meter: W, and its register in a unit; null before that."""

    power: float | None = None
    delivered: float | None = None
    unit: str = ""


class DemandOnDisplay(Service):
    """Reads the meter of its house once a minute, under a partner key (SEC-6).

    `find_meter` says which that is; None without one. The two devices are strangers to each other:
    the trust centre grants them a key once both have proved who they are, and until then the watch
    tries again.
    """

    def __init__(
        self,
        station: Station,
        find_meter: Callable[[], Peer | None],
        local_endpoint: int,
        exchange: Exchange,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._read_last = MeasuredConsumption()
        self._station = station
        self._find_meter = find_meter
        self._local_endpoint = local_endpoint
        self._reader = RemoteReader(exchange)
        self._clock = clock

    @property
    def power(self) -> float | None:
        """The power in W; None until the meter was read."""
        return self._read_last.power

    @override
    async def run(self) -> None:
        """Read for ever."""
        while True:
            await self._clock.sleep(_EVERY)
            meter = self._find_meter()
            try:
                if meter is not None:
                    await self._read(meter)
            except SebridgeError as error:
                _LOGGER.debug("the meter was not read: %s", error)

    def measured(self) -> MeasuredConsumption:
        """Return what a person sees of it."""
        return self._read_last

    async def _read(self, meter: Peer) -> None:
        if not self._station.is_established(meter.device):
            await self._station.request_partner_key(meter.device)
        wanted = (metering.INSTANTANEOUS_DEMAND, metering.SUMMATION_DELIVERED, *metering.SCALING)
        found = await self._reader.read(meter, METERING, self._local_endpoint, wanted)
        told = [value for _, _, value in found if value is not None]
        scale = MeterConfiguration(**configuration_in(told)).scale
        values = {value.attribute_id: value.value for value in told}
        kilowatts = _scaled(scale, values.get(metering.INSTANTANEOUS_DEMAND))
        self._read_last = MeasuredConsumption(
            power=None if kilowatts is None else kilowatts * _WATTS,
            delivered=_scaled(scale, values.get(metering.SUMMATION_DELIVERED)),
            unit=scale.unit.energy,
        )


def _scaled(scale: metering.Scale, value: object) -> float | None:
    if scale.problem is not None or not isinstance(value, (int, float)):
        return None
    return scale.value(value)


# ------------------------------------------------------------------ what a device has of it


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Give a meter its registers, and a display something to read them with."""
    if host.kind is METER:
        return _meter(host)
    if host.kind in {SUB_METER, SMART_PLUG}:
        settings = host.options.read(MeterSettings, **_SUB_METER)
        meter = _server(host, settings)
        host.supply.listen(meter.feed)
        return SimulatedPart(clusters=(meter,), shown=_on_meter(meter), measured=_by_meter(meter))
    return _display(host) if host.kind is DISPLAY else NOTHING


def _meter(host: SimulatedHost) -> SimulatedPart:
    """Return a meter that counts what load control can reduce, too; one that may sleep."""
    settings = host.options.read(MeterSettings)
    meter = _server(host, settings, counts_loads=True)
    if not settings.mirrored:
        return SimulatedPart(clusters=(meter,), shown=_on_meter(meter), measured=_by_meter(meter))
    sleepy = SleepyMeter(meter, host.endpoint_id, host.servers, host.exchange, host.clock)
    return SimulatedPart(
        clusters=(meter,),
        services=(sleepy,),
        misses=sleeps_through,
        shown=_on_meter(meter),
        measured=_by_meter(meter),
    )


def _on_meter(meter: MeterServer) -> Mapping[str, Callable[[], SeenMeter]]:
    return {"meter": partial(_shown, meter)}


def _by_meter(meter: MeterServer) -> Mapping[str, Callable[[], MeasuredMeter]]:
    return {"meter": partial(_now, meter)}


def _shown(meter: MeterServer) -> SeenMeter:
    load, unit = meter.load, unit_of(meter.settings.unit_of_measure)
    if not isinstance(load, SetLoad):
        return SeenMeter(usage="curve", unit=unit.energy, commodity=unit.commodity)
    return SeenMeter(
        usage="rising" if load.rise else "fixed",
        load=load.begin,
        rise=load.rise,
        unit=unit.energy,
        commodity=unit.commodity,
    )


def _now(meter: MeterServer) -> MeasuredMeter:
    state = meter.account()
    return MeasuredMeter(
        power=round(meter.power, 1),
        load=round(meter.own_power, 1),
        delivered=round(state.delivered / _WATTS, 3),
        received=round(state.received / _WATTS, 3),
    )


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
    if host.security is None:
        return SimulatedPart(clusters=(client,))
    find_meter = partial(_awake_meter, host.house)
    shown = DemandOnDisplay(host.station, find_meter, host.endpoint_id, host.exchange, host.clock)
    return SimulatedPart(
        clusters=(client,), services=(shown,), measured={"consumption": shown.measured}
    )


def _awake_meter(house: House) -> Peer | None:
    for description in house.descriptions:
        if description.kind == METER.name:
            settings = DeviceOptions(description).read(MeterSettings)
            if not settings.mirrored:
                return Peer(description.eui64, METER.endpoint_id, METER.profile_id)
    return None
