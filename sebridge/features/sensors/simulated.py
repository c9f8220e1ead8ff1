"""A simulated sensor of a room: humidity, pressure, light, presence, and its battery."""

from typing import Final

import msgspec

from sebridge.drivers.capability import Capability
from sebridge.drivers.table import (
    ALARM_MOTION,
    MEASURE_BATTERY,
    MEASURE_HUMIDITY,
    MEASURE_LUMINANCE,
    MEASURE_PRESSURE,
)
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.simulator.vocabulary import NOTHING, ROOM_SENSOR, SimulatedHost, SimulatedPart

_FULL: Final = 200  # halves of a percent


class SensorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What it tells, as it stands on the air, but for the battery in percent."""

    humidity: int = 4500
    pressure: int = 1013
    illuminance: int = 24_772
    occupied: bool = False
    battery: float = 87.5


class SeenRoom(msgspec.Struct, frozen=True, kw_only=True):
    """What a sensor tells of its room, in percent, hPa and lux, and of its battery, in percent."""

    humidity: float
    pressure: int
    illuminance: float | None
    occupied: bool
    battery: float


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a sensor notice what its options say."""
    if host.kind is not ROOM_SENSOR:
        return NOTHING
    settings = host.options.read(SensorSettings)
    told = (
        (MEASURE_HUMIDITY, settings.humidity),
        (MEASURE_PRESSURE, settings.pressure),
        (MEASURE_LUMINANCE, settings.illuminance),
        (ALARM_MOTION, int(settings.occupied)),
        (MEASURE_BATTERY, min(round(2 * settings.battery), _FULL)),
    )
    seen = SeenRoom(**{one.shown.name: one.shown.meaning(value) for one, value in told})
    return SimulatedPart(
        clusters=tuple(_server(*one) for one in told), shown={"room": lambda: seen}
    )


def _server(capability: Capability, value: int) -> LocalCluster:
    attribute = LocalAttribute(
        capability.attribute_id, capability.data_type, value, writable_here=True
    )
    server = LocalCluster(LocalAttributes([attribute]))
    server.appear_as(capability.cluster_id, server=True)
    return server
