"""What devices last said of load-control events, and in which ones a display takes part."""

from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time, unix_time
from sebridge.features.load_control.enrollment import EnrollmentTold
from sebridge.features.load_control.participation import FIRST_PLACE, EventParticipation, placed
from sebridge.features.load_control.records import LoadControlEventRecord, event_status_word
from sebridge.features.load_control.signals import (
    ConsumptionLimitTold,
    EventStatusReported,
    ParticipationChanged,
)
from sebridge.gateway.events.event_cluster import end_of
from sebridge.gateway.events.signals import EventHeard
from sebridge.model.plain import to_plain
from sebridge.network.signals import DeviceRemoved
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics


def status_topic(topics: Topics, device: Eui64) -> str:
    """Return where a device's last word is kept."""
    return topics.at_device(device, "drlc")


def enrollment_topic(topics: Topics, device: Eui64, endpoint: int) -> str:
    """Return where it is kept what a client is set to."""
    return topics.at_endpoint(device, endpoint, "drlc")


def participation_topic(topics: Topics) -> str:
    """Return where a display keeps in which events its user takes part."""
    return topics.at("participation", "drlc")


def place_topic(topics: Topics, place: int) -> str:
    """Return where a display keeps the event that has a place, of those that its user knows of."""
    return topics.at("participation", "drlc", str(place))


def limit_topic(topics: Topics) -> str:
    """Return where it is kept what load control leaves of the home's power."""
    return topics.at("limit", "consumption")


class LoadControlTopics:
    """Keeps what each device last said, what our own user chose, and the limit of consumption.

    Which event it is that a device speaks of is kept over restarts, one for each known device; and
    so is the place of each event that our own user knows of.
    """

    def __init__(self, host: TopicHost) -> None:
        self._mqtt = host.mqtt
        self._topics = host.topics
        self._clock = host.clock
        self._shows = host.shows
        self._knows = host.knows
        self._events = host.open_collection("delivered_load_control", Eui64, dict[str, Any])
        self._places = host.open_collection("load_control_places", int, int)
        host.bus.listen(EventHeard, self._on_heard)
        host.bus.listen(DeviceRemoved, self._on_removal)
        host.bus.listen(EventStatusReported, self._on_status)
        host.bus.listen(ParticipationChanged, self._on_participation)
        host.bus.listen(ConsumptionLimitTold, self._on_limit)
        host.bus.listen(EnrollmentTold, self._on_enrollment)

    def _on_enrollment(self, signal: EnrollmentTold) -> None:
        topic = enrollment_topic(self._topics, signal.device, signal.endpoint)
        body = {**signal.shown, "time": iso_time(signal.time)}
        self._mqtt.publish(topic, dump(body), retain=True)

    def _on_limit(self, signal: ConsumptionLimitTold) -> None:
        topic = limit_topic(self._topics)
        if signal.limit is None:
            for kept in self._mqtt.kept_below(topic):
                self._mqtt.publish(kept, b"", retain=True)
        else:
            body = dump(to_plain(signal.limit))
            self._mqtt.publish(topic, body, retain=True, only_if_changed=True)

    def _on_participation(self, signal: ParticipationChanged) -> None:
        if not self._shows(signal):
            return
        topic = participation_topic(self._topics)
        body = {
            "events": [_chosen(event) for event in signal.events],
            "upcoming": [_chosen(event) for event in signal.upcoming],
        }
        self._mqtt.publish(topic, dump(body), retain=True, only_if_changed=True)
        self._show_places(signal)

    def _show_places(self, signal: ParticipationChanged) -> None:
        """Tell of each place which event has it; of a place that has none, an empty object."""
        events = (*signal.events, *signal.upcoming)
        places = placed(self._places, events)
        for event_id in self._places.keys() - places.keys():
            del self._places[event_id]
        self._places.update(places)
        bodies: dict[str, dict[str, Any]] = {place_topic(self._topics, FIRST_PLACE): {}}
        branch = participation_topic(self._topics)
        bodies |= {t: {} for t in self._mqtt.kept_below(branch) if t != branch}
        for event in reversed(events):  # of several with one id, the first
            place = places.get(event.issuer_event_id)
            if place is not None:
                in_force = event in signal.events
                topic = place_topic(self._topics, place)
                bodies[topic] = _chosen(event) | {"in_force": in_force}
        for topic, body in bodies.items():
            self._mqtt.publish(topic, dump(body), retain=True, only_if_changed=True)

    def _on_heard(self, signal: EventHeard) -> None:
        is_ours = self._shows(signal) and self._knows(signal.device)
        if is_ours and isinstance(signal.record, LoadControlEventRecord):
            self._events[signal.device] = _described(signal.record)

    def _on_removal(self, signal: DeviceRemoved) -> None:
        self._events.pop(signal.device, None)

    def _on_status(self, signal: EventStatusReported) -> None:
        record = signal.record
        body = {
            "status": event_status_word(record.event_status),
            "issuer_event_id": record.issuer_event_id,
            "time": iso_time(self._clock.utc()),
        }
        event = self._events.get(signal.device, {})
        if event.get("issuer_event_id") == record.issuer_event_id:
            body |= event
        topic = status_topic(self._topics, signal.device)
        self._mqtt.publish(topic, dump(body), retain=True, only_if_changed=True)


def _chosen(event: EventParticipation) -> dict[str, Any]:
    return {
        "issuer_event_id": event.issuer_event_id,
        "participates": event.participates,
        "mandatory": event.mandatory,
        "from": iso_time(unix_time(event.start)),
        "until": None if event.end is None else iso_time(unix_time(event.end)),
        "criticality_level": event.criticality_level,
    }


def _described(event: LoadControlEventRecord) -> dict[str, Any]:
    end = end_of(event.start_time, event.duration_in_minutes)
    return {
        "issuer_event_id": event.issuer_event_id,
        "from": iso_time(unix_time(event.start_time)),
        "until": None if end is None else iso_time(unix_time(end)),
        "criticality_level": event.criticality_level,
    }
