"""The interface, endpoint, cluster and record classes that the gateway has by itself."""

from collections.abc import Callable, Mapping, Sequence
import inspect
from typing import Any, ClassVar, Final

from typing_extensions import override

from sebridge import __version__
from sebridge.feature import Feature
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.generic import GenericCluster
from sebridge.model.record import records_of
from sebridge.modules.class_table import Kind, KnownClass, described
from sebridge.modules.cluster_class import (
    ClusterClass,
    ClusterHost,
    ClusterInstance,
    MakeCluster,
)
from sebridge.modules.endpoint_class import EndpointClass
from sebridge.network import descriptors
from sebridge.rpc.method import GENERAL_INTERFACE, SE_INTERFACE, ZCL_INTERFACE
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
    KnownClass(GENERAL_INTERFACE, _API, "Gateway, network and devices."),
    KnownClass(ZCL_INTERFACE, _API, "Attributes and general commands."),
    KnownClass(SE_INTERFACE, _API, "Prices, load control and messages."),
)


def built_in_classes(
    features: Sequence[Feature],
    zigbee_now: Callable[[], int],
    monotonic: Callable[[], float],
    makers: Mapping[type[LocalCluster], MakeCluster],
) -> Mapping[Kind, Sequence[KnownClass]]:
    """Return all of them; new clusters go by the network's time, and by seconds that never jump.

    `makers` make those which have something of a feature behind them.
    """
    model = f"sebridge {__version__}"[:32]
    host = ClusterHost(
        manufacturer=MANUFACTURER, model=model, zigbee_now=zigbee_now, monotonic=monotonic
    )
    ours = [kind for feature in features for kind in feature.cluster_classes]
    generic = KnownClass(
        "ZCL_Cluster",
        _module_of(GenericCluster),
        inspect.getdoc(GenericCluster) or "",
        GenericCluster,
        lambda _endpoint_id: ClusterInstance(cluster=GenericCluster()),
    )
    return {
        Kind.INTERFACE: _INTERFACES,
        Kind.ENDPOINT: _endpoint_classes(
            lambda: [kind.make(host) for kind in ours if kind.at_first and kind.make is not None]
        ),
        Kind.CLUSTER: [generic, *(_known(kind, host, makers) for kind in ours)],
        Kind.RECORD: [described(kind, _module_of(kind)) for kind in record_kinds(features)],
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


def record_kinds(features: Sequence[Feature]) -> list[type[Any]]:
    """Return every class of record that callers meet, or may send in a frame of their own."""
    shared = [kind for module in (descriptors, general, reporting) for kind in records_of(module)]
    return shared + [kind for feature in features for kind in feature.records]


def _known(
    kind: ClusterClass, host: ClusterHost, makers: Mapping[type[LocalCluster], MakeCluster]
) -> KnownClass:
    simple = kind.make
    make = makers.get(kind.subject)
    if simple is not None:
        return described(
            kind.subject,
            _module_of(kind.subject),
            make=lambda _endpoint_id: ClusterInstance(cluster=simple(host)),
        )
    return described(kind.subject, _module_of(kind.subject), make=make)


def _module_of(kind: type[Any]) -> str:
    return kind.__module__.removeprefix("sebridge.")
