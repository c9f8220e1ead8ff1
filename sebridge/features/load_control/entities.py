"""What Home Assistant shows of load control: events in force, and what devices do with them."""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.features.load_control.enrollment import EnrollmentTold
from sebridge.features.load_control.participation import FIRST_PLACE, MOST_PLACES
from sebridge.features.load_control.records import EventStatus
from sebridge.features.load_control.signals import ConsumptionLimitTold, ParticipationChanged
from sebridge.features.load_control.topics import (
    enrollment_topic,
    limit_topic,
    participation_topic,
    place_topic,
    status_topic,
)
from sebridge.gateway.events.event_cluster import UNTIL_CHANGED
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    ACTION_IDENTIFIER,
    CONFIG,
    DIAGNOSTIC,
    LISTED_EVENTS,
    TIMESTAMP,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
    Group,
    change_of_events,
)
from sebridge.network.signals import DeviceRemoved
from sebridge.schedule.randomization import LONGEST_IN_MINUTES
from sebridge.transports.mqtt.topics import eui64_topic
from sebridge.zcl.identifiers import DRLC

_STATUS_WORDS: Final = {int(status): status.name.lower() for status in EventStatus}
_OTHER: Final = "other"
EVENT_STATUSES: Final = (*_STATUS_WORDS.values(), _OTHER)
"""What a device may say of a load-control event, in words."""


def _choice(opt_into: str, opt_out_of: str, parameters: str = "") -> str:
    """Return a JSON-RPC request without `id`: nobody waits for the answer; a failure is told."""
    return (
        "{{ {'jsonrpc': '2.0', 'method':"
        f" '{opt_into}' if value == 'ON' else '{opt_out_of}',"
        f" 'params': {{{parameters}'request_identifier': '{ACTION_IDENTIFIER}'}}}} | to_json }}}}"
    )


_ALL: Final = _choice("opt_into_DRLC_event", "opt_out_of_DRLC_event")
_ONE: Final = _choice(
    "opt_into_DRLC_event",
    "opt_out_of_DRLC_event",
    "'issuer_event_id': this.attributes.get('issuer_event_id', 0), ",
)
_LIMIT: Final = _choice("opt_into_consumption_limit", "opt_out_of_consumption_limit")

_HIGHEST_GROUP: Final = 254
_EPOCH: Final = 946_684_800  # of ZigBee, in seconds since 1970
_ENDS: Final = (
    "{% set ns = namespace(end=0) %}"
    "{% for event in value_json.record_list %}"
    "{% set end = event.start_time + 60 * event.duration_in_minutes %}"
    "{% set ns.end = [ns.end, end] | max %}{% endfor %}"
    "{% set lasting = value_json.record_list"
    f" | selectattr('duration_in_minutes', 'eq', {UNTIL_CHANGED}) | list %}}"
    f"{{{{ none if lasting or not ns.end else (ns.end + {_EPOCH}) | as_datetime }}}}"
)
"""When the last event in force is over; unknown where one lasts until it is cancelled."""


def _number(name: str, icon: str, most: int, unit: str | None = None) -> Entity:
    return Entity(
        key="",
        platform="number",
        name=name,
        icon=icon,
        unit=unit,
        category=CONFIG,
        more={"min": 0, "max": most, "step": 1, "mode": "box"},
    )


_ENROLLMENT: Final[Mapping[str, Entity]] = {
    "utility_enrollment_group": _number(
        "Load-control group", "mdi:account-group-outline", _HIGHEST_GROUP
    ),
    "start_randomization_minutes": _number(
        "Random delay of the start", "mdi:timer-play-outline", LONGEST_IN_MINUTES, "min"
    ),
    "duration_randomization_minutes": _number(
        "Random delay of the end", "mdi:timer-stop-outline", LONGEST_IN_MINUTES, "min"
    ),
    "device_classes": Entity(
        key="",
        platform="sensor",
        name="Load-control classes",
        icon="mdi:shape-outline",
        category=DIAGNOSTIC,
    ),
}
"""What a client tells of itself, by the names on its topic."""

_PLACES: Final = "places"
_LIMITED: Final = "limited"
_AT_FIRST: Final[Mapping[str, int]] = {_PLACES: 1, _LIMITED: 0}


class LoadControlEntities(Entities):
    """The gateway's events, and the last word of each thermostat or load switch.

    The collection `load_control_shape` keeps for how many events at once a display has had to have
    a switch (`places`), and whether there is a limit of consumption (`limited`).
    """

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._shows = host.shows
        self._shape: MutableMapping[str, int] = host.open_collection("load_control_shape", str, int)
        host.bus.listen(ParticipationChanged, self._on_participation)
        self._enrolled = host.open_collection("enrolled_load_control", str, tuple[str, ...])
        host.bus.listen(ConsumptionLimitTold, self._on_limit)
        host.bus.listen(EnrollmentTold, self._on_enrollment)
        host.bus.listen(DeviceRemoved, self._on_removal)

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
            Entity(
                key="load_control_until",
                platform="sensor",
                name="Load control until",
                group=Group.IN_FORCE,
                topic=topics.active("drlc"),
                template=_ENDS,
                device_class=TIMESTAMP,
            ),
            Entity(
                key="criticality_level",
                platform="sensor",
                name="Criticality level",
                group=Group.IN_FORCE,
                topic=topics.active("drlc"),
                template=(
                    "{{ value_json.record_list | map(attribute='criticality_level') | max"
                    " if value_json.record_list else none }}"
                ),
                icon="mdi:alert-outline",
            ),
        )
        return (*shown, *(self._of_server() if self._serves else self._of_display()))

    def _of_server(self) -> Iterable[Entity]:
        yield self._report()
        if self._known(_LIMITED):
            yield self._limit()
            yield self._limit_participation()

    def _of_display(self) -> Iterable[Entity]:
        yield self._participation()
        yield from map(self._place, range(FIRST_PLACE, FIRST_PLACE + self._known(_PLACES)))
        if self._known(_LIMITED):
            yield self._limit()

    def _limit(self) -> Entity:
        return Entity(
            key="consumption_limit",
            platform="sensor",
            name="Consumption limit",
            group=Group.IN_FORCE,
            topic=limit_topic(self._topics),
            template="{{ value_json.watts }}",
            attributes="",
            device_class="power",
            unit="W",
            icon="mdi:speedometer-slow",
        )

    def _limit_participation(self) -> Entity:
        """Return what lifts the limit of this home; unknown while no event limits it."""
        return Entity(
            key="consumption_limit_participation",
            platform="switch",
            name="Keep to the consumption limit",
            group=Group.ACTION,
            topic=limit_topic(self._topics),
            template=(
                "{{ none if value_json.issuer_event_id is none"
                " else 'ON' if value_json.participates else 'OFF' }}"
            ),
            icon="mdi:handshake-outline",
            command="",
            command_template=_LIMIT,
        )

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
            command_template=_ALL,
        )

    def _place(self, place: int) -> Entity:
        """Return what a person opts out of one event with; unknown while there is none."""
        return Entity(
            key=f"load_control_participation_{place}",
            platform="switch",
            name=f"Take part in event {place}",
            group=Group.ACTION,
            topic=place_topic(self._topics, place),
            template=(
                "{{ none if 'participates' not in value_json"
                " else 'ON' if value_json.participates else 'OFF' }}"
            ),
            attributes="",
            icon="mdi:handshake-outline",
            command="",
            command_template=_ONE,
        )

    def _on_participation(self, signal: ParticipationChanged) -> None:
        if self._shows(signal):
            events = {e.issuer_event_id for e in (*signal.events, *signal.upcoming)}
            self._learn(_PLACES, max(self._known(_PLACES), min(len(events), MOST_PLACES)))

    def _on_limit(self, signal: ConsumptionLimitTold) -> None:
        self._learn(_LIMITED, signal.limit is not None)

    def _known(self, name: str) -> int:
        return self._shape.get(name, _AT_FIRST[name])

    def _learn(self, name: str, number: int) -> None:
        if self._known(name) != number:
            self._shape[name] = number
            self._bus.send(EntitiesChanged(None))

    def _on_enrollment(self, signal: EnrollmentTold) -> None:
        key = _key(signal.device, signal.endpoint)
        shown = tuple(sorted(signal.shown))
        if self._enrolled.get(key) != shown:
            self._enrolled[key] = shown
            self._bus.send(EntitiesChanged(signal.device))

    def _on_removal(self, signal: DeviceRemoved) -> None:
        branch = _key(signal.device, "")
        for key in [key for key in self._enrolled if key.startswith(branch)]:
            del self._enrolled[key]

    def _enrollment(
        self, device: Eui64, endpoint: int, *, is_one_of_several: bool
    ) -> Iterable[Entity]:
        """Return what a client tells that it is set to, and sets it; switched off at first."""
        shown = self._enrolled.get(_key(device, endpoint), ())
        for key, entity in _ENROLLMENT.items():
            if key not in shown:
                continue
            placed = replace(
                entity,
                key=key,
                topic=enrollment_topic(self._topics, device, endpoint),
                template=f"{{{{ value_json.get('{key}') }}}}",
                enabled=False,
                endpoint=endpoint,
                is_one_of_several=is_one_of_several,
            )
            yield (
                placed
                if entity.platform == "sensor"
                else replace(
                    placed,
                    command="set_load_control_enrollment",
                    command_template=(
                        f"{{{{ {{'destination_address': '{eui64_topic(device)}',"
                        f" 'destination_endpoint_id': {endpoint}, '{key}': value | int,"
                        f" 'request_identifier': '{ACTION_IDENTIFIER}'}} | to_json }}}}"
                    ),
                )
            )

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        obeying = [e.number for e in device.endpoints if DRLC in e.clients]
        for number in obeying:
            several = len(obeying) > 1
            yield from self._enrollment(device.eui64, number, is_one_of_several=several)
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


def _key(device: Eui64, endpoint: int | str) -> str:
    return f"{device:016x}/{endpoint}"
