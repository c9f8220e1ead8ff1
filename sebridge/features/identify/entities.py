"""A button in Home Assistant for each device that shows itself when it is asked to."""

from collections.abc import Iterable
import json
from typing import Final

from typing_extensions import override

from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import ACTION_IDENTIFIER, DIAGNOSTIC, Entities, Entity, Group
from sebridge.transports.mqtt.topics import eui64_topic
from sebridge.zcl.identifiers import HA_ENDPOINT, IDENTIFY, SE_ENDPOINT, SE_PROFILE

IDENTIFY_TIME: Final = 10  # seconds


class IdentifyEntities(Entities):
    """The button of a device's first endpoint that can show itself."""

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        able = next((e for e in device.endpoints if IDENTIFY in e.servers), None)
        if able is None:
            return
        sender = SE_ENDPOINT if able.profile_id == SE_PROFILE else HA_ENDPOINT
        request = {
            "destination_address": eui64_topic(device.eui64),
            "destination_endpoint_id": able.number,
            "source_endpoint_id": int(sender),
            "identify_time": IDENTIFY_TIME,
            "request_identifier": ACTION_IDENTIFIER,
        }
        yield Entity(
            key="identify",
            platform="button",
            name="Identify",
            group=Group.ACTION,
            device_class="identify",
            category=DIAGNOSTIC,
            command="identify",
            more={"pl_prs": json.dumps(request, separators=(",", ":"))},
        )
