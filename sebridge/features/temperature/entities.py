"""What Home Assistant shows of sensors of temperature."""

from collections.abc import Iterable

from typing_extensions import override

from sebridge.features.temperature.reports import MEASURED_VALUE
from sebridge.features.temperature.topics import TOPIC
from sebridge.gateway.reporting.expiry import Expiry
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import MEASUREMENT, Entities, Entity, EntityHost
from sebridge.zcl.identifiers import TEMPERATURE_MEASUREMENT


class TemperatureEntities(Entities):
    """The sensors of every device with servers of Temperature Measurement."""

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._expiry: Expiry = host.expiry

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        able = [e.number for e in device.endpoints if TEMPERATURE_MEASUREMENT in e.servers]
        for number in able:
            yield Entity(
                key="temperature",
                platform="sensor",
                name="Temperature",
                topic=self._topics.at_endpoint(device.eui64, number, TOPIC),
                template="{{ value_json.temperature }}",
                device_class="temperature",
                state_class=MEASUREMENT,
                unit="°C",
                precision=1,
                endpoint=number,
                is_one_of_several=len(able) > 1,
                expires_after=self._expiry(
                    device.eui64, number, TEMPERATURE_MEASUREMENT, MEASURED_VALUE
                ),
            )
