"""What Home Assistant shows of OpenADR: whether the utility's VTN answers."""

from collections.abc import Iterable, MutableMapping
from typing import Final

from typing_extensions import override

from sebridge.features.openadr.signals import OpenAdrTold
from sebridge.features.openadr.topics import openadr_topic
from sebridge.homeassistant.entity import (
    DIAGNOSTIC,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
)

_CONFIGURED: Final = "configured"


class OpenAdrEntities(Entities):
    """The connection to the VTN, where there is one: the collection `openadr_shape` keeps that."""

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._shape: MutableMapping[str, bool] = host.open_collection("openadr_shape", str, bool)
        host.bus.listen(OpenAdrTold, self._on_told)

    @override
    def of_gateway(self) -> Iterable[Entity]:
        if self._shape.get(_CONFIGURED, False):
            yield Entity(
                key="openadr",
                platform="binary_sensor",
                name="OpenADR",
                topic=openadr_topic(self._topics),
                template="{{ 'ON' if value_json.connected else 'OFF' }}",
                attributes="",
                device_class="connectivity",
                category=DIAGNOSTIC,
            )

    def _on_told(self, signal: OpenAdrTold) -> None:
        is_configured = signal.facts is not None
        if self._shape.get(_CONFIGURED, False) != is_configured:
            self._shape[_CONFIGURED] = is_configured
            self._bus.send(EntitiesChanged(None))
