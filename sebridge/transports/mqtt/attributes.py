"""Reports -> retained topics: each attribute as it came."""

from functools import lru_cache
import json
from typing import Final, Protocol

from zigpy.zcl import Cluster
from zigpy.zcl.foundation import DataTypeId

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.base.signals import SignalBus
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.signals import DeviceRemoved
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.attributes import AttributeValue

_TYPES: Final = frozenset(DataTypeId)  # zigpy makes up a member for any other number


class Publisher(Protocol):
    """The broker, as far as state needs it."""

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Keep a payload on a topic."""

    def forget(self, branch: str) -> None:
        """Empty every topic at or below the branch."""


class AttributeMirror:
    """Keeps one retained message per attribute, from its first report to its device's removal."""

    def __init__(self, bus: SignalBus, mqtt: Publisher, topics: Topics) -> None:
        self._mqtt = mqtt
        self._topics = topics
        self._attribute_topics: dict[tuple[Eui64, int, int, int, int | None], str] = {}
        bus.listen(AttributesReported, self._on_report)
        bus.listen(DeviceRemoved, self._on_removal)

    def _on_report(self, report: AttributesReported) -> None:
        time = iso_time(report.time)
        for value in report.values:
            payload = _attribute_payload(value, time)
            self._mqtt.publish(self._topic(report, value.attribute_id), payload, retain=True)

    def _topic(self, report: AttributesReported, attribute_id: int) -> str:
        manufacturer = report.manufacturer_code
        key = (report.device, report.endpoint, report.cluster_id, attribute_id, manufacturer)
        topic = self._attribute_topics.get(key)
        if topic is None:
            cluster, attribute = names(report.cluster_id, attribute_id, manufacturer)
            topic = self._topics.at_endpoint(report.device, report.endpoint, cluster, attribute)
            self._attribute_topics[key] = topic
        return topic

    def _on_removal(self, removal: DeviceRemoved) -> None:
        for key in [key for key in self._attribute_topics if key[0] == removal.device]:
            del self._attribute_topics[key]
        self._mqtt.forget(self._topics.at_device(removal.device))


def _attribute_payload(value: AttributeValue, time: str) -> bytes:
    number = type(value.value) is int  # nearly all are, and a truth value is not
    shown = str(value.value) if number else json.dumps(value.value, ensure_ascii=False)
    kind = _type_name(value.attribute_type)
    text = f'{{"value":{shown},"raw":"{value.raw.hex()}","type":"{kind}","time":"{time}"}}'
    return text.encode()


@lru_cache(maxsize=256)
def _type_name(attribute_type: int) -> str:
    known = DataTypeId(attribute_type) in _TYPES
    return DataTypeId(attribute_type).name.rstrip("_") if known else f"0x{attribute_type:02X}"


def names(cluster_id: int, attribute_id: int, manufacturer_code: int | None) -> tuple[str, str]:
    """Return the names of a cluster and an attribute, or their ids as 0x0702."""
    cluster = Cluster._registry.get(cluster_id)  # noqa: SLF001  # zigpy's table has no public name
    if cluster is None:
        return f"0x{cluster_id:04X}", f"0x{attribute_id:04X}"
    attribute = None if manufacturer_code is not None else cluster.attributes.get(attribute_id)
    shown = f"0x{attribute_id:04X}" if attribute is None else attribute.name
    return cluster.ep_attribute or f"0x{cluster_id:04X}", shown
