"""Home Assistant's rules for MQTT device discovery, as data.

Source: Home Assistant, documentation of the MQTT integration (discovery payload, abbreviations,
each platform's options) and of the sensor entity (device classes, state classes, units). Only
what the bridge uses is listed: what is not here counts as wrong, so that a typing error is found
before Home Assistant finds it. The units of a sensor's device classes are the product's own table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ABBREVIATIONS: Final[Mapping[str, str]] = {
    "act_t": "action_topic",
    "act_tpl": "action_template",
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "bri_cmd_t": "brightness_command_topic",
    "bri_cmd_tpl": "brightness_command_template",
    "bri_scl": "brightness_scale",
    "bri_stat_t": "brightness_state_topic",
    "bri_val_tpl": "brightness_value_template",
    "clr_temp_cmd_t": "color_temp_command_topic",
    "clr_temp_cmd_tpl": "color_temp_command_template",
    "clr_temp_stat_t": "color_temp_state_topic",
    "clr_temp_val_tpl": "color_temp_value_template",
    "cmd_t": "command_topic",
    "cmd_tpl": "command_template",
    "cmps": "components",
    "curr_temp_t": "current_temperature_topic",
    "curr_temp_tpl": "current_temperature_template",
    "def_ent_id": "default_entity_id",
    "dev": "device",
    "dev_cla": "device_class",
    "en": "enabled_by_default",
    "ent_cat": "entity_category",
    "evt_typ": "event_types",
    "exp_aft": "expire_after",
    "ic": "icon",
    "json_attr_t": "json_attributes_topic",
    "json_attr_tpl": "json_attributes_template",
    "max_mirs": "max_mireds",
    "min_mirs": "min_mireds",
    "mode_cmd_t": "mode_command_topic",
    "mode_cmd_tpl": "mode_command_template",
    "mode_stat_t": "mode_state_topic",
    "mode_stat_tpl": "mode_state_template",
    "o": "origin",
    "ops": "options",
    "p": "platform",
    "pl_avail": "payload_available",
    "pl_cls": "payload_close",
    "pl_inst": "payload_install",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "pl_open": "payload_open",
    "pl_prs": "payload_press",
    "pl_stop": "payload_stop",
    "pos_t": "position_topic",
    "pos_tpl": "position_template",
    "ret": "retain",
    "set_pos_t": "set_position_topic",
    "set_pos_tpl": "set_position_template",
    "stat_cla": "state_class",
    "stat_t": "state_topic",
    "stat_val_tpl": "state_value_template",
    "sug_dsp_prc": "suggested_display_precision",
    "t": "topic",
    **{
        f"temp{short}_{what}": f"temperature{name}_{meant}"
        for short, name in (("", ""), ("_lo", "_low"), ("_hi", "_high"))
        for what, meant in (
            ("cmd_t", "command_topic"),
            ("cmd_tpl", "command_template"),
            ("stat_t", "state_topic"),
            ("stat_tpl", "state_template"),
        )
    },
    "temp_unit": "temperature_unit",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
DEVICE_ABBREVIATIONS: Final[Mapping[str, str]] = {
    "act_t": "action_topic",
    "act_tpl": "action_template",
    "cns": "connections",
    "cu": "configuration_url",
    "hw": "hw_version",
    "ids": "identifiers",
    "mdl": "model",
    "mdl_id": "model_id",
    "mf": "manufacturer",
    "sa": "suggested_area",
    "sn": "serial_number",
    "sw": "sw_version",
}
ORIGIN_ABBREVIATIONS: Final[Mapping[str, str]] = {"sw": "sw_version", "url": "support_url"}

ROOT_REQUIRED: Final = frozenset({"device", "origin", "components"})
ROOT_KEYS: Final = ROOT_REQUIRED | {
    "availability",
    "availability_mode",
    "availability_topic",
    "payload_available",
    "payload_not_available",
}
DEVICE_KEYS: Final = frozenset(DEVICE_ABBREVIATIONS.values()) | {"name", "via_device"}
ORIGIN_REQUIRED: Final = frozenset({"name"})
ORIGIN_KEYS: Final = frozenset({"name", "sw_version", "support_url"})
AVAILABILITY_KEYS: Final = frozenset(
    {"topic", "payload_available", "payload_not_available", "value_template"}
)
AVAILABILITY_MODES: Final = frozenset({"all", "any", "latest"})
ENTITY_CATEGORIES: Final = frozenset({"config", "diagnostic"})
_SETTINGS: Final = ("mode", "temperature", "temperature_low", "temperature_high")
"""What can be set of a climate component."""
_LIGHT_SETTINGS: Final = ("brightness", "color_temp")
"""What can be set of a lamp."""
PUBLISH_TOPICS: Final = frozenset(
    {
        "command_topic",
        "set_position_topic",
        *(f"{one}_command_topic" for one in (*_SETTINGS, *_LIGHT_SETTINGS)),
    }
)
SUBSCRIBE_TOPICS: Final = frozenset(
    {
        "state_topic",
        "json_attributes_topic",
        "availability_topic",
        "topic",
        "action_topic",
        "current_temperature_topic",
        "position_topic",
        *(f"{one}_state_topic" for one in (*_SETTINGS, *_LIGHT_SETTINGS)),
    }
)

COMPONENT_REQUIRED: Final = frozenset({"platform", "unique_id"})
COMPONENT_KEYS: Final = COMPONENT_REQUIRED | {
    "availability",
    "availability_mode",
    "availability_topic",
    "default_entity_id",
    "device_class",
    "enabled_by_default",
    "entity_category",
    "icon",
    "json_attributes_template",
    "json_attributes_topic",
    "name",
    "payload_available",
    "payload_not_available",
    "qos",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRules:
    """What a platform asks for and takes beside what all components take."""

    required: frozenset[str]
    keys: frozenset[str] = frozenset()
    device_classes: frozenset[str] = field(default_factory=frozenset)


PLATFORMS: Final[Mapping[str, PlatformRules]] = {
    "binary_sensor": PlatformRules(
        required=frozenset({"state_topic"}),
        keys=frozenset({"value_template", "payload_on", "payload_off", "expire_after"}),
        device_classes=frozenset(
            {
                "battery",
                "carbon_monoxide",
                "connectivity",
                "moisture",
                "motion",
                "occupancy",
                "opening",
                "power",
                "problem",
                "running",
                "safety",
                "smoke",
                "tamper",
                "vibration",
            }
        ),
    ),
    "button": PlatformRules(
        required=frozenset({"command_topic"}),
        keys=frozenset({"command_template", "payload_press", "retain"}),
        device_classes=frozenset({"identify", "restart", "update"}),
    ),
    "climate": PlatformRules(
        required=frozenset(),
        keys=frozenset(
            {
                "action_template",
                "action_topic",
                "current_temperature_template",
                "current_temperature_topic",
                "max_temp",
                "min_temp",
                "modes",
                "temp_step",
                "temperature_unit",
                *(
                    f"{one}_{what}_{kind}"
                    for one in _SETTINGS
                    for what in ("command", "state")
                    for kind in ("topic", "template")
                ),
            }
        ),
    ),
    "cover": PlatformRules(
        required=frozenset(),
        keys=frozenset(
            {
                "command_topic",
                "payload_close",
                "payload_open",
                "payload_stop",
                "position_template",
                "position_topic",
                "set_position_template",
                "set_position_topic",
            }
        ),
        device_classes=frozenset({"blind", "curtain", "shade", "shutter"}),
    ),
    "event": PlatformRules(
        required=frozenset({"state_topic", "event_types"}),
        keys=frozenset({"value_template"}),
        device_classes=frozenset({"button", "doorbell", "motion"}),
    ),
    "light": PlatformRules(
        required=frozenset({"command_topic"}),
        keys=frozenset(
            {
                "brightness_scale",
                "max_mireds",
                "min_mireds",
                "payload_off",
                "payload_on",
                "state_topic",
                "state_value_template",
                *(
                    f"{one}_{what}"
                    for one in _LIGHT_SETTINGS
                    for what in (
                        "command_template",
                        "command_topic",
                        "state_topic",
                        "value_template",
                    )
                ),
            }
        ),
    ),
    "notify": PlatformRules(
        required=frozenset({"command_topic"}),
        keys=frozenset({"command_template", "retain"}),
    ),
    "number": PlatformRules(
        required=frozenset({"command_topic"}),
        keys=frozenset(
            {
                "state_topic",
                "value_template",
                "command_template",
                "unit_of_measurement",
                "min",
                "max",
                "step",
                "mode",
            }
        ),
    ),
    "sensor": PlatformRules(
        required=frozenset({"state_topic"}),
        keys=frozenset(
            {
                "value_template",
                "state_class",
                "unit_of_measurement",
                "options",
                "expire_after",
                "suggested_display_precision",
            }
        ),
        device_classes=frozenset(
            {
                "atmospheric_pressure",
                "battery",
                "current",
                "duration",
                "energy",
                "enum",
                "gas",
                "humidity",
                "illuminance",
                "power",
                "power_factor",
                "pressure",
                "signal_strength",
                "temperature",
                "timestamp",
                "voltage",
                "volume",
                "volume_flow_rate",
                "water",
            }
        ),
    ),
    "switch": PlatformRules(
        required=frozenset({"command_topic"}),
        keys=frozenset(
            {"state_topic", "value_template", "command_template", "payload_on", "payload_off"}
        ),
        device_classes=frozenset({"outlet", "switch"}),
    ),
    "update": PlatformRules(
        required=frozenset({"state_topic"}),
        keys=frozenset({"value_template", "command_topic", "payload_install", "retain"}),
        device_classes=frozenset({"firmware"}),
    ),
}
