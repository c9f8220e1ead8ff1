"""Voltage, current and power factor, kept below the endpoint that measures them."""

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.features.electrical.measurements import QUANTITIES
from sebridge.features.electrical.signals import ElectricityMeasured
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.mqtt.value_topics import ValueTopics
from sebridge.zcl.identifiers import ELECTRICAL_MEASUREMENT


def electrical_topic(topics: Topics, device: Eui64, endpoint: int) -> str:
    """Return where the values of a server are kept."""
    return topics.at_endpoint(device, endpoint, "electrical")


class ElectricalTopics:
    """Keeps the newest values of each server; it has only what the server has."""

    def __init__(self, host: TopicHost) -> None:
        measured = [quantity.attribute_id for quantity in QUANTITIES]
        self._values = ValueTopics(host, electrical_topic, ELECTRICAL_MEASUREMENT, measured)
        host.bus.listen(ElectricityMeasured, self._on_values)

    def _on_values(self, signal: ElectricityMeasured) -> None:
        body = {**signal.shown, "time": iso_time(signal.time)}
        self._values.publish(signal.device, signal.endpoint, dump(body))
