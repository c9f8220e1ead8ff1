"""A switch in Home Assistant for each endpoint that can be switched."""

from collections.abc import Iterable

from typing_extensions import override

from sebridge.features.on_off.topics import TOPIC
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import ACTION_IDENTIFIER, Entities, Entity, Group
from sebridge.transports.mqtt.topics import eui64_topic
from sebridge.zcl.identifiers import ON_OFF


class OnOffEntities(Entities):
    """The switches of every device with servers of On/Off."""

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        able = [e.number for e in device.endpoints if ON_OFF in e.servers]
        for number in able:
            yield Entity(
                key="on_off",
                platform="switch",
                name="Switch",
                group=Group.ACTION,
                topic=self._topics.at_endpoint(device.eui64, number, TOPIC),
                template=(
                    "{{ none if value_json.on is none else 'ON' if value_json.on else 'OFF' }}"
                ),
                endpoint=number,
                is_one_of_several=len(able) > 1,
                command="switch_device",
                command_template=(
                    f"{{{{ {{'destination_address': '{eui64_topic(device.eui64)}',"
                    f" 'destination_endpoint_id': {number}, 'command': value | lower,"
                    f" 'request_identifier': '{ACTION_IDENTIFIER}'}} | to_json }}}}"
                ),
            )
