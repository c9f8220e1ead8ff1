"""What a device says of itself, in the field names of the RPC record reference.

Names of classes and fields are those of the reference, letter for letter; a field that the device
did not give is ABSENT. Source: ZigBee specification, node, power and simple descriptor.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.errors import DecodeError
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.zcl.zdo import (
    MAX_ENDPOINT,
    Fields,
    MacCapability,
    NodeDescriptor,
    PowerDescriptor,
    SimpleDescriptor,
    ZdoStatus,
)

MAX_CLUSTERS: Final = 255  # of each direction, on one endpoint

D = TypeVar("D", NodeDescriptor, PowerDescriptor, SimpleDescriptor)


class Node_Desc_rsp(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What kind of node a device is."""

    status: Uint8
    nwk_addr: Uint16
    logical_type: Uint8 | Absent = ABSENT
    complex_desc_avail: Uint8 | Absent = ABSENT
    user_desc_avail: Uint8 | Absent = ABSENT
    aps_flags: Uint8 | Absent = ABSENT
    frequency_band: Uint8 | Absent = ABSENT
    mac_capability_flags: Uint8 | Absent = ABSENT
    manufacturer_code: Uint16 | Absent = ABSENT
    max_buffer_size: Uint8 | Absent = ABSENT
    max_incoming_transfer_size: Uint16 | Absent = ABSENT
    server_mask: Uint16 | Absent = ABSENT
    max_outgoing_transfer_size: Uint16 | Absent = ABSENT
    descriptor_capability_field: Uint8 | Absent = ABSENT

    @property
    def is_sleepy(self) -> bool:
        """Whether the device's receiver is off when idle, so that broadcasts pass it by."""
        flags = self.mac_capability_flags
        return flags is not ABSENT and not flags & MacCapability.RECEIVES_WHEN_IDLE


class Power_Desc_rsp(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a device takes its power from."""

    status: Uint8
    nwk_addr: Uint16
    current_power_mode: Uint8 | Absent = ABSENT
    available_power_sources: Uint8 | Absent = ABSENT
    current_power_source: Uint8 | Absent = ABSENT
    current_power_source_level: Uint8 | Absent = ABSENT


class Simple_Desc_rsp(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an endpoint of a device does: its servers are its input clusters."""

    status: Uint8
    nwk_addr: Uint16
    endpoint_id: Uint8 | Absent = ABSENT
    profile_id: Uint16 | Absent = ABSENT
    device_id: Uint16 | Absent = ABSENT
    device_version: Uint8 | Absent = ABSENT  # 4 bits
    input_clusters: tuple[Uint16, ...] | Absent = ABSENT
    output_clusters: tuple[Uint16, ...] | Absent = ABSENT

    @property
    def servers(self) -> tuple[int, ...]:
        """The clusters whose server side is here; none when the device refused to tell."""
        return () if self.input_clusters is ABSENT else self.input_clusters

    @property
    def clients(self) -> tuple[int, ...]:
        """The clusters whose client side is here; none when the device refused to tell."""
        return () if self.output_clusters is ABSENT else self.output_clusters


class ZDODeviceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway knows of a device, as an RPC caller sees it."""

    active: bool
    addr_extended: Eui64
    addr_short: NetworkAddress | Absent = ABSENT
    active_endpoints: Sequence[int] | Absent = ABSENT
    simple_descriptors: Mapping[str, Simple_Desc_rsp] | Absent = ABSENT
    power_descriptor: Power_Desc_rsp | Absent = ABSENT
    node_descriptor: Node_Desc_rsp | Absent = ABSENT
    node_type: int | Absent = ABSENT
    manufacturer_id: int | Absent = ABSENT


# ------------------------------------------------------------------ from the fields of ZDO answers


def node_answer(fields: Fields) -> Node_Desc_rsp:
    """Read the fields of a Node_Desc_rsp; DecodeError when it succeeded without a descriptor."""
    status, nwk = _head(fields)
    if status != ZdoStatus.SUCCESS:
        return Node_Desc_rsp(status=status, nwk_addr=nwk)
    node = _descriptor(fields, "NodeDescriptor", NodeDescriptor)
    return Node_Desc_rsp(
        status=status,
        nwk_addr=nwk,
        logical_type=node.logical_type,
        complex_desc_avail=int(node.complex_descriptor_available),
        user_desc_avail=int(node.user_descriptor_available),
        aps_flags=node.aps_flags,
        frequency_band=node.frequency_band,
        mac_capability_flags=node.mac_capability_flags,
        manufacturer_code=node.manufacturer_code,
        max_buffer_size=node.maximum_buffer_size,
        max_incoming_transfer_size=node.maximum_incoming_transfer_size,
        server_mask=node.server_mask,
        max_outgoing_transfer_size=node.maximum_outgoing_transfer_size,
        descriptor_capability_field=node.descriptor_capability_field,
    )


def power_answer(fields: Fields) -> Power_Desc_rsp:
    """Read the fields of a Power_Desc_rsp; DecodeError when it succeeded without a descriptor."""
    status, nwk = _head(fields)
    if status != ZdoStatus.SUCCESS:
        return Power_Desc_rsp(status=status, nwk_addr=nwk)
    power = _descriptor(fields, "PowerDescriptor", PowerDescriptor)
    return Power_Desc_rsp(
        status=status,
        nwk_addr=nwk,
        current_power_mode=power.current_power_mode,
        available_power_sources=power.available_power_sources,
        current_power_source=power.current_power_source,
        current_power_source_level=power.current_power_source_level,
    )


def simple_answer(fields: Fields, endpoint: int) -> Simple_Desc_rsp:
    """Read the fields of a Simple_Desc_rsp; DecodeError when it is not that of the endpoint."""
    status, nwk = _head(fields)
    if status != ZdoStatus.SUCCESS:
        return Simple_Desc_rsp(status=status, nwk_addr=nwk)
    simple = _descriptor(fields, "SimpleDescriptor", SimpleDescriptor)
    if simple.endpoint != endpoint:
        raise DecodeError(f"endpoint {endpoint} answered for endpoint {simple.endpoint}")
    return Simple_Desc_rsp(
        status=status,
        nwk_addr=nwk,
        endpoint_id=endpoint,
        profile_id=simple.profile_id,
        device_id=simple.device_id,
        device_version=simple.device_version,
        input_clusters=_clusters(simple.input_clusters),
        output_clusters=_clusters(simple.output_clusters),
    )


def endpoints_answer(fields: Fields) -> tuple[int, ...]:
    """Read the fields of an Active_EP_rsp: the endpoints 1 to 240, each once; none on refusal."""
    status, _ = _head(fields)
    if status != ZdoStatus.SUCCESS:
        return ()
    listed = fields.get("ActiveEPList")
    if listed is None:
        raise DecodeError("the answer has no list of endpoints")
    return tuple(dict.fromkeys(e for e in listed if 0 < e <= MAX_ENDPOINT))


def _head(fields: Fields) -> tuple[int, int]:
    status, nwk = fields.get("Status"), fields.get("NWKAddrOfInterest")
    if status is None:
        raise DecodeError("the answer has no status")
    return status, 0xFFFF if nwk is None else nwk


def _descriptor(fields: Fields, name: str, kind: type[D]) -> D:
    value = fields.get(name)
    if not isinstance(value, kind):
        raise DecodeError(f"the answer has no {name}")
    return value


def _clusters(listed: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(listed[:MAX_CLUSTERS]))
