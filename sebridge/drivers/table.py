"""All capabilities. Data only. Source: ZigBee Cluster Library, the clusters of the same names."""

from collections.abc import Mapping, Sequence
from typing import Final

from sebridge.drivers.capability import Capability, Reporting
from sebridge.gateway.reporting.shown_values import ShownAttribute
from sebridge.homeassistant.entity import DIAGNOSTIC, MEASUREMENT, Entity, Group
from sebridge.zcl.data_types import BOOLEAN
from sebridge.zcl.identifiers import (
    COLOR_CONTROL,
    ELECTRICAL_MEASUREMENT,
    HUMIDITY_MEASUREMENT,
    IAS_ZONE,
    ILLUMINANCE_MEASUREMENT,
    LEVEL_CONTROL,
    METERING,
    OCCUPANCY_SENSING,
    ON_OFF,
    POWER_CONFIGURATION,
    PRESSURE_MEASUREMENT,
    TEMPERATURE_MEASUREMENT,
    THERMOSTAT_CLUSTER,
    WINDOW_COVERING,
)

_BITMAP8: Final = 0x18
_UINT8: Final = 0x20
_UINT16: Final = 0x21
_INT16: Final = 0x29
_PERCENT: Final = 100
_ON_OR_OFF: Final = (
    "{{{{ none if value_json.{0} is none else 'ON' if value_json.{0} else 'OFF' }}}}"
)


def _by_hundred(hundredths: int) -> float:
    return hundredths / 100


def _lux(logarithm: int) -> float:
    """Return it in lux, with as many digits as it has."""
    return 0.0 if logarithm == 0 else round(10 ** ((logarithm - 1) / 10_000), 1)


def _sensor(
    key: str,
    name: str,
    device_class: str,
    unit: str,
    *,
    precision: int = 0,
    category: str | None = None,
) -> Entity:
    """Return the sensor of a value that stands by its key in the state."""
    return Entity(
        key=key,
        platform="sensor",
        name=name,
        template=f"{{{{ value_json.{key} }}}}",
        device_class=device_class,
        state_class=MEASUREMENT,
        unit=unit,
        precision=precision,
        category=category,
    )


ONOFF: Final = Capability(
    name="onoff",
    cluster_id=ON_OFF,
    attribute_id=0x0000,
    data_type=BOOLEAN,
    reporting=Reporting(0, 1800),
    topic="on_off",
    shown=ShownAttribute("on", bool, range(2)),
    entity=Entity(
        key="on_off",
        platform="switch",
        name="Switch",
        group=Group.ACTION,
        template=_ON_OR_OFF.format("on"),
        command="switch_device",
    ),
    classes={"socket": "outlet"},
    part_of=frozenset({"light"}),
    parameters="'command': value | lower",
)

MEASURE_TEMPERATURE: Final = Capability(
    name="measure_temperature",
    cluster_id=TEMPERATURE_MEASUREMENT,
    attribute_id=0x0000,
    data_type=_INT16,
    reporting=Reporting(30, 1800, 20),
    topic="temperature",
    shown=ShownAttribute("temperature", _by_hundred, range(-27_315, 0x8000)),
    entity=_sensor("temperature", "Temperature", "temperature", "°C", precision=1),
)
"""In degrees C; on the air in hundredths of one."""

MEASURE_HUMIDITY: Final = Capability(
    name="measure_humidity",
    cluster_id=HUMIDITY_MEASUREMENT,
    attribute_id=0x0000,
    data_type=_UINT16,
    reporting=Reporting(30, 1800, 100),
    topic="humidity",
    shown=ShownAttribute("humidity", _by_hundred, range(100 * _PERCENT + 1)),
    entity=_sensor("humidity", "Humidity", "humidity", "%"),
)
"""In percent; on the air in hundredths of one."""

MEASURE_PRESSURE: Final = Capability(
    name="measure_pressure",
    cluster_id=PRESSURE_MEASUREMENT,
    attribute_id=0x0000,
    data_type=_INT16,
    reporting=Reporting(60, 1800, 1),
    topic="pressure",
    shown=ShownAttribute("pressure", int),
    entity=_sensor("pressure", "Air pressure", "atmospheric_pressure", "hPa"),
)
"""In hPa, which are the tenths of kPa on the air."""

MEASURE_LUMINANCE: Final = Capability(
    name="measure_luminance",
    cluster_id=ILLUMINANCE_MEASUREMENT,
    attribute_id=0x0000,
    data_type=_UINT16,
    reporting=Reporting(30, 1800, 1000),
    topic="illuminance",
    shown=ShownAttribute("illuminance", _lux, range(0xFFFF)),
    entity=_sensor("illuminance", "Illuminance", "illuminance", "lx"),
)
"""In lux, by a quarter; on the air a logarithm, of which 0 is too dark to be measured."""

MEASURE_BATTERY: Final = Capability(
    name="measure_battery",
    cluster_id=POWER_CONFIGURATION,
    attribute_id=0x0021,
    data_type=_UINT8,
    reporting=Reporting(3600, 43_200, 2),
    topic="power",
    shown=ShownAttribute("battery", lambda halves: halves / 2, range(2 * _PERCENT + 1)),
    sure=False,
    entity=_sensor("battery", "Battery", "battery", "%", category=DIAGNOSTIC),
)
"""In percent, told every 12 hours; on the air in halves of one."""

ALARM_MOTION: Final = Capability(
    name="alarm_motion",
    cluster_id=OCCUPANCY_SENSING,
    attribute_id=0x0000,
    data_type=_BITMAP8,
    reporting=Reporting(0, 1800),
    topic="occupancy",
    shown=ShownAttribute("occupied", lambda bits: bool(bits & 1), range(0x100)),
    entity=Entity(
        key="occupancy",
        platform="binary_sensor",
        name="Occupancy",
        template=_ON_OR_OFF.format("occupied"),
        device_class="occupancy",
    ),
)

DIM: Final = Capability(
    name="dim",
    cluster_id=LEVEL_CONTROL,
    attribute_id=0x0000,
    data_type=_UINT8,
    reporting=Reporting(1, 1800, 1),
    topic="level",
    shown=ShownAttribute("level", int, range(0xFF)),
)
"""How bright: 1..254; also while it is off, as bright as it will be. Part of a light."""

LIGHT_TEMPERATURE: Final = Capability(
    name="light_temperature",
    cluster_id=COLOR_CONTROL,
    attribute_id=0x0007,
    data_type=_UINT16,
    reporting=Reporting(1, 1800, 1),
    topic="light_color",
    shown=ShownAttribute("color_temperature", int, range(0xFF00)),
    sure=False,
)
"""In mireds. Part of a light."""

WINDOWCOVERINGS_SET: Final = Capability(
    name="windowcoverings_set",
    cluster_id=WINDOW_COVERING,
    attribute_id=0x0008,
    data_type=_UINT8,
    reporting=Reporting(1, 1800, 1),
    topic="window_covering",
    shown=ShownAttribute("position", lambda closed: _PERCENT - closed, range(_PERCENT + 1)),
    sure=False,
)
"""How far it is open in percent; on the air how far it is closed. Part of a cover."""

CAPABILITIES: Final[Mapping[str, Capability]] = {
    one.name: one
    for one in (
        ONOFF,
        DIM,
        LIGHT_TEMPERATURE,
        WINDOWCOVERINGS_SET,
        MEASURE_TEMPERATURE,
        MEASURE_HUMIDITY,
        MEASURE_PRESSURE,
        MEASURE_LUMINANCE,
        MEASURE_BATTERY,
        ALARM_MOTION,
    )
}
"""Those that are attributes, by name."""

BUTTON: Final = "button"
"""Sends commands when somebody presses something: of whatever clusters are bound to us."""

ABILITIES: Final[Mapping[str, Sequence[int]]] = {
    **{one.name: (one.cluster_id,) for one in CAPABILITIES.values()},
    ALARM_MOTION.name: (OCCUPANCY_SENSING, IAS_ZONE),
    **dict.fromkeys(
        (
            "alarm_contact",
            "alarm_smoke",
            "alarm_water",
            "alarm_co",
            "alarm_vibration",
            "alarm_generic",
            "alarm_tamper",
            "alarm_battery",
        ),
        (IAS_ZONE,),
    ),
    "measure_power": (METERING,),
    "meter_power": (METERING,),
    "measure_voltage": (ELECTRICAL_MEASUREMENT,),
    "measure_current": (ELECTRICAL_MEASUREMENT,),
    "measure_power_factor": (ELECTRICAL_MEASUREMENT,),
    "target_temperature": (THERMOSTAT_CLUSTER,),
    BUTTON: (),
}
"""All that drivers can name, and the clusters of which an endpoint must serve one.

What is no capability of this table is shown by the feature of its cluster.
"""
