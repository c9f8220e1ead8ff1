"""What ties the parts of Price together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.price import records
from sebridge.features.price.build import build
from sebridge.features.price.client import PriceClient
from sebridge.features.price.entities import PriceEntities
from sebridge.features.price.methods import PriceMethods
from sebridge.features.price.notifications import NOTIFICATIONS
from sebridge.features.price.server import PriceServer
from sebridge.features.price.simulated import simulated
from sebridge.features.price.source_methods import PriceSourceMethods
from sebridge.features.price.topics import PriceBoards
from sebridge.features.price.value_methods import PriceValueMethods
from sebridge.model.record import records_of
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="price",
    clusters=(records.PRICE_CLUSTER,),
    served_as="price",
    used_as="price_client",
    topics=PriceBoards,
    entities=PriceEntities,
    build=build,
    method_groups=(PriceMethods, PriceValueMethods, PriceSourceMethods),
    notifications=NOTIFICATIONS,
    cluster_classes=(ClusterClass(PriceServer), ClusterClass(PriceClient)),
    records=records_of(records),
    simulated=simulated,
)
