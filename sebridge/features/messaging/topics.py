"""Which message a device was given last, and when its user confirmed it, kept below the device."""

from typing import Any, Final

from sebridge.base.clock import iso_time, unix_time
from sebridge.features.messaging.records import DisplayMessageRecord
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.gateway.events.event_cluster import end_of
from sebridge.transports.mqtt.delivered import DeliveredEvents
from sebridge.transports.mqtt.states import TopicHost
from sebridge.zcl.identifiers import MESSAGING

DELIVERED_MESSAGE: Final = "message"
"""The last level of the topic with the message that a device was given last."""


class MessageTopics:
    """Keeps the last message of each device, and its confirmation."""

    def __init__(self, host: TopicHost) -> None:
        self._shows = host.shows
        self._clock = host.clock
        self._delivered = DeliveredEvents(
            host, name=DELIVERED_MESSAGE, cluster_id=MESSAGING, describe=_described
        )
        host.bus.listen(MessageConfirmed, self._on_confirmation)

    def _on_confirmation(self, signal: MessageConfirmed) -> None:
        if self._shows(signal):
            confirmed = {"confirmed": iso_time(self._clock.utc())}
            self._delivered.add(signal.device, {"message_id": signal.record.message_id}, confirmed)


def _described(message: DisplayMessageRecord) -> dict[str, Any]:
    """Return what people read of a message; of a protected one, all but its text."""
    start, minutes = message.start_time, message.duration_in_minutes
    end = end_of(start, minutes)
    return {
        "message": str(message.message),
        "message_id": message.message_id,
        "from": iso_time(unix_time(start)),
        "until": None if end is None else iso_time(unix_time(end)),
    }
