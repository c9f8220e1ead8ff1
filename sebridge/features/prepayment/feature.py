"""What ties the parts of Prepayment together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.prepayment.notifications import NOTIFICATIONS
from sebridge.features.prepayment.records import PREPAYMENT_CLUSTER

FEATURE: Final = Feature(
    name="prepayment", clusters=(PREPAYMENT_CLUSTER,), notifications=NOTIFICATIONS
)
