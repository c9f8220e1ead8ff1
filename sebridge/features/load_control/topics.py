"""What devices last said of load-control events, and in which ones a display takes part."""

from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.features.load_control.records import EventStatus
from sebridge.features.load_control.signals import EventStatusReported, ParticipationChanged
from sebridge.model.plain import to_plain
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics

_STATUSES: Final = frozenset(EventStatus)


def status_topic(topics: Topics, device: Eui64) -> str:
    """Return where a device's last word is kept."""
    return topics.at_device(device, "drlc")


def participation_topic(topics: Topics) -> str:
    """Return where a display keeps in which events in force its user takes part."""
    return topics.at("participation", "drlc")


class LoadControlTopics:
    """Keeps what each device last said, with its time, and what our own user chose."""

    def __init__(self, host: TopicHost) -> None:
        self._mqtt = host.mqtt
        self._topics = host.topics
        self._clock = host.clock
        self._shows = host.shows
        host.bus.listen(EventStatusReported, self._on_status)
        host.bus.listen(ParticipationChanged, self._on_participation)

    def _on_participation(self, signal: ParticipationChanged) -> None:
        if self._shows(signal):
            topic = participation_topic(self._topics)
            body = {"events": [to_plain(event) for event in signal.events]}
            self._mqtt.publish(topic, dump(body), retain=True, only_if_changed=True)

    def _on_status(self, signal: EventStatusReported) -> None:
        record = signal.record
        body = {
            "status": event_status_word(record.event_status),
            "issuer_event_id": record.issuer_event_id,
            "time": iso_time(self._clock.utc()),
        }
        topic = status_topic(self._topics, signal.device)
        self._mqtt.publish(topic, dump(body), retain=True, only_if_changed=True)


def event_status_word(status: int) -> str:
    """Return an event status in words, such as `started`."""
    return EventStatus(status).name.lower() if status in _STATUSES else f"0x{status:02X}"
