"""What Home Assistant shows of devices that join: how far they are, and why one does not get on."""

from collections.abc import Iterable
from typing import Final

from typing_extensions import override

from sebridge.features.keys.notifications import JOINING_PROGRESS
from sebridge.features.keys.signals import JoiningStep
from sebridge.homeassistant.entity import DIAGNOSTIC, Entities, Entity, Group

_STEP: Final = (
    "{{ {'event_type': value_json.step, 'device': value_json.device_address,"
    " 'percent': value_json.get('percent'), 'reason': value_json.get('description')} | to_json }}"
)


class JoiningEntities(Entities):
    """The event of the gateway that lets devices in."""

    @override
    def of_gateway(self) -> Iterable[Entity]:
        if not self._serves:
            return
        yield Entity(
            key="joining",
            platform="event",
            name="Device joining",
            group=Group.NEWS,
            topic=self._topics.notification(JOINING_PROGRESS),
            template=_STEP,
            event_types=tuple(JoiningStep),
            icon="mdi:progress-check",
            category=DIAGNOSTIC,
        )
