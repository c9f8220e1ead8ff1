"""A device as the gateway knows it, kept across restarts."""

from collections.abc import Mapping
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.row_codec import Later
from sebridge.model.values import ABSENT, Absent
from sebridge.network.descriptors import (
    Node_Desc_rsp,
    Power_Desc_rsp,
    Simple_Desc_rsp,
    ZDODeviceRecord,
)
from sebridge.network.device_options import DEFAULT_OPTIONS, DeviceOptions
from sebridge.zcl.identifiers import DEVICE_NAMES
from sebridge.zcl.zdo import ZdoStatus

NEVER_SEEN: Final = -1
"""The node type of a device that was added but never heard (Z11)."""


class DeviceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has said of a device, and not the device itself; it may outlive the device."""

    name: str = ""
    options: Later[DeviceOptions] = DEFAULT_OPTIONS

    @property
    def says_something(self) -> bool:
        """Whether anything differs from what holds for a device of which nobody said anything."""
        return self != DeviceSettings()


class KnownDevice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A device that was added or heard, and what it told of itself. Kept across restarts.

    `name` is what somebody calls it, empty where nobody does.
    `nwk` is its 16-bit network address, None while that is not known. A descriptor is None, and
    an endpoint missing in `simple_descriptors`, until the device answered. `hardware` and
    `software` are its versions: None until it was asked, empty where it has none to tell.
    `added`: somebody wants it to be here. `options` is what somebody wants done with it.
    """

    eui64: Eui64
    nwk: Uint16 | None = None
    name: str = ""
    manufacturer: str = ""
    model: str = ""
    active_endpoints: tuple[Uint8, ...] | None = None
    node_descriptor: Node_Desc_rsp | None = None
    power_descriptor: Power_Desc_rsp | None = None
    simple_descriptors: Mapping[Uint8, Simple_Desc_rsp] = msgspec.field(default_factory=dict)
    added: Later[bool] = False
    hardware: Later[str | None] = None
    software: Later[str | None] = None
    options: Later[DeviceOptions] = DEFAULT_OPTIONS

    @property
    def settings(self) -> DeviceSettings:
        """What of it may outlive the device."""
        return DeviceSettings(name=self.name, options=self.options)

    @property
    def stored_under(self) -> Eui64:
        """The key under which it is kept."""
        return self.eui64

    @property
    def title(self) -> str:
        """How to call it: by its name, else by what it is, else by its address."""
        kinds = (DEVICE_NAMES.get(d.device_id) for d in self.endpoints if d.device_id is not ABSENT)
        return self.name or next(filter(None, kinds), str(self.eui64))

    @property
    def is_stranger(self) -> bool:
        """Whether it was heard of, and nothing more: not added, and never answered.

        One without an address was added before that was noted: only so it could become known.
        """
        has_told = self.node_descriptor is not None or self.active_endpoints is not None
        return not (self.added or has_told or self.nwk is None)

    @property
    def is_complete(self) -> bool:
        """Whether the device has answered all that is asked of it."""
        if None in (self.node_descriptor, self.power_descriptor, self.active_endpoints):
            return False
        return not self.silent_endpoints

    @property
    def silent_endpoints(self) -> tuple[int, ...]:
        """The endpoints that have not told what they do."""
        return tuple(e for e in self.active_endpoints or () if e not in self.simple_descriptors)

    @property
    def is_sleepy(self) -> bool:
        """Whether its receiver is off when idle; False as long as it has not said so."""
        return self.node_descriptor is not None and self.node_descriptor.is_sleepy

    @property
    def endpoints(self) -> tuple[Simple_Desc_rsp, ...]:
        """The endpoints that told what they do."""
        return tuple(d for d in self.simple_descriptors.values() if d.status == ZdoStatus.SUCCESS)

    def serves(self, cluster_id: int) -> bool:
        """Say whether any endpoint has the server side of a cluster."""
        return any(cluster_id in descriptor.servers for descriptor in self.endpoints)


def is_other_kind(before: KnownDevice, now: KnownDevice) -> bool:
    """Say whether an endpoint is that of another kind of device than it was.

    No device changes that by itself: another one has its address now.
    """
    if before.simple_descriptors == now.simple_descriptors:
        return False
    kinds = {d.endpoint_id: (d.profile_id, d.device_id) for d in before.endpoints}
    told = ((d.endpoint_id, (d.profile_id, d.device_id)) for d in now.endpoints)
    return any(kinds.get(endpoint, kind) != kind for endpoint, kind in told)


def device_record(known: KnownDevice, *, active: bool) -> ZDODeviceRecord:
    """Return what an RPC caller sees of a device."""
    node = known.node_descriptor
    simple = {
        f"endpoint_0x{e:02X}": descriptor for e, descriptor in known.simple_descriptors.items()
    }
    return ZDODeviceRecord(
        active=active,
        addr_extended=known.eui64,
        addr_short=ABSENT if known.nwk is None else NetworkAddress(known.nwk),
        active_endpoints=ABSENT if known.active_endpoints is None else known.active_endpoints,
        simple_descriptors=simple or ABSENT,
        power_descriptor=known.power_descriptor or ABSENT,
        node_descriptor=node or ABSENT,
        node_type=_node_type(known),
        manufacturer_id=node.manufacturer_code if node else ABSENT,
    )


def _node_type(known: KnownDevice) -> int | Absent:
    if known.node_descriptor is not None:
        return known.node_descriptor.logical_type
    return NEVER_SEEN if known.nwk is None else ABSENT
