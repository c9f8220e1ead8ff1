"""Voltage, current and power factor, kept below the endpoint that measures them."""

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.features.electrical.measurements import QUANTITIES
from sebridge.features.electrical.signals import ElectricityMeasured
from sebridge.gateway.reporting.signals import ReportingAgreed
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.identifiers import ELECTRICAL_MEASUREMENT


def electrical_topic(topics: Topics, device: Eui64, endpoint: int) -> str:
    """Return where the values of a server are kept."""
    return topics.at_endpoint(device, endpoint, "electrical")


class ElectricalTopics:
    """Keeps the newest values of each server; it has only what the server has."""

    def __init__(self, host: TopicHost) -> None:
        self._mqtt = host.mqtt
        self._topics = host.topics
        self._expiry = host.expiry
        self._settled: dict[Eui64, tuple[int, ...]] = {}  # endpoints whose topics' expiry is known
        host.bus.listen(ReportingAgreed, self._on_agreement)
        host.bus.listen(ElectricityMeasured, self._on_values)

    def _on_values(self, signal: ElectricityMeasured) -> None:
        device, endpoint = signal.device, signal.endpoint
        topic = electrical_topic(self._topics, device, endpoint)
        if endpoint not in self._settled.get(device, ()):
            self._settled[device] = (*self._settled.get(device, ()), endpoint)
            ids = (quantity.attribute_id for quantity in QUANTITIES)
            found = (self._expiry(device, endpoint, ELECTRICAL_MEASUREMENT, one) for one in ids)
            soonest = min((after for after in found if after is not None), default=None)
            self._mqtt.expire(topic, soonest)
        body = {**signal.shown, "time": iso_time(signal.time)}
        self._mqtt.publish(topic, dump(body), retain=True)

    def _on_agreement(self, signal: ReportingAgreed) -> None:
        self._settled.pop(signal.device, None)
