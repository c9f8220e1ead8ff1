"""What `help` and `get_version` tell: the classes there are, and our own device record."""

from collections.abc import Iterable, Sequence
from importlib.metadata import requires, version
import inspect
import pkgutil
import re
from typing import Any, Final

from zigpy.types import NWK

import sebridge
from sebridge.api.gateway import Catalogue, Described
from sebridge.base.values import ABSENT, record_name
from sebridge.clusters.endpoint import Endpoint
from sebridge.devices import descriptors
from sebridge.devices.descriptors import Simple_Desc_rsp, ZDODeviceRecord
from sebridge.radio.radio import NetworkState
from sebridge.smartenergy import drlc, messaging, price
from sebridge.smartenergy.identifiers import DEVICE_NAMES
from sebridge.zcl import general, reporting

_INTERFACES: Final = (
    Described("RPC_General_Interface", "api", "Gateway, network and devices."),
    Described("RPC_ZCL_Interface", "api", "Attributes and general commands."),
    Described("RPC_SE_Interface", "api", "Prices, load control and messages."),
)
_OURSELVES: Final = "sebridge"
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA: Final = "extra =="
_SE_REVISION: Final = "1.0 revision 15"
_COORDINATOR: Final = 0


def catalogue_of(endpoints: Sequence[Endpoint], paths: Sequence[str] = ()) -> Catalogue:
    """Return what can be told of the gateway's parts; `paths` are those of the user's modules."""
    return Catalogue(
        versions=_versions(),
        version_extended={
            "SE_spec_version": _SE_REVISION,
            "description": "sebridge, a ZigBee Smart Energy gateway on MQTT",
        },
        interfaces=_INTERFACES,
        endpoints=[_endpoint(endpoint) for endpoint in endpoints],
        clusters=_clusters(endpoints),
        records=[_described(kind) for kind in record_kinds()],
        paths=paths,
    )


def _versions() -> dict[str, str]:
    """Return the versions of the whole, of its modules, and of the libraries that it needs."""
    own = version(_OURSELVES)
    found = {"Version": own, _OURSELVES: own}
    for requirement in requires(_OURSELVES) or ():
        if _EXTRA not in requirement:
            name = _NAME.match(requirement)
            assert name is not None
            found[name[0]] = version(name[0])
    modules = pkgutil.walk_packages(sebridge.__path__, f"{_OURSELVES}.")
    return found | {module.name: own for module in modules}


def _endpoint(endpoint: Endpoint) -> Described:
    name = DEVICE_NAMES.get(endpoint.device_id, f"device 0x{endpoint.device_id:04X}")
    about = f"{name}, profile 0x{endpoint.profile_id:04X}"
    return Described(f"endpoint_0x{endpoint.endpoint_id:02X}", "clusters.endpoint", about)


def _clusters(endpoints: Iterable[Endpoint]) -> list[Described]:
    kinds = {type(cluster): None for endpoint in endpoints for cluster in endpoint.clusters}
    return [_described(kind) for kind in kinds]


def record_kinds() -> list[type[Any]]:
    """Return every class of record that callers meet, or may send in a frame of their own."""
    found = []
    for module in (descriptors, general, reporting, price, drlc, messaging):
        for kind in vars(module).values():
            own = inspect.isclass(kind) and kind.__module__ == module.__name__
            if own and record_name(kind) == kind.__name__:
                found.append(kind)
    return found


def _described(kind: type[Any]) -> Described:
    module = kind.__module__.removeprefix("sebridge.")
    return Described(kind.__name__, module, inspect.cleandoc(kind.__doc__ or ""))


def own_device_record(network: NetworkState, endpoints: Sequence[Endpoint]) -> ZDODeviceRecord:
    """Return the gateway's own entry in the list of devices."""
    return ZDODeviceRecord(
        active=network.joined,
        addr_extended=network.address,
        addr_short=NWK(network.nwk) if network.joined else ABSENT,
        active_endpoints=[endpoint.endpoint_id for endpoint in endpoints],
        simple_descriptors={
            f"endpoint_0x{endpoint.endpoint_id:02X}": _simple(endpoint, network.nwk)
            for endpoint in endpoints
        },
        node_type=_COORDINATOR,
    )


def _simple(endpoint: Endpoint, nwk: int) -> Simple_Desc_rsp:
    descriptor = endpoint.descriptor()
    return Simple_Desc_rsp(
        status=0,
        nwk_addr=nwk,
        endpoint_id=endpoint.endpoint_id,
        profile_id=endpoint.profile_id,
        device_id=endpoint.device_id,
        device_version=0,
        input_clusters=tuple(int(c) for c in descriptor.input_clusters),
        output_clusters=tuple(int(c) for c in descriptor.output_clusters),
    )
