"""What zones notice, kept below their endpoints."""

from typing import Final

from sebridge.features.ias_zone.zone import ZONE_STATUS
from sebridge.transports.mqtt.shown_values import ShownValueTopics
from sebridge.transports.mqtt.states import TopicHost
from sebridge.zcl.identifiers import IAS_ZONE

TOPIC: Final = "ias_zone"


def zone_topics(host: TopicHost) -> ShownValueTopics:
    """Return what keeps them."""
    return ShownValueTopics(host, IAS_ZONE, TOPIC, (ZONE_STATUS,))
