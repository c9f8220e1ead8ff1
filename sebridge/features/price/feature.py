"""What ties the parts of Price together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.price.entities import PriceEntities
from sebridge.features.price.notifications import NOTIFICATIONS
from sebridge.features.price.topics import PriceBoards

FEATURE: Final = Feature(
    name="price",
    told_as="price",
    notifications=NOTIFICATIONS,
    topics=PriceBoards,
    entities=PriceEntities,
)
