"""What ties the parts of On/Off together."""

from typing import Final

from sebridge.drivers.entities import entities_of
from sebridge.drivers.table import ONOFF
from sebridge.drivers.topics import topics_of
from sebridge.feature import Feature
from sebridge.features.on_off.build import build
from sebridge.features.on_off.cluster import BoundOnOff, OnOffClient, OnOffServer
from sebridge.features.on_off.methods import OnOffMethods
from sebridge.features.on_off.records import ON_OFF_CLUSTER
from sebridge.features.on_off.simulated import simulated
from sebridge.features.on_off.simulated_methods import SimulatedButtonMethods
from sebridge.modules.cluster_class import ClusterClass

FEATURE: Final = Feature(
    name="on_off",
    clusters=(ON_OFF_CLUSTER,),
    build=build,
    method_groups=(OnOffMethods,),
    cluster_classes=(
        ClusterClass(OnOffServer, lambda _host: OnOffServer()),
        ClusterClass(OnOffClient, lambda _host: OnOffClient()),
        ClusterClass(BoundOnOff, lambda _host: BoundOnOff()),
    ),
    topics=topics_of((ONOFF,)),
    entities=entities_of((ONOFF,)),
    simulated=simulated,
    simulated_methods=SimulatedButtonMethods,
)
