"""What nobody asked for of watering."""

from typing import Any, Final

from sebridge.api.events import undelivered, updated_active
from sebridge.api.notifications import NotificationType
from tests.toy_feature.records import WATERING, WateringEventRecord

NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    updated_active(
        "updated_active_watering_events", WateringEventRecord, WATERING, kept_as="watering"
    ),
    undelivered("watering event", WATERING),
)
