"""Window coverings in Home Assistant. Source: Home Assistant, documentation of MQTT cover."""

from collections.abc import Iterable
import json
from typing import Any, Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.drivers.entities import can, request
from sebridge.drivers.table import WINDOWCOVERINGS_SET
from sebridge.drivers.told import ToldCapabilities
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import ACTION_IDENTIFIER, Entities, Entity, EntityHost, Group
from sebridge.transports.mqtt.topics import eui64_topic

_PAYLOADS: Final = (("open", "open"), ("cls", "close"), ("stop", "stop"))


class CoverEntities(Entities):
    """The component of every window covering; with its position, once it has told one."""

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._told = ToldCapabilities((WINDOWCOVERINGS_SET,), "told_covers", host)

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        able = [e for e in device.endpoints if can(e, WINDOWCOVERINGS_SET)]
        for endpoint in able:
            number = endpoint.number
            more = {f"pl_{name}": _moving(device.eui64, number, word) for name, word in _PAYLOADS}
            if self._told.has(device.eui64, number, WINDOWCOVERINGS_SET):
                more |= self._position(device.eui64, number)
            yield Entity(
                key="cover",
                platform="cover",
                name="Cover",
                group=Group.ACTION,
                device_class="shade",
                endpoint=number,
                is_one_of_several=len(able) > 1,
                command="set_cover",
                more=more,
            )

    def _position(self, device: Eui64, endpoint: int) -> dict[str, Any]:
        moving = request(device, endpoint, "'position': position | int")
        return {
            "pos_t": self._topics.at_endpoint(device, endpoint, WINDOWCOVERINGS_SET.topic),
            "pos_tpl": "{{ value_json.get('position') }}",
            "set_pos_t": f"{self._topics.request}/set_cover",
            "set_pos_tpl": f"{{{{ {moving} | to_json }}}}",
        }


def _moving(device: Eui64, endpoint: int, command: str) -> str:
    """Return a request to move."""
    parameters = {
        "destination_address": eui64_topic(device),
        "destination_endpoint_id": endpoint,
        "command": command,
        "request_identifier": ACTION_IDENTIFIER,
    }
    return json.dumps(parameters, separators=(",", ":"))
