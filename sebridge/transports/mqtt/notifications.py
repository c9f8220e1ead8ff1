"""Notifications -> streamed topics; what is in force -> retained ones."""

from typing import Final, Protocol

from sebridge.rpc.json_codec import dump, notification
from sebridge.rpc.message import Notification
from sebridge.transports.mqtt.topics import Topics

_KEPT: Final = {
    "updated_active_price_event": "price",
    "updated_active_DRLC_events": "drlc",
    "updated_active_message_events": "message",
}


class Stream(Protocol):
    """The broker, as far as notifications need it."""

    def stream(self, topic: str, payload: bytes) -> None:
        """Send at least once, across outages and restarts."""

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Keep a payload on a topic."""


class NotificationStream:
    """A sink for notifications. `use_timestamps` is RPC_Manager.use_timestamps."""

    def __init__(self, stream: Stream, topics: Topics, *, use_timestamps: bool = True) -> None:
        self.use_timestamps = use_timestamps
        self._stream = stream
        self._topics = topics

    def __call__(self, message: Notification) -> None:
        """Stream a notification, and keep those which tell what is in force."""
        body = dump(notification(message, timestamp=self.use_timestamps))
        self._stream.stream(self._topics.notification(message.name), body)
        kind = _KEPT.get(message.name)
        if kind is not None:
            kept = dump(notification(message, timestamp=False))
            self._stream.publish(self._topics.active(kind), kept, retain=True)
