"""The clusters whose commands and attributes the gateway knows, put together from the features."""

from typing import Final

from sebridge.features.basic.records import BASIC_CLUSTER
from sebridge.features.identify.records import IDENTIFY_CLUSTER
from sebridge.features.keep_alive.records import KEEP_ALIVE_CLUSTER
from sebridge.features.keys.records import KEY_ESTABLISHMENT_CLUSTER
from sebridge.features.load_control.records import LOAD_CONTROL_CLUSTER
from sebridge.features.messaging.records import MESSAGING_CLUSTER
from sebridge.features.metering.records import METERING_CLUSTER
from sebridge.features.prepayment.records import PREPAYMENT_CLUSTER
from sebridge.features.price.records import PRICE_CLUSTER
from sebridge.features.time.records import TIME_CLUSTER
from sebridge.features.tunneling.records import TUNNELING_CLUSTER
from sebridge.zcl.cluster import table_of

CLUSTERS: Final = table_of(
    (
        BASIC_CLUSTER,
        IDENTIFY_CLUSTER,
        TIME_CLUSTER,
        KEEP_ALIVE_CLUSTER,
        PRICE_CLUSTER,
        LOAD_CONTROL_CLUSTER,
        METERING_CLUSTER,
        MESSAGING_CLUSTER,
        TUNNELING_CLUSTER,
        PREPAYMENT_CLUSTER,
        KEY_ESTABLISHMENT_CLUSTER,
    )
)
"""By id."""
