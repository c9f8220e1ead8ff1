"""All capabilities. Data only. Source: ZigBee Cluster Library, the clusters of the same names."""

from collections.abc import Mapping
from typing import Final

from sebridge.drivers.capability import Ability, Capability, Reporting
from sebridge.gateway.reporting.shown_values import ShownAttribute
from sebridge.homeassistant.entity import MEASUREMENT, Entity, Group
from sebridge.zcl.data_types import BOOLEAN
from sebridge.zcl.identifiers import ON_OFF, TEMPERATURE_MEASUREMENT

_INT16: Final = 0x29

ONOFF: Final = Capability(
    name="onoff",
    cluster_id=ON_OFF,
    attribute_id=0x0000,
    data_type=BOOLEAN,
    reporting=Reporting(0, 1800),
    topic="on_off",
    shown=ShownAttribute("on", bool),
    entity=Entity(
        key="on_off",
        platform="switch",
        name="Switch",
        group=Group.ACTION,
        template="{{ none if value_json.on is none else 'ON' if value_json.on else 'OFF' }}",
        command="switch_device",
    ),
    classes={"socket": "outlet"},
    parameters="'command': value | lower",
)

MEASURE_TEMPERATURE: Final = Capability(
    name="measure_temperature",
    cluster_id=TEMPERATURE_MEASUREMENT,
    attribute_id=0x0000,
    data_type=_INT16,
    reporting=Reporting(30, 1800, 20),
    topic="temperature",
    shown=ShownAttribute("temperature", lambda hundredths: hundredths / 100),
    entity=Entity(
        key="temperature",
        platform="sensor",
        name="Temperature",
        template="{{ value_json.temperature }}",
        device_class="temperature",
        state_class=MEASUREMENT,
        unit="°C",
        precision=1,
    ),
)
"""In degrees C; on the air in hundredths of one."""

BUTTON: Final = Ability(name="button")
"""Sends commands when somebody presses something: of whatever clusters are bound to us."""

CAPABILITIES: Final[Mapping[str, Capability]] = {
    one.name: one for one in (ONOFF, MEASURE_TEMPERATURE)
}
"""Those that are attributes, by name."""

ABILITIES: Final[Mapping[str, Ability]] = {**CAPABILITIES, BUTTON.name: BUTTON}
"""All that drivers can name."""
