"""How the connection to a utility's VTN is, kept on a topic."""

from sebridge.features.openadr.signals import OpenAdrTold
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics


def openadr_topic(topics: Topics) -> str:
    """Return where it is kept how the connection is."""
    return topics.at("openadr")


class OpenAdrTopics:
    """Keeps how the connection is; clears the topic where OpenADR is not configured any more."""

    def __init__(self, host: TopicHost) -> None:
        self._mqtt = host.mqtt
        self._topic = openadr_topic(host.topics)
        host.bus.listen(OpenAdrTold, self._on_told)

    def _on_told(self, signal: OpenAdrTold) -> None:
        if signal.facts is None:
            for kept in self._mqtt.kept_below(self._topic):
                self._mqtt.publish(kept, b"", retain=True)
        else:
            body = dump(dict(signal.facts))
            self._mqtt.publish(self._topic, body, retain=True, only_if_changed=True)
