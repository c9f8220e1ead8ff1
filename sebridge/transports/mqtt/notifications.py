"""Notifications -> streamed topics; what is in force -> retained ones."""

from collections.abc import Callable
from functools import cache
from typing import Protocol

from sebridge.rpc.json_codec import dump_notification
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
    """A sink for notifications. `use_timestamps` is RPC_Manager.use_timestamps."""

    def __init__(
        self,
        stream: Stream,
        topics: Topics,
        *,
        use_timestamps: Callable[[], bool],
    ) -> None:
        self._use_timestamps = use_timestamps
        self._stream = stream
        self._topic_of = cache(topics.notification)  # there are not many names
        self._active = topics.active

    def __call__(self, message: Notification) -> None:
        """Stream a notification, and keep those which tell what is in force."""
        body = dump_notification(message, timestamp=self._use_timestamps())
        self._stream.stream(self._topic_of(message.name), body)
        if message.kept_as is not None:
            self.keep(message)

    def keep(self, message: Notification) -> None:
        """Keep a notification which tells what is in force, without streaming it."""
        if message.kept_as is not None:
            kept = dump_notification(message, timestamp=False)
            topic = self._active(message.kept_as)
            self._stream.publish(topic, kept, retain=True, only_if_changed=True)
