"""What sensors measure, kept below the endpoint that does."""

from typing import Final

from sebridge.features.temperature.reports import SHOWN
from sebridge.transports.mqtt.shown_values import ShownValueTopics
from sebridge.transports.mqtt.states import TopicHost
from sebridge.zcl.identifiers import TEMPERATURE_MEASUREMENT

TOPIC: Final = "temperature"


def temperature_topics(host: TopicHost) -> ShownValueTopics:
    """Return what keeps them."""
    return ShownValueTopics(host, TEMPERATURE_MEASUREMENT, TOPIC, tuple(SHOWN))
