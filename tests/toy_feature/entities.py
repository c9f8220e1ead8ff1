"""What Home Assistant shows of watering."""

from collections.abc import Iterable

from typing_extensions import override

from sebridge.homeassistant.entity import Entities, Entity, Group
from tests.toy_feature.topics import garden_topic


class WateringEntities(Entities):
    """The water for the garden."""

    @override
    def of_gateway(self) -> Iterable[Entity]:
        return (
            Entity(
                key="garden_water",
                platform="sensor",
                name="Water for the garden",
                group=Group.IN_FORCE,
                topic=garden_topic(self._topics),
                template="{{ value_json.litres }}",
                device_class="water",
                unit="L",
            ),
        )
