"""What `help` and `get_version` tell: the classes there are, and our own device record."""

from collections.abc import Mapping, Sequence
from functools import cache
import pkgutil
import re
from typing import Final

import sebridge
from sebridge.api.gateway import Catalogue, Described, ModuleVersion
from sebridge.base.addresses import NetworkAddress
from sebridge.gateway.endpoint import Endpoint
from sebridge.model.values import ABSENT
from sebridge.modules.class_table import Kind
from sebridge.modules.loaded_modules import LoadedModules
from sebridge.network.descriptors import (
    Simple_Desc_rsp,
    ZDODeviceRecord,
    node_answer,
    power_answer,
)
from sebridge.radio.radio import NetworkState
from sebridge.rpc.method import BUILT_IN_INTERFACES
from sebridge.zcl.zdo import ZdoStatus

_OURSELVES: Final = "sebridge"
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA: Final = "extra =="
_SE_REVISION: Final = "1.0 revision 15"


def catalogue_of(loaded: LoadedModules) -> Catalogue:
    """Return what can be told of the gateway's parts and of the user's modules, as it is now."""
    return Catalogue(
        versions=_versions(),
        version_extended={
            "SE_spec_version": _SE_REVISION,
            "description": "sebridge, a ZigBee Smart Energy gateway on MQTT",
        },
        modules={
            name: ModuleVersion(found.version, found.version_extended)
            for name, found in loaded.versions.items()
        },
        interfaces=_classes(loaded, Kind.INTERFACE),
        endpoints=_classes(loaded, Kind.ENDPOINT),
        clusters=_classes(loaded, Kind.CLUSTER),
        records=_classes(loaded, Kind.RECORD),
        paths=loaded.paths,
    )


@cache
def _versions() -> Mapping[str, str]:
    """Return the versions of the whole, of its modules under all names, and of its libraries."""
    found = {"Version": sebridge.__version__, _OURSELVES: sebridge.__version__}
    found |= library_versions()
    found |= dict.fromkeys(BUILT_IN_INTERFACES, sebridge.__version__)
    modules = pkgutil.walk_packages(sebridge.__path__, f"{_OURSELVES}.")
    return found | {module.name: sebridge.__version__ for module in modules}


@cache
def library_versions() -> Mapping[str, str]:
    """Return the versions of the libraries that the gateway is built on."""
    from importlib.metadata import requires, version  # noqa: PLC0415  # half of it reads mail

    found = {}
    for requirement in requires(_OURSELVES) or ():
        if _EXTRA not in requirement:
            name = _NAME.match(requirement)
            assert name is not None
            found[name[0]] = version(name[0])
    return found


def _classes(loaded: LoadedModules, kind: Kind) -> list[Described]:
    return [
        Described(known.name, known.module, known.description) for known in loaded.classes.all(kind)
    ]


def own_device_record(network: NetworkState, endpoints: Sequence[Endpoint]) -> ZDODeviceRecord:
    """Return the gateway's own entry in the list of devices: what it tells devices of itself."""
    head = {"Status": ZdoStatus.SUCCESS, "NWKAddrOfInterest": network.nwk}
    return ZDODeviceRecord(
        active=network.joined,
        addr_extended=network.address,
        addr_short=NetworkAddress(network.nwk) if network.joined else ABSENT,
        active_endpoints=[endpoint.endpoint_id for endpoint in endpoints],
        simple_descriptors={
            f"endpoint_0x{endpoint.endpoint_id:02X}": _simple(endpoint, network.nwk)
            for endpoint in endpoints
        },
        power_descriptor=power_answer(head | {"PowerDescriptor": network.power}),
        node_descriptor=node_answer(head | {"NodeDescriptor": network.node}),
        node_type=network.node.logical_type,
        manufacturer_id=network.node.manufacturer_code,
    )


def _simple(endpoint: Endpoint, nwk: int) -> Simple_Desc_rsp:
    descriptor = endpoint.descriptor()
    return Simple_Desc_rsp(
        status=0,
        nwk_addr=nwk,
        endpoint_id=endpoint.endpoint_id,
        profile_id=endpoint.profile_id,
        device_id=endpoint.device_id,
        device_version=endpoint.device_version,
        input_clusters=tuple(int(c) for c in descriptor.input_clusters),
        output_clusters=tuple(int(c) for c in descriptor.output_clusters),
    )
