"""Which buttons of a device are pressed, streamed below its endpoint."""

from typing import Final

from sebridge.base.clock import iso_time
from sebridge.gateway.signals import ButtonPressed
from sebridge.model.plain import to_plain
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost

TOPIC: Final = "button"


class ButtonTopics:
    """Says what is pressed, once."""

    def __init__(self, host: TopicHost) -> None:
        self._host = host
        host.bus.listen(ButtonPressed, self._on_press)

    def _on_press(self, signal: ButtonPressed) -> None:
        body = {
            "command": signal.command,
            "cluster": signal.cluster,
            "parameters": to_plain(signal.parameters),
            "time": iso_time(self._host.clock.utc()),
        }
        topic = self._host.topics.at_endpoint(signal.device, signal.endpoint, TOPIC)
        self._host.mqtt.publish(topic, dump(body), retain=False)
