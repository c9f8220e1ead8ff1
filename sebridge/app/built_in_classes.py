"""The interface, endpoint, cluster and record classes that the gateway has by itself."""

from collections.abc import Callable, Mapping, Sequence
import inspect
from typing import Any, ClassVar, Final

from typing_extensions import override

from sebridge import __version__
from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.identify.cluster import IdentifyClient, IdentifyServer
from sebridge.features.keep_alive.cluster import KeepAliveClient, KeepAliveServer
from sebridge.features.keys.clusters import (
    KeyEstablishmentClient,
    KeyEstablishmentServer,
)
from sebridge.features.load_control import records as drlc
from sebridge.features.load_control.client import DrlcClient
from sebridge.features.load_control.server import DrlcServer
from sebridge.features.messaging import records as messaging
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.server import MessagingServer
from sebridge.features.metering.client import MeteringClient
from sebridge.features.price import records as price
from sebridge.features.price.client import PriceClient
from sebridge.features.price.server import PriceServer
from sebridge.features.time.server import TimeClient, TimeServer
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.generic import GenericCluster
from sebridge.model.values import record_name
from sebridge.modules.class_table import Kind, KnownClass, described
from sebridge.modules.endpoint_class import EndpointClass
from sebridge.network import descriptors
from sebridge.zcl import general, reporting
from sebridge.zcl.identifiers import (
    ENERGY_SERVICE_INTERFACE,
    IN_PREMISE_DISPLAY,
    SE_PROFILE,
)

MANUFACTURER: Final = "sebridge"
"""What devices read in our Basic clusters."""

_API: Final = "api"
_INTERFACES: Final = (
    KnownClass("RPC_General_Interface", _API, "Gateway, network and devices."),
    KnownClass("RPC_ZCL_Interface", _API, "Attributes and general commands."),
    KnownClass("RPC_SE_Interface", _API, "Prices, load control and messages."),
)
_FREE: Final = (BasicClient, IdentifyClient, KeepAliveClient, KeepAliveServer, MeteringClient)
"""Clusters of which any endpoint may have one."""
_IN_PLACE: Final = (
    KeyEstablishmentServer,
    KeyEstablishmentClient,
    PriceServer,
    PriceClient,
    DrlcServer,
    DrlcClient,
    MessagingServer,
    MessagingClient,
)
"""Clusters with something of ours behind them, and so only where that is."""


def built_in_classes(zigbee_now: Callable[[], int]) -> Mapping[Kind, Sequence[KnownClass]]:
    """Return all of them; the clusters of new ones go by this time, in seconds since 2000."""

    def basic() -> BasicServer:
        return BasicServer(MANUFACTURER, f"sebridge {__version__}"[:32])

    def identify() -> IdentifyServer:
        return IdentifyServer(zigbee_now)

    clusters = [
        KnownClass(
            "ZCL_Cluster",
            _module_of(GenericCluster),
            inspect.getdoc(GenericCluster) or "",
            GenericCluster,
            GenericCluster,
        ),
        _known(BasicServer, basic),
        _known(IdentifyServer, identify),
        _known(TimeServer, lambda: TimeServer(zigbee_now)),
        _known(TimeClient, TimeClient),
        *(_known(kind, kind) for kind in _FREE),
        *(_known(kind, None) for kind in _IN_PLACE),
    ]
    return {
        Kind.INTERFACE: _INTERFACES,
        Kind.ENDPOINT: _endpoint_classes(lambda: (basic(), identify(), IdentifyClient())),
        Kind.CLUSTER: clusters,
        Kind.RECORD: [described(kind, _module_of(kind)) for kind in record_kinds()],
    }


def _endpoint_classes(
    common: Callable[[], Sequence[LocalCluster]],
) -> list[KnownClass]:
    class Endpoint(EndpointClass):
        """An endpoint of any profile, without clusters."""

    class SE_EnergyServicePortal(EndpointClass):  # noqa: N801  # as old gateways call it
        """An energy service interface: Basic and Identify, and what is added to it."""

        profile_id: ClassVar[int | None] = SE_PROFILE
        device_id: ClassVar[int | None] = ENERGY_SERVICE_INTERFACE
        device_version: ClassVar[int | None] = 0

        @override
        def clusters(self) -> Sequence[LocalCluster]:
            return common()

    class SE_InPremiseDisplay(SE_EnergyServicePortal):  # noqa: N801  # as old gateways call it
        """An in-premise display: Basic and Identify, and what is added to it."""

        device_id: ClassVar[int | None] = IN_PREMISE_DISPLAY

    kinds = (Endpoint, SE_EnergyServicePortal, SE_InPremiseDisplay)
    return [described(kind, "modules.endpoint_class", make=kind) for kind in kinds]


def record_kinds() -> list[type[Any]]:
    """Return every class of record that callers meet, or may send in a frame of their own."""
    found = []
    for module in (descriptors, general, reporting, price, drlc, messaging):
        for kind in vars(module).values():
            own = inspect.isclass(kind) and kind.__module__ == module.__name__
            if own and record_name(kind) == kind.__name__:
                found.append(kind)
    return found


def _known(kind: type[Any], make: Callable[[], LocalCluster] | None) -> KnownClass:
    return described(kind, _module_of(kind), make=make)


def _module_of(kind: type[Any]) -> str:
    return kind.__module__.removeprefix("sebridge.")
