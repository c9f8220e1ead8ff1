"""What thermostats show, kept below their endpoints."""

from typing import Final

from sebridge.features.thermostat.reports import SHOWN, WANTED
from sebridge.transports.mqtt.shown_values import ShownValueTopics
from sebridge.transports.mqtt.states import TopicHost
from sebridge.zcl.identifiers import THERMOSTAT_CLUSTER

TOPIC: Final = "thermostat"


def thermostat_topics(host: TopicHost) -> ShownValueTopics:
    """Return what keeps them."""
    told = tuple(record.attribute_id for record in WANTED if record.attribute_id in SHOWN)
    return ShownValueTopics(host, THERMOSTAT_CLUSTER, TOPIC, told)
