"""Whether devices are on, kept below the endpoint that is switched."""

from typing import Final

from sebridge.features.on_off.reports import SHOWN
from sebridge.transports.mqtt.shown_values import ShownValueTopics
from sebridge.transports.mqtt.states import TopicHost
from sebridge.zcl.identifiers import ON_OFF

TOPIC: Final = "on_off"


def on_off_topics(host: TopicHost) -> ShownValueTopics:
    """Return what keeps them."""
    return ShownValueTopics(host, ON_OFF, TOPIC, tuple(SHOWN))
