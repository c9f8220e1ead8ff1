"""What a meter shows, in engineering units, kept below its endpoint."""

from functools import lru_cache
from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.features.metering.readings import WANTED
from sebridge.features.metering.signals import MeterRead, Reading
from sebridge.gateway.reporting.signals import ReportingAgreed
from sebridge.network.identities import IdentitiesChanged
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.identifiers import METERING

_MOST_METERS: Final = 4096
"""Meters whose topic is not put together with each reading."""


@lru_cache(_MOST_METERS)
def reading_topic(topics: Topics, device: Eui64, endpoint: int) -> str:
    """Return where a meter's reading is kept."""
    return topics.at_endpoint(device, endpoint, "metering")


class ReadingTopics:
    """Keeps the newest reading of each meter."""

    def __init__(self, host: TopicHost) -> None:
        self._mqtt = host.mqtt
        self._topics = host.topics
        self._expiry = host.expiry
        self._settled: set[tuple[Eui64, int]] = set()  # of whose topics the expiry is known
        host.bus.listen(IdentitiesChanged, lambda _signal: reading_topic.cache_clear())
        host.bus.listen(ReportingAgreed, self._on_agreement)
        host.bus.listen(MeterRead, self._on_reading)

    def _on_reading(self, signal: MeterRead) -> None:
        topic = reading_topic(self._topics, signal.device, signal.endpoint)
        if (signal.device, signal.endpoint) not in self._settled:
            self._settle(signal.device, signal.endpoint, topic)
        self._mqtt.publish(topic, dump(reading_payload(signal.reading)), retain=True)

    def _settle(self, device: Eui64, endpoint: int, topic: str) -> None:
        """Have the topic expire when the value that is told most often is not told any more."""
        self._settled.add((device, endpoint))
        found = (self._expiry(device, endpoint, METERING, one.attribute_id) for one in WANTED)
        self._mqtt.expire(topic, min((after for after in found if after is not None), default=None))

    def _on_agreement(self, signal: ReportingAgreed) -> None:
        self._settled = {place for place in self._settled if place[0] != signal.device}


def reading_payload(reading: Reading) -> dict[str, Any]:
    """Return a meter's reading as it stands on its topic; what is unknown or invalid is null."""
    payload: dict[str, Any] = {
        "energy_in": reading.energy_in,
        "energy_out": reading.energy_out,
        "power": reading.power,
        "unit": reading.unit,
        "power_unit": reading.power_unit,
        "commodity": reading.commodity,
        "status": reading.status,
        "alarms": reading.alarms,
        "tiers_in": reading.tiers_in,
        "tiers_out": reading.tiers_out,
        "time": iso_time(reading.time),
        "why": reading.why,
    }
    if reading.power_factor is not None:
        payload["power_factor"] = reading.power_factor
    if reading.swap is not None:
        payload["swap"] = reading.swap
    return payload
