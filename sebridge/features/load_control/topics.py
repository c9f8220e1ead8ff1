"""What a device last said of a load-control event, kept below the device."""

from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.features.load_control.records import EventStatus
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics

_STATUSES: Final = frozenset(EventStatus)  # zigpy makes up a member for any other number


def status_topic(topics: Topics, device: Eui64) -> str:
    """Return where a device's last word is kept."""
    return topics.at_device(device, "drlc")


class LastWords:
    """Keeps what each device last said, with the time at which it came."""

    def __init__(self, host: TopicHost) -> None:
        self._mqtt = host.mqtt
        self._topics = host.topics
        self._clock = host.clock
        host.bus.listen(EventStatusReported, self._on_status)

    def _on_status(self, signal: EventStatusReported) -> None:
        record = signal.record
        body = {
            "status": event_status_word(int(record.event_status)),
            "issuer_event_id": int(record.issuer_event_id),
            "time": iso_time(self._clock.utc()),
        }
        topic = status_topic(self._topics, signal.device)
        self._mqtt.publish(topic, dump(body), retain=True, only_if_changed=True)


def event_status_word(status: int) -> str:
    """Return an event status in words, such as `started`."""
    known = EventStatus(status) in _STATUSES
    return EventStatus(status).name.lower() if known else f"0x{status:02X}"
