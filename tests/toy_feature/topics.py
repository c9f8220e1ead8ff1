"""Watering as people read it: how much there is for the garden now."""

from sebridge.gateway.events.signals import ActiveEventsChanged
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from tests.toy_feature.records import WATERING


def garden_topic(topics: Topics) -> str:
    """Return where it is kept."""
    return topics.at("garden")


class GardenTopic:
    """Keeps the litres of the times in force."""

    def __init__(self, host: TopicHost) -> None:
        self._mqtt = host.mqtt
        self._topics = host.topics
        host.bus.listen(ActiveEventsChanged, self._on_active)

    def _on_active(self, signal: ActiveEventsChanged) -> None:
        if signal.cluster_id == WATERING:
            litres = sum(getattr(record, "litres", 0) for record in signal.records)
            self._mqtt.publish(garden_topic(self._topics), dump({"litres": litres}), retain=True)
