"""Notifications -> streamed topics; what is in force -> retained ones."""

from collections.abc import Callable, Mapping
from typing import Protocol

from sebridge.rpc.json_codec import dump, notification
from sebridge.rpc.message import Notification
from sebridge.transports.mqtt.topics import Topics


class Stream(Protocol):
    """The broker, as far as notifications need it."""

    def stream(self, topic: str, payload: bytes) -> None:
        """Send at least once, across outages and restarts."""

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        """Keep a payload on a topic."""


class NotificationStream:
    """A sink for notifications. `use_timestamps` is RPC_Manager.use_timestamps.

    `kept` names those of which the newest is kept too, with the last part of its topic.
    """

    def __init__(
        self,
        stream: Stream,
        topics: Topics,
        *,
        kept: Mapping[str, str],
        use_timestamps: Callable[[], bool],
    ) -> None:
        self._use_timestamps = use_timestamps
        self._kept = kept
        self._stream = stream
        self._topics = topics

    def __call__(self, message: Notification) -> None:
        """Stream a notification, and keep those which tell what is in force."""
        body = dump(notification(message, timestamp=self._use_timestamps()))
        self._stream.stream(self._topics.notification(message.name), body)
        self.keep(message)

    def keep(self, message: Notification) -> None:
        """Keep a notification which tells what is in force, without streaming it."""
        kind = self._kept.get(message.name)
        if kind is not None:
            kept = dump(notification(message, timestamp=False))
            topic = self._topics.active(kind)
            self._stream.publish(topic, kept, retain=True, only_if_changed=True)
