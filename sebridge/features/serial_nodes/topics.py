"""Where the serial port of each node is, and how warm it is there, kept below its device."""

from collections.abc import Mapping, Sequence
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.features.serial_nodes.book import SerialPlace
from sebridge.features.serial_nodes.signals import SerialNodesKnown, TemperatureHeard
from sebridge.network.identities import IdentitiesChanged
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl import digi

SERIAL: Final = "serial"
TEMPERATURE: Final = "temperature"
_PAUSE: Final = 4.0
"""Seconds after which the topics of a node that is gone are emptied: Home Assistant, which is told
a second later, does not look at them any more then."""


def temperature_topic(topics: Topics, node: Eui64) -> str:
    """Return where it is kept how warm it is at a node's sensor."""
    return topics.at_endpoint(node, digi.DATA_ENDPOINT, TEMPERATURE)


class SerialNodeTopics:
    """Keeps them; of what is no serial node any more, nothing."""

    def __init__(self, host: TopicHost) -> None:
        self._host = host
        self._places: Mapping[Eui64, SerialPlace] = {}
        host.bus.listen(SerialNodesKnown, self._on_known)
        host.bus.listen(TemperatureHeard, self._on_temperature)
        host.bus.listen(IdentitiesChanged, lambda _signal: self._show())

    def _on_known(self, signal: SerialNodesKnown) -> None:
        self._places = {place.node: place for place in signal.places}
        if self._others():
            self._host.clock.call_later(_PAUSE, self._forget_others)
        self._show()

    def _others(self) -> Sequence[str]:
        """Return what is kept of none that is known, also that of an earlier run."""
        topics = self._host.topics
        temperature = f"/{digi.DATA_ENDPOINT}/{TEMPERATURE}"
        return [
            topic
            for topic in self._host.mqtt.kept_below(topics.at("device"))
            if topic.endswith((f"/{SERIAL}", temperature))
            and topics.device_of(topic) not in self._places
        ]

    def _forget_others(self) -> None:
        for topic in self._others():
            self._keep(topic, b"")

    def _show(self) -> None:
        for node, place in self._places.items():
            told = {"node_id": place.name, "tcp_port": place.port}
            self._keep(self._topic(node), dump(told))

    def _on_temperature(self, signal: TemperatureHeard) -> None:
        told = {"temperature": signal.celsius, "time": iso_time(signal.time)}
        self._keep(temperature_topic(self._host.topics, signal.node), dump(told))

    def _topic(self, node: Eui64) -> str:
        return self._host.topics.at_device(node, SERIAL)

    def _keep(self, topic: str, payload: bytes) -> None:
        self._host.mqtt.publish(topic, payload, retain=True, only_if_changed=True)
