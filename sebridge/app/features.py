"""The list of features: what this gateway is made of, in the order in which people read of it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sebridge.api.notifications import COLLECTED_REPORTS, NOTICES, SINGLE_REPORTS, NotificationType
from sebridge.feature import Feature
from sebridge.features.basic.feature import FEATURE as BASIC
from sebridge.features.cover.feature import FEATURE as COVER
from sebridge.features.drivers.feature import FEATURE as DRIVERS
from sebridge.features.electrical.feature import FEATURE as ELECTRICAL
from sebridge.features.groups.feature import FEATURE as GROUPS
from sebridge.features.ias_zone.feature import FEATURE as IAS_ZONE
from sebridge.features.identify.feature import FEATURE as IDENTIFY
from sebridge.features.keep_alive.feature import FEATURE as KEEP_ALIVE
from sebridge.features.keys.feature import FEATURE as KEYS
from sebridge.features.light.feature import FEATURE as LIGHT
from sebridge.features.load_control.feature import FEATURE as LOAD_CONTROL
from sebridge.features.messaging.feature import FEATURE as MESSAGING
from sebridge.features.metering.feature import FEATURE as METERING
from sebridge.features.on_off.feature import FEATURE as ON_OFF
from sebridge.features.openadr.feature import FEATURE as OPENADR
from sebridge.features.ota.feature import FEATURE as OTA
from sebridge.features.plugwise.feature import FEATURE as PLUGWISE
from sebridge.features.prepayment.feature import FEATURE as PREPAYMENT
from sebridge.features.price.feature import FEATURE as PRICE
from sebridge.features.sensors.feature import FEATURE as SENSORS
from sebridge.features.serial_nodes.feature import FEATURE as SERIAL_NODES
from sebridge.features.temperature.feature import FEATURE as TEMPERATURE
from sebridge.features.thermostat.feature import FEATURE as THERMOSTAT
from sebridge.features.time.feature import FEATURE as TIME
from sebridge.features.tunneling.feature import FEATURE as TUNNELING
from sebridge.zcl.cluster import Clusters, table_of

FEATURES: Final[tuple[Feature, ...]] = (
    PRICE,
    LOAD_CONTROL,
    MESSAGING,
    METERING,
    ELECTRICAL,
    TIME,
    KEYS,
    PREPAYMENT,
    TUNNELING,
    BASIC,
    IDENTIFY,
    GROUPS,
    ON_OFF,
    LIGHT,
    COVER,
    TEMPERATURE,
    SENSORS,
    IAS_ZONE,
    THERMOSTAT,
    KEEP_ALIVE,
    OPENADR,
    OTA,
    PLUGWISE,
    DRIVERS,
    SERIAL_NODES,
)


def clusters_of(features: Sequence[Feature]) -> Clusters:
    """Return the clusters of these features by id; ValueError where two have the same."""
    return table_of(cluster for feature in features for cluster in feature.clusters)


def notification_types(
    features: Sequence[Feature], *, collected: bool
) -> Iterator[NotificationType[Any]]:
    """Yield all notifications of a gateway; `collected` says how it tells reports."""
    yield from NOTICES
    yield from COLLECTED_REPORTS if collected else SINGLE_REPORTS
    for feature in features:
        yield from feature.notifications


def every_notification(features: Sequence[Feature]) -> tuple[NotificationType[Any], ...]:
    """Return all notifications there are, also those that are options."""
    return (
        *NOTICES,
        *SINGLE_REPORTS,
        *COLLECTED_REPORTS,
        *(kind for feature in features for kind in feature.notifications),
    )
