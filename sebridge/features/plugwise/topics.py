"""How each circle is, and what it has consumed, kept below `circle/<address>`."""

from functools import partial
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.features.plugwise.book import CircleState
from sebridge.features.plugwise.signals import CircleChanged, CirclesKnown
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics, eui64_topic

_BRANCH: Final = "circle"
_PAUSE: Final = 4.0
"""Seconds after which the topics of a circle that is gone are emptied: Home Assistant, which is
told a second later, does not look at them any more then."""


def circle_topic(topics: Topics, circle: Eui64, *levels: str) -> str:
    """Return a topic of a circle; without levels, where it is kept how it is."""
    return topics.at(_BRANCH, eui64_topic(circle), *levels)


class CircleTopics:
    """Keeps how circles are; of what is no circle any more, nothing."""

    def __init__(self, host: TopicHost) -> None:
        self._host = host
        self._known: frozenset[Eui64] = frozenset()
        host.bus.listen(CirclesKnown, self._on_known)
        host.bus.listen(CircleChanged, lambda signal: self._show(signal.state))

    def _on_known(self, signal: CirclesKnown) -> None:
        self._known = frozenset(signal.macs)
        if self._others():
            self._host.clock.call_later(_PAUSE, self._forget_others)

    def _others(self) -> list[str]:
        """Return what is kept of none that is known, also that of an earlier run."""
        own = [f"{circle_topic(self._host.topics, mac)}" for mac in self._known]
        kept = self._host.mqtt.kept_below(self._host.topics.at(_BRANCH))
        return [
            topic
            for topic in kept
            if not any(topic == mine or topic.startswith(f"{mine}/") for mine in own)
        ]

    def _forget_others(self) -> None:
        for topic in self._others():
            self._host.mqtt.publish(topic, b"", retain=True)

    def _show(self, state: CircleState) -> None:
        topic = partial(circle_topic, self._host.topics, state.mac)
        told = {
            "name": state.name,
            "circle_plus": state.is_plus,
            "on": state.is_on,
            "power": None if state.watts is None else round(state.watts, 3),
            "last_seen": None if state.seen is None else iso_time(state.seen),
            "problem": state.problem or None,
        }
        self._keep(topic(), dump(told))
        self._keep(topic("availability"), b"online" if state.is_there else b"offline")
        if state.energy is not None:
            energy = {"energy_in": state.energy.consumed, "energy_out": state.energy.produced}
            self._keep(topic("energy"), dump(energy | {"unit": "kWh"}))

    def _keep(self, topic: str, payload: bytes) -> None:
        self._host.mqtt.publish(topic, payload, retain=True, only_if_changed=True)
