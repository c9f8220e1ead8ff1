"""What lies outside of the bridge, and can be looked into."""

from collections.abc import Callable, Mapping
import json
from typing import Any

from sebridge.base.clock import VirtualClock
from sebridge.base.follower import Follower
from sebridge.transports.mqtt.messages import Message, Reply, matches
from tests.key_search import SEARCH


class RecordingBroker:
    """A broker that keeps what is retained and remembers what is streamed."""

    def __init__(self) -> None:
        self.retained: dict[str, bytes] = {}
        self.lifetimes: dict[str, int | None] = {}
        self.streamed: list[tuple[str, bytes]] = []
        self.history: list[tuple[str, bytes]] = []
        self.connected = True
        self.unsent_answers = 0
        self.counters: Mapping[str, int] = {}
        self._sessions: list[Callable[[bool], object]] = []
        self._handlers: list[tuple[str, Callable[[Message], object]]] = []
        self._followers: list[Follower] = []

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        if only_if_changed and self.retained.get(topic) == payload:
            return
        SEARCH.told("a message by MQTT", payload)
        self.history.append((topic, payload))
        if retain and payload:
            self.retained[topic] = payload
        elif retain:
            self.retained.pop(topic, None)
        self._tell(topic, payload, is_kept=retain)

    def _tell(self, topic: str, payload: bytes, *, is_kept: bool) -> None:
        for follower in self._followers:
            follower(topic, payload, is_kept=is_kept)

    def follow(self, follower: Follower) -> Callable[[], object]:
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)

    def expire(self, topic: str, after: int | None) -> None:
        self.lifetimes[topic] = after

    def stream(self, topic: str, payload: bytes) -> None:
        SEARCH.told("a message by MQTT", payload)
        self.streamed.append((topic, payload))
        self._tell(topic, payload, is_kept=False)

    def respond(self, topic: str, payload: bytes, *, correlation: bytes | None) -> None:
        del correlation
        SEARCH.told("a message by MQTT", payload)
        self.streamed.append((topic, payload))

    async def until_answers_are_sent(self, most: int) -> None:
        """Have sent them all."""
        del most

    def reconnect(self) -> None:
        """Have nothing to deliver again."""

    def ask(self, topic: str, payload: bytes, reply: Reply) -> bool:
        """Have nobody to ask."""
        del topic, payload, reply
        return False

    def forget(self, branch: str) -> None:
        for topic in [t for t in self.retained if t == branch or t.startswith(f"{branch}/")]:
            self.publish(topic, b"", retain=True)

    def forget_others(self, is_wanted: Callable[[str], bool]) -> None:
        for topic in [t for t in self.retained if not is_wanted(t)]:
            self.publish(topic, b"", retain=True)

    def kept_below(self, branch: str) -> list[str]:
        return [t for t in self.retained if t == branch or t.startswith(f"{branch}/")]

    def payload_on(self, topic: str) -> bytes:
        return self.retained.get(topic, b"")

    def subscribe(self, topic_filter: str, handler: Callable[[Message], object]) -> None:
        self._handlers.append((topic_filter, handler))

    def on_session(self, callback: Callable[[bool], object]) -> None:
        self._sessions.append(callback)
        callback(not self.connected)

    def begin_session(self) -> None:
        """Come back after an outage."""
        for callback in self._sessions:
            callback(True)  # noqa: FBT003

    def deliver(self, message: Message) -> None:
        """Let a client's message arrive."""
        for topic_filter, handler in self._handlers:
            if matches(topic_filter, message.topic):
                handler(message)

    def kept(self, topic: str) -> Any:
        """Return the JSON that is retained on a topic, None when there is nothing."""
        payload = self.retained.get(topic)
        return None if payload is None else json.loads(payload)

    def heard(self, topic: str) -> list[Any]:
        """Return the JSON of all that was streamed on a topic."""
        return [json.loads(payload) for name, payload in self.streamed if name == topic]


class WrongClock:
    """The clock of a machine that runs so many seconds slow; waiting is right."""

    def __init__(self, clock: VirtualClock, slow: float) -> None:
        self._clock = clock
        self.call_later, self.sleep, self.within = clock.call_later, clock.sleep, clock.within
        self.monotonic = clock.monotonic
        self.slow = slow

    def utc(self) -> float:
        return self._clock.utc() - self.slow
