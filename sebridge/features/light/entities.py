"""Lamps in Home Assistant: on and off, how bright, and how warm, in one component.

Source: Home Assistant, documentation of MQTT light, default schema.
"""

from collections.abc import Iterable
import json
from typing import Any, Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.drivers.capability import Capability
from sebridge.drivers.entities import can, request
from sebridge.drivers.table import DIM, LIGHT_TEMPERATURE, ONOFF
from sebridge.drivers.told import ToldCapabilities
from sebridge.features.light.cluster import BRIGHTEST, COLDEST, WARMEST
from sebridge.homeassistant.discovered import DiscoveredDevice, DiscoveredEndpoint
from sebridge.homeassistant.entity import ACTION_IDENTIFIER, Entities, Entity, EntityHost, Group
from sebridge.transports.mqtt.topics import eui64_topic

LIGHT: Final = "light"


class LightEntities(Entities):
    """The component of every endpoint that is a lamp, by its driver or by what it says it is."""

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._told = ToldCapabilities((LIGHT_TEMPERATURE,), "told_lights", host)

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        lamps = [e for e in device.endpoints if e.device_class == LIGHT and can(e, ONOFF)]
        for endpoint in lamps:
            yield Entity(
                key="light",
                platform="light",
                name="Light",
                group=Group.ACTION,
                topic=self._topic(device.eui64, endpoint, ONOFF),
                endpoint=endpoint.number,
                is_one_of_several=len(lamps) > 1,
                command="switch_device",
                more=self._more(device.eui64, endpoint),
            )

    def _more(self, device: Eui64, endpoint: DiscoveredEndpoint) -> dict[str, Any]:
        """Return what only lamps have. What is sent stands for the states as well."""
        on, off = (_switching(device, endpoint.number, word) for word in ("on", "off"))
        state = f"{{{{ none if value_json.on is none else '{on}' if value_json.on else '{off}' }}}}"
        found: dict[str, Any] = {"pl_on": on, "pl_off": off, "stat_val_tpl": state}
        if can(endpoint, DIM):
            found |= self._setting(device, endpoint, DIM, "bri", "level")
            found["bri_scl"] = BRIGHTEST
        if can(endpoint, LIGHT_TEMPERATURE) and self._told.has(
            device, endpoint.number, LIGHT_TEMPERATURE
        ):
            name = "color_temperature"
            found |= self._setting(device, endpoint, LIGHT_TEMPERATURE, "clr_temp", name)
            found |= {"min_mirs": COLDEST, "max_mirs": WARMEST}
        return found

    def _setting(
        self,
        device: Eui64,
        endpoint: DiscoveredEndpoint,
        capability: Capability,
        short: str,
        name: str,
    ) -> dict[str, str]:
        """Return the keys of something that can be set."""
        command = request(device, endpoint.number, f"'{name}': value | int")
        return {
            f"{short}_cmd_t": f"{self._topics.request}/set_light",
            f"{short}_cmd_tpl": f"{{{{ {command} | to_json }}}}",
            f"{short}_stat_t": self._topic(device, endpoint, capability),
            f"{short}_val_tpl": f"{{{{ value_json.get('{name}') }}}}",
        }

    def _topic(self, device: Eui64, endpoint: DiscoveredEndpoint, capability: Capability) -> str:
        return self._topics.at_endpoint(device, endpoint.number, capability.topic)


def _switching(device: Eui64, endpoint: int, command: str) -> str:
    """Return a request to switch."""
    parameters = {
        "destination_address": eui64_topic(device),
        "destination_endpoint_id": endpoint,
        "command": command,
        "request_identifier": ACTION_IDENTIFIER,
    }
    return json.dumps(parameters, separators=(",", ":"))
