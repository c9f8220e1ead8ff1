"""What Home Assistant shows of load control: events in force, and what devices do with them."""

from collections.abc import Iterable
from typing import Final

from typing_extensions import override

from sebridge.features.load_control.records import EventStatus
from sebridge.features.load_control.topics import participation_topic, status_topic
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    ACTION_IDENTIFIER,
    LISTED_EVENTS,
    Entities,
    Entity,
    Group,
    change_of_events,
)
from sebridge.zcl.identifiers import DRLC

_STATUS_WORDS: Final = {int(status): status.name.lower() for status in EventStatus}
_OTHER: Final = "other"
EVENT_STATUSES: Final = (*_STATUS_WORDS.values(), _OTHER)
"""What a device may say of a load-control event, in words."""

_CHOICE: Final = (
    "{{ {'jsonrpc': '2.0', 'method':"
    " 'opt_into_DRLC_event' if value == 'ON' else 'opt_out_of_DRLC_event',"
    f" 'params': {{'request_identifier': '{ACTION_IDENTIFIER}'}}}} | to_json }}}}"
)
"""A JSON-RPC request without `id`: nobody waits for the answer, and a failure is told."""


class LoadControlEntities(Entities):
    """The gateway's events, and the last word of each thermostat or load switch."""

    @override
    def of_gateway(self) -> Iterable[Entity]:
        topics = self._topics
        shown = (
            Entity(
                key="load_control",
                platform="binary_sensor",
                name="Load control",
                group=Group.IN_FORCE,
                topic=topics.active("drlc"),
                template="{{ 'ON' if value_json.record_list else 'OFF' }}",
                attributes=LISTED_EVENTS,
                icon="mdi:transmission-tower-export",
            ),
            change_of_events(
                key="load_control_event",
                name="Load-control event",
                topic=topics.notification("updated_active_DRLC_events"),
                icon="mdi:transmission-tower",
            ),
        )
        return (*shown, self._report() if self._serves else self._participation())

    def _report(self) -> Entity:
        return Entity(
            key="load_control_report",
            platform="event",
            name="Load-control report",
            group=Group.NEWS,
            topic=self._topics.notification("received_report_event_status"),
            template=(
                "{{ {'event_type': "
                f"{_STATUS_WORDS}.get(value_json.record.event_status, '{_OTHER}'),"
                " 'source_address': value_json.source_address,"
                " 'issuer_event_id': value_json.record.issuer_event_id} | to_json }}"
            ),
            event_types=EVENT_STATUSES,
            icon="mdi:clipboard-check-outline",
        )

    def _participation(self) -> Entity:
        """Return what a person opts out with, and back in; unknown while no event is in force."""
        return Entity(
            key="load_control_participation",
            platform="switch",
            name="Take part in load control",
            group=Group.ACTION,
            topic=participation_topic(self._topics),
            template=(
                "{{ none if not value_json.events else 'ON' if"
                " value_json.events | selectattr('participates') | list else 'OFF' }}"
            ),
            attributes="",
            icon="mdi:transmission-tower-off",
            command="",
            command_template=_CHOICE,
        )

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        if any(DRLC in endpoint.clients for endpoint in device.endpoints):
            yield Entity(
                key="load_control_status",
                platform="sensor",
                name="Load-control status",
                topic=status_topic(self._topics, device.eui64),
                template=(
                    f"{{{{ '{_OTHER}' if value_json.status.startswith('0x')"
                    " else value_json.status }}"
                ),
                attributes="",
                device_class="enum",
                options=EVENT_STATUSES,
                icon="mdi:transmission-tower",
            )
