"""An event in Home Assistant for each endpoint of a device whose buttons send us commands."""

from collections.abc import Iterable
from typing import Final

from typing_extensions import override

from sebridge.drivers.table import BUTTON
from sebridge.features.drivers.topics import TOPIC
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import Entities, Entity, EntityHost, Group

_PRESSED: Final = (
    "{{ {'event_type': value_json.command, 'cluster': value_json.cluster,"
    " 'parameters': value_json.parameters} | to_json }}"
)


class ButtonEntities(Entities):
    """The events of devices whose drivers say that they have buttons, one type for each command."""

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._clusters = host.clusters

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        able = [e for e in device.endpoints if BUTTON in (e.capabilities or ())]
        for endpoint in able:
            commands = tuple(
                command.name
                for cluster_id in sorted(endpoint.bound)
                if cluster_id in self._clusters
                for command in self._clusters[cluster_id].commands
                if not command.from_server
            )
            if commands:
                yield Entity(
                    key="button",
                    platform="event",
                    name="Button",
                    group=Group.NEWS,
                    topic=self._topics.at_endpoint(device.eui64, endpoint.number, TOPIC),
                    template=_PRESSED,
                    event_types=tuple(dict.fromkeys(commands)),
                    device_class="button",
                    endpoint=endpoint.number,
                    is_one_of_several=len(able) > 1,
                )
