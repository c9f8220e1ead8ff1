"""Which units and state classes go with a sensor's device class.

Home Assistant refuses a component whose unit does not fit its device class, and only its log tells.
Source: Home Assistant, documentation of the sensor entity (device classes, state classes, units).
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.homeassistant.entity import Entity

LEAST_CORE: Final = "2025.10"
"""The first version of Home Assistant Core that takes all of these units with these classes.

Discovery of whole devices came with 2024.11; L/h, L/s and m³/s for flows, and L for gas, in spring
2025; MCF, the last, in September 2025 (home-assistant/core, pull requests 143625, 141518, 150015).
"""

TOTALS: Final = frozenset({"total", "total_increasing"})
STATE_CLASSES: Final = TOTALS | {"measurement"}


class ClassRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which units and state classes go with a sensor's device class; None is no unit at all."""

    units: frozenset[str | None]
    state_classes: frozenset[str]


_MEASURED: Final = frozenset({"measurement"})
_NEVER: Final[frozenset[str]] = frozenset()

SENSOR_CLASSES: Final[Mapping[str, ClassRules]] = {
    "atmospheric_pressure": ClassRules(
        units=frozenset({"Pa", "hPa", "kPa", "mbar", "bar", "psi"}), state_classes=_MEASURED
    ),
    "battery": ClassRules(units=frozenset({"%"}), state_classes=_MEASURED),
    "current": ClassRules(units=frozenset({"A", "mA"}), state_classes=_MEASURED),
    "duration": ClassRules(
        units=frozenset({"ms", "s", "min", "h", "d"}), state_classes=TOTALS | _MEASURED
    ),
    "energy": ClassRules(
        units=frozenset({"Wh", "kWh", "MWh", "GWh", "TWh", "J", "kJ", "MJ", "GJ"}),
        state_classes=TOTALS,
    ),
    "enum": ClassRules(units=frozenset({None}), state_classes=_NEVER),
    "gas": ClassRules(units=frozenset({"m³", "ft³", "CCF", "MCF", "L"}), state_classes=TOTALS),
    "humidity": ClassRules(units=frozenset({"%"}), state_classes=_MEASURED),
    "illuminance": ClassRules(units=frozenset({"lx"}), state_classes=_MEASURED),
    "power": ClassRules(
        units=frozenset({"mW", "W", "kW", "MW", "GW", "TW"}), state_classes=_MEASURED
    ),
    "power_factor": ClassRules(units=frozenset({"%", None}), state_classes=_MEASURED),
    "pressure": ClassRules(
        units=frozenset({"Pa", "hPa", "kPa", "mbar", "bar", "psi"}), state_classes=_MEASURED
    ),
    "signal_strength": ClassRules(units=frozenset({"dB", "dBm"}), state_classes=_MEASURED),
    "temperature": ClassRules(units=frozenset({"°C", "°F", "K"}), state_classes=_MEASURED),
    "timestamp": ClassRules(units=frozenset({None}), state_classes=_NEVER),
    "voltage": ClassRules(units=frozenset({"mV", "V", "kV"}), state_classes=_MEASURED),
    "volume": ClassRules(
        units=frozenset({"m³", "ft³", "CCF", "MCF", "L", "mL", "gal"}), state_classes=TOTALS
    ),
    "volume_flow_rate": ClassRules(
        units=frozenset({"m³/h", "m³/min", "m³/s", "ft³/min", "L/h", "L/min", "L/s", "gal/min"}),
        state_classes=_MEASURED,
    ),
    "water": ClassRules(
        units=frozenset({"m³", "ft³", "CCF", "MCF", "L", "gal"}), state_classes=TOTALS
    ),
}


def classified(entity: Entity, candidates: Iterable[str], unit: str) -> Entity:
    """Give the entity its unit, and the first device class that has such a unit, if any.

    Its state class becomes one that goes with the device class, where its own does not.
    """
    for device_class in candidates:
        fitting = SENSOR_CLASSES[device_class]
        if unit in fitting.units:
            kept = entity.state_class in fitting.state_classes
            state_class = entity.state_class if kept else min(fitting.state_classes)
            return replace(entity, unit=unit, device_class=device_class, state_class=state_class)
    return replace(entity, unit=unit)
