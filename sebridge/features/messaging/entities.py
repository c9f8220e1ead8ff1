"""What Home Assistant shows of messages, and how a person sends or confirms one."""

from collections.abc import Iterable
import json
from typing import Final

from typing_extensions import override

from sebridge.features.messaging.topics import DELIVERED_MESSAGE
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    ACTION_IDENTIFIER,
    DIAGNOSTIC,
    LISTED_EVENTS,
    TIMESTAMP,
    Entities,
    Entity,
    Group,
    change_of_events,
)
from sebridge.transports.mqtt.delivered import delivered_topic
from sebridge.zcl.identifiers import MESSAGING

IMPORTANCE: Final = ("low", "medium", "high", "critical")
"""How important a message is: bits 2 and 3 of its `message_control`."""

MESSAGE_DURATION: Final = 60  # minutes that a message from the notify action is shown


class MessagingEntities(Entities):
    """The gateway's messages, and what each display was given of them."""

    @override
    def of_gateway(self) -> Iterable[Entity]:
        topics = self._topics
        shown = (
            Entity(
                key="message",
                platform="sensor",
                name="Message",
                group=Group.IN_FORCE,
                topic=topics.active("message"),
                template=(
                    "{{ value_json.record_list[-1].message[:255]"
                    " if value_json.record_list else '' }}"
                ),
                attributes=LISTED_EVENTS,
                icon="mdi:message-text-outline",
            ),
            Entity(
                key="message_importance",
                platform="sensor",
                name="Message importance",
                group=Group.IN_FORCE,
                topic=topics.active("message"),
                template=(
                    f"{{{{ {list(IMPORTANCE)}[value_json.record_list[-1].message_control // 4 % 4]"
                    " if value_json.record_list else none }}"
                ),
                device_class="enum",
                options=IMPORTANCE,
                icon="mdi:message-alert-outline",
            ),
            change_of_events(
                key="message_event",
                name="Message event",
                topic=topics.notification("updated_active_message_events"),
                icon="mdi:message-alert-outline",
            ),
        )
        return (*shown, *(self._of_server() if self._serves else self._of_display()))

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        if not (self._serves and any(MESSAGING in e.clients for e in device.endpoints)):
            return
        topic = delivered_topic(self._topics, device.eui64, DELIVERED_MESSAGE)
        yield Entity(
            key="delivered_message",
            platform="sensor",
            name="Last message delivered",
            topic=topic,
            template="{{ value_json.message[:255] }}",
            attributes="",
            icon="mdi:message-text-outline",
            category=DIAGNOSTIC,
        )
        yield Entity(
            key="delivered_message_confirmed",
            platform="sensor",
            name="Last message confirmed",
            topic=topic,
            template="{{ value_json.get('confirmed') }}",
            device_class=TIMESTAMP,
            category=DIAGNOSTIC,
        )

    def _of_display(self) -> Iterable[Entity]:
        request = {"request_identifier": ACTION_IDENTIFIER}
        yield Entity(
            key="confirm_message",
            platform="button",
            name="Confirm the message",
            group=Group.ACTION,
            command="confirm_message",
            icon="mdi:message-check-outline",
            more={"pl_prs": json.dumps(request, separators=(",", ":"))},
        )

    def _of_server(self) -> Iterable[Entity]:
        return (
            Entity(
                key="message_confirmed",
                platform="event",
                name="Message confirmation",
                group=Group.NEWS,
                topic=self._topics.notification("received_message_confirmation"),
                template=(
                    "{{ {'event_type': 'confirmed', 'source_address': value_json.source_address,"
                    " 'message_id': value_json.record.message_id} | to_json }}"
                ),
                event_types=("confirmed",),
                icon="mdi:message-check-outline",
            ),
            Entity(
                key="send_message",
                platform="notify",
                name="Send a message to the displays",
                group=Group.ACTION,
                command="create_message_event",
                command_template=(
                    f"{{{{ {{'record': {{'duration_in_minutes': {MESSAGE_DURATION},"
                    f" 'message': value}}, 'request_identifier': '{ACTION_IDENTIFIER}'}}"
                    " | to_json }}"
                ),
                icon="mdi:message-arrow-right-outline",
            ),
        )
