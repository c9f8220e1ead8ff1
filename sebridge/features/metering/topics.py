"""What a meter shows, in engineering units, kept below its endpoint."""

from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.features.metering.readings import WANTED
from sebridge.features.metering.signals import MeterRead, Reading
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.mqtt.value_topics import ValueTopics
from sebridge.zcl.identifiers import METERING


def reading_topic(topics: Topics, device: Eui64, endpoint: int) -> str:
    """Return where a meter's reading is kept."""
    return topics.at_endpoint(device, endpoint, "metering")


class ReadingTopics:
    """Keeps the newest reading of each meter."""

    def __init__(self, host: TopicHost) -> None:
        wanted = [one.attribute_id for one in WANTED]
        self._values = ValueTopics(host, reading_topic, METERING, wanted)
        host.bus.listen(MeterRead, self._on_reading)

    def _on_reading(self, signal: MeterRead) -> None:
        payload = dump(reading_payload(signal.reading))
        self._values.publish(signal.device, signal.endpoint, payload)


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
