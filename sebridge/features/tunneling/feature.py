"""What ties the parts of Tunneling together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.tunneling.notifications import NOTIFICATIONS
from sebridge.features.tunneling.records import TUNNELING_CLUSTER

FEATURE: Final = Feature(
    name="tunneling", clusters=(TUNNELING_CLUSTER,), notifications=NOTIFICATIONS
)
