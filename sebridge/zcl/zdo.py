"""The ZigBee device object: its commands as tables, and the descriptors of a device. No I/O.

A frame is a sequence number and the fields of its command, little-endian. Names of commands and
fields are those of the specification, letter for letter. Source: ZigBee specification, device
profile, and the descriptors of its application framework.
"""

from collections.abc import Callable, Mapping, Sequence
import enum
import struct
from typing import Any, Final, NamedTuple, Self

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError

ANSWER_BIT: Final = 0x8000
"""An answer has its question's cluster identifier with this bit set."""
MAX_ENDPOINT: Final = 240
"""241 to 254 are reserved: Green Power lives there, applications do not."""


class ZdoCommand(enum.IntEnum):
    """The commands that the gateway asks or answers, by their cluster identifiers."""

    NWK_addr_req = 0x0000
    IEEE_addr_req = 0x0001
    Node_Desc_req = 0x0002
    Power_Desc_req = 0x0003
    Simple_Desc_req = 0x0004
    Active_EP_req = 0x0005
    Match_Desc_req = 0x0006
    Device_annce = 0x0013
    Parent_annce = 0x001F
    Bind_req = 0x0021
    Unbind_req = 0x0022
    Mgmt_Lqi_req = 0x0031
    Mgmt_Rtg_req = 0x0032
    Mgmt_Bind_req = 0x0033
    Mgmt_Leave_req = 0x0034
    Mgmt_NWK_Update_req = 0x0038
    NWK_addr_rsp = 0x8000
    IEEE_addr_rsp = 0x8001
    Node_Desc_rsp = 0x8002
    Power_Desc_rsp = 0x8003
    Simple_Desc_rsp = 0x8004
    Active_EP_rsp = 0x8005
    Match_Desc_rsp = 0x8006
    Bind_rsp = 0x8021
    Unbind_rsp = 0x8022
    Mgmt_Lqi_rsp = 0x8031
    Mgmt_Rtg_rsp = 0x8032
    Mgmt_Bind_rsp = 0x8033
    Mgmt_Leave_rsp = 0x8034


class ZdoStatus(enum.IntEnum):
    """How an answer begins; devices use other numbers too, so a status read is a plain int."""

    SUCCESS = 0x00
    INV_REQUESTTYPE = 0x80
    DEVICE_NOT_FOUND = 0x81
    INVALID_EP = 0x82
    NOT_ACTIVE = 0x83
    NOT_SUPPORTED = 0x84
    TIMEOUT = 0x85
    NO_MATCH = 0x86
    NO_ENTRY = 0x88
    NO_DESCRIPTOR = 0x89
    INSUFFICIENT_SPACE = 0x8A
    NOT_PERMITTED = 0x8B
    TABLE_FULL = 0x8C
    NOT_AUTHORIZED = 0x8D


class AddressRequest(enum.IntEnum):
    """What is asked of a device when its addresses are: those alone, or its children's too."""

    SINGLE = 0x00
    EXTENDED = 0x01


# ------------------------------------------------------------------ descriptors


class LogicalType(enum.IntEnum):
    """What a device is to the network; 3 to 7 are reserved."""

    COORDINATOR = 0
    ROUTER = 1
    END_DEVICE = 2


class MacCapability(enum.IntFlag):
    """What a device's radio does."""

    ALTERNATE_COORDINATOR = 0x01
    FULL_FUNCTION_DEVICE = 0x02
    MAINS_POWERED = 0x04
    RECEIVES_WHEN_IDLE = 0x08
    SECURITY = 0x40
    ALLOCATE_ADDRESS = 0x80


_NODE: Final = struct.Struct("<BBBHBHHHB")


class NodeDescriptor(msgspec.Struct, frozen=True, kw_only=True):
    """What kind of node a device is; sizes are in octets."""

    logical_type: int  # 3 bits, a LogicalType
    complex_descriptor_available: bool = False
    user_descriptor_available: bool = False
    aps_flags: int = 0  # 3 bits
    frequency_band: int = 0x08  # 5 bits; 2.4 GHz
    mac_capability_flags: int = 0  # MacCapability
    manufacturer_code: int = 0  # 16 bits
    maximum_buffer_size: int = 82
    maximum_incoming_transfer_size: int = 255
    server_mask: int = 0  # 16 bits
    maximum_outgoing_transfer_size: int = 255
    descriptor_capability_field: int = 0  # 8 bits

    def __bytes__(self) -> bytes:
        kind = self.logical_type & 0x07
        kind |= self.complex_descriptor_available << 3 | self.user_descriptor_available << 4
        return _NODE.pack(
            kind,
            self.aps_flags & 0x07 | self.frequency_band << 3,
            self.mac_capability_flags,
            self.manufacturer_code,
            self.maximum_buffer_size,
            self.maximum_incoming_transfer_size,
            self.server_mask,
            self.maximum_outgoing_transfer_size,
            self.descriptor_capability_field,
        )

    @classmethod
    def from_octets(cls, octets: bytes) -> Self:
        """Read its 13 octets."""
        kind, band, flags, manufacturer, buffer, incoming, mask, outgoing, capability = (
            _NODE.unpack(octets)
        )
        return cls(
            logical_type=kind & 0x07,
            complex_descriptor_available=bool(kind & 0x08),
            user_descriptor_available=bool(kind & 0x10),
            aps_flags=band & 0x07,
            frequency_band=band >> 3,
            mac_capability_flags=flags,
            manufacturer_code=manufacturer,
            maximum_buffer_size=buffer,
            maximum_incoming_transfer_size=incoming,
            server_mask=mask,
            maximum_outgoing_transfer_size=outgoing,
            descriptor_capability_field=capability,
        )


class PowerDescriptor(msgspec.Struct, frozen=True, kw_only=True):
    """Where a device takes its power from; each field has 4 bits."""

    current_power_mode: int
    available_power_sources: int
    current_power_source: int
    current_power_source_level: int

    def __bytes__(self) -> bytes:
        return bytes(
            (
                self.current_power_mode | self.available_power_sources << 4,
                self.current_power_source | self.current_power_source_level << 4,
            )
        )

    @classmethod
    def from_octets(cls, octets: bytes) -> Self:
        """Read its 2 octets."""
        mode, source = octets
        return cls(
            current_power_mode=mode & 0x0F,
            available_power_sources=mode >> 4,
            current_power_source=source & 0x0F,
            current_power_source_level=source >> 4,
        )


class SimpleDescriptor(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint of a device does: its servers are its input clusters."""

    endpoint: int
    profile_id: int
    device_id: int
    device_version: int = 0  # 4 bits
    input_clusters: tuple[int, ...] = ()
    output_clusters: tuple[int, ...] = ()

    def __bytes__(self) -> bytes:
        head = _SIMPLE.pack(self.endpoint, self.profile_id, self.device_id, self.device_version)
        return head + _write_list16(self.input_clusters) + _write_list16(self.output_clusters)


_SIMPLE: Final = struct.Struct("<BHHB")
_VERSION_BITS: Final = 0x0F


class BindingTarget(msgspec.Struct, frozen=True):
    """Where a binding leads: to an endpoint of a device, or to a group."""

    device: Eui64 | None = None
    endpoint: int | None = None
    group: int | None = None


class BindingEntry(msgspec.Struct, frozen=True):
    """An entry of a binding table, as Mgmt_Bind_rsp tells it."""

    source: Eui64
    endpoint: int
    cluster_id: int
    target: BindingTarget


_GROUP: Final = 0x01  # how a target is addressed
_ENDPOINT: Final = 0x03


# ------------------------------------------------------------------ tables of a router


class Relationship(enum.IntEnum):
    """What a neighbour is to who tells of it; 5 to 7 are reserved."""

    PARENT = 0
    CHILD = 1
    SIBLING = 2
    NONE = 3
    PREVIOUS_CHILD = 4


class Neighbor(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a neighbour table, as Mgmt_Lqi_rsp tells it."""

    extended_pan_id: Eui64
    device: Eui64
    nwk: int  # 16 bits
    logical_type: int  # 2 bits, a LogicalType; 3 is unknown
    receives_when_idle: int = 1  # 2 bits; 2 is unknown
    relationship: int = Relationship.NONE  # 3 bits
    permits_joining: int = 2  # 2 bits; 2 is unknown
    depth: int = 0  # hops from the coordinator, 8 bits
    lqi: int = 0  # 8 bits


class RouteStatus(enum.IntEnum):
    """Whether a route can be used; 5 to 7 are reserved."""

    ACTIVE = 0
    DISCOVERY_UNDERWAY = 1
    DISCOVERY_FAILED = 2
    INACTIVE = 3
    VALIDATION_UNDERWAY = 4


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a routing table, as Mgmt_Rtg_rsp tells it, without its flags."""

    destination: int  # 16-bit network address
    status: int = RouteStatus.ACTIVE  # 3 bits
    next_hop: int  # 16-bit network address


_NEIGHBOR: Final = struct.Struct("<8s8sHBBBB")
_ROUTE: Final = struct.Struct("<HBH")


# ------------------------------------------------------------------ how fields are written and read


class _Form(NamedTuple):
    """What a field is on the air; reading returns where the next field begins."""

    write: Callable[[Any], bytes]
    read: Callable[[bytes, int], tuple[Any, int]]


def _part(octets: bytes, start: int, size: int) -> bytes:
    part = octets[start : start + size]
    if len(part) < size:
        raise DecodeError("is cut off", start)
    return part


def _fixed(size: int, write: Callable[[Any], bytes], read: Callable[[bytes], Any]) -> _Form:
    return _Form(write, lambda octets, start: (read(_part(octets, start, size)), start + size))


def _number(size: int) -> _Form:
    return _fixed(
        size,
        lambda value: int(value).to_bytes(size, "little"),
        lambda part: int.from_bytes(part, "little"),
    )


def _read_list8(octets: bytes, start: int) -> tuple[tuple[int, ...], int]:
    (count,) = _part(octets, start, 1)
    return tuple(_part(octets, start + 1, count)), start + 1 + count


def _write_list8(items: Sequence[int]) -> bytes:
    return bytes((len(items), *items))


def _read_list16(octets: bytes, start: int) -> tuple[tuple[int, ...], int]:
    (count,) = _part(octets, start, 1)
    part = _part(octets, start + 1, 2 * count)
    return struct.unpack(f"<{count}H", part), start + 1 + 2 * count


def _write_list16(items: Sequence[int]) -> bytes:
    return struct.pack(f"<B{len(items)}H", len(items), *items)


def _read_neighbors(octets: bytes, start: int) -> tuple[tuple[Neighbor, ...], int]:
    (count,) = _part(octets, start, 1)
    part = _part(octets, start + 1, _NEIGHBOR.size * count)
    found = tuple(
        Neighbor(
            extended_pan_id=Eui64.from_octets(pan),
            device=Eui64.from_octets(device),
            nwk=nwk,
            logical_type=kind & 0x03,
            receives_when_idle=kind >> 2 & 0x03,
            relationship=kind >> 4 & 0x07,
            permits_joining=joining & 0x03,
            depth=depth,
            lqi=lqi,
        )
        for pan, device, nwk, kind, joining, depth, lqi in _NEIGHBOR.iter_unpack(part)
    )
    return found, start + 1 + len(part)


def _write_neighbors(neighbors: Sequence[Neighbor]) -> bytes:
    return bytes((len(neighbors),)) + b"".join(
        _NEIGHBOR.pack(
            bytes(one.extended_pan_id),
            bytes(one.device),
            one.nwk,
            one.logical_type | one.receives_when_idle << 2 | one.relationship << 4,
            one.permits_joining,
            one.depth,
            one.lqi,
        )
        for one in neighbors
    )


def _read_routes(octets: bytes, start: int) -> tuple[tuple[Route, ...], int]:
    (count,) = _part(octets, start, 1)
    part = _part(octets, start + 1, _ROUTE.size * count)
    found = tuple(
        Route(destination=destination, status=flags & 0x07, next_hop=next_hop)
        for destination, flags, next_hop in _ROUTE.iter_unpack(part)
    )
    return found, start + 1 + len(part)


def _write_routes(routes: Sequence[Route]) -> bytes:
    packed = (_ROUTE.pack(one.destination, one.status, one.next_hop) for one in routes)
    return bytes((len(routes),)) + b"".join(packed)


def _read_simple(octets: bytes, start: int) -> tuple[SimpleDescriptor | None, int]:
    """Read a descriptor with its length before it; a length of 0 is none."""
    if _part(octets, start, 1) == b"\0":
        return None, start + 1
    start += 1
    endpoint, profile_id, device_id, version = _SIMPLE.unpack(_part(octets, start, _SIMPLE.size))
    inputs, start = _read_list16(octets, start + _SIMPLE.size)
    outputs, start = _read_list16(octets, start)
    found = SimpleDescriptor(
        endpoint=endpoint,
        profile_id=profile_id,
        device_id=device_id,
        device_version=version & _VERSION_BITS,
        input_clusters=inputs,
        output_clusters=outputs,
    )
    return found, start


def _write_simple(descriptor: SimpleDescriptor | None) -> bytes:
    octets = b"" if descriptor is None else bytes(descriptor)
    return bytes((len(octets),)) + octets


def _read_target(octets: bytes, start: int) -> tuple[BindingTarget, int]:
    (mode,) = _part(octets, start, 1)
    if mode == _GROUP:
        group = int.from_bytes(_part(octets, start + 1, 2), "little")
        return BindingTarget(group=group), start + 3
    if mode == _ENDPOINT:
        part = _part(octets, start + 1, 9)
        return BindingTarget(Eui64.from_octets(part[:8]), part[8]), start + 10
    raise DecodeError(f"0x{mode:02X} is no way to address a target", start)


def _write_target(target: BindingTarget) -> bytes:
    if target.device is None or target.endpoint is None:
        return struct.pack("<BH", _GROUP, target.group)
    return bytes((_ENDPOINT, *bytes(target.device), target.endpoint))


_BOUND: Final = struct.Struct("<8sBH")


def _read_bindings(octets: bytes, start: int) -> tuple[tuple[BindingEntry, ...], int]:
    (count,) = _part(octets, start, 1)
    start += 1
    found: list[BindingEntry] = []
    for _ in range(count):
        source, endpoint, cluster_id = _BOUND.unpack(_part(octets, start, _BOUND.size))
        target, start = _read_target(octets, start + _BOUND.size)
        found.append(BindingEntry(Eui64.from_octets(source), endpoint, cluster_id, target))
    return tuple(found), start


def _write_bindings(entries: Sequence[BindingEntry]) -> bytes:
    return bytes((len(entries),)) + b"".join(
        _BOUND.pack(bytes(one.source), one.endpoint, one.cluster_id) + _write_target(one.target)
        for one in entries
    )


_U8: Final = _number(1)
_U16: Final = _number(2)
_U32: Final = _number(4)
_EUI64: Final = _fixed(8, bytes, Eui64.from_octets)
_LIST8: Final = _Form(_write_list8, _read_list8)
_LIST16: Final = _Form(_write_list16, _read_list16)
_NODE_DESCRIPTOR: Final = _fixed(_NODE.size, bytes, NodeDescriptor.from_octets)
_POWER_DESCRIPTOR: Final = _fixed(2, bytes, PowerDescriptor.from_octets)
_SIMPLE_DESCRIPTOR: Final = _Form(_write_simple, _read_simple)
_NEIGHBORS: Final = _Form(_write_neighbors, _read_neighbors)
_ROUTES: Final = _Form(_write_routes, _read_routes)
_BINDINGS: Final = _Form(_write_bindings, _read_bindings)
_TARGET: Final = _Form(_write_target, _read_target)


# ------------------------------------------------------------------ commands


class _Field(NamedTuple):
    """A field of a command; one that is `optional` may be left off at the end of a frame."""

    name: str
    form: _Form
    optional: bool = False


_STATUS: Final = _Field("Status", _U8)
_DEVICE: Final = _Field("IEEEAddr", _EUI64)
_NWK: Final = _Field("NWKAddr", _U16)
_ABOUT: Final = _Field("NWKAddrOfInterest", _U16)
_REQUEST_TYPE: Final = _Field("RequestType", _U8)
_START_INDEX: Final = _Field("StartIndex", _U8)
_ADDRESSES: Final = (_STATUS, _DEVICE, _NWK, _Field("NumAssocDev", _U8, optional=True))
_BINDING: Final = (
    _Field("SrcAddress", _EUI64),
    _Field("SrcEndpoint", _U8),
    _Field("ClusterID", _U16),
    _Field("DstAddress", _TARGET),
)

_COMMANDS: Final[Mapping[int, tuple[_Field, ...]]] = {
    ZdoCommand.NWK_addr_req: (_DEVICE, _REQUEST_TYPE, _START_INDEX),
    ZdoCommand.IEEE_addr_req: (_ABOUT, _REQUEST_TYPE, _START_INDEX),
    ZdoCommand.Node_Desc_req: (_ABOUT,),
    ZdoCommand.Power_Desc_req: (_ABOUT,),
    ZdoCommand.Simple_Desc_req: (_ABOUT, _Field("EndPoint", _U8)),
    ZdoCommand.Active_EP_req: (_ABOUT,),
    ZdoCommand.Match_Desc_req: (
        _ABOUT,
        _Field("ProfileID", _U16),
        _Field("InClusterList", _LIST16),
        _Field("OutClusterList", _LIST16),
    ),
    ZdoCommand.Device_annce: (
        _NWK,
        _DEVICE,
        _Field("Capability", _U8, optional=True),
    ),
    ZdoCommand.Bind_req: _BINDING,
    ZdoCommand.Unbind_req: _BINDING,
    ZdoCommand.Mgmt_Lqi_req: (_START_INDEX,),
    ZdoCommand.Mgmt_Rtg_req: (_START_INDEX,),
    ZdoCommand.Mgmt_Bind_req: (_START_INDEX,),
    ZdoCommand.Mgmt_Leave_req: (_Field("DeviceAddress", _EUI64), _Field("Options", _U8)),
    ZdoCommand.Mgmt_NWK_Update_req: (
        _Field("ScanChannels", _U32),
        _Field("ScanDuration", _U8),
        _Field("nwkUpdateId", _U8, optional=True),  # with a scan, there is the ScanCount
    ),
    ZdoCommand.NWK_addr_rsp: _ADDRESSES,
    ZdoCommand.IEEE_addr_rsp: _ADDRESSES,
    ZdoCommand.Node_Desc_rsp: (
        _STATUS,
        _ABOUT,
        _Field("NodeDescriptor", _NODE_DESCRIPTOR, optional=True),
    ),
    ZdoCommand.Power_Desc_rsp: (
        _STATUS,
        _ABOUT,
        _Field("PowerDescriptor", _POWER_DESCRIPTOR, optional=True),
    ),
    ZdoCommand.Simple_Desc_rsp: (
        _STATUS,
        _ABOUT,
        _Field("SimpleDescriptor", _SIMPLE_DESCRIPTOR, optional=True),
    ),
    ZdoCommand.Active_EP_rsp: (_STATUS, _ABOUT, _Field("ActiveEPList", _LIST8)),
    ZdoCommand.Match_Desc_rsp: (_STATUS, _ABOUT, _Field("MatchList", _LIST8)),
    ZdoCommand.Bind_rsp: (_STATUS,),
    ZdoCommand.Unbind_rsp: (_STATUS,),
    ZdoCommand.Mgmt_Lqi_rsp: (
        _STATUS,
        _Field("NeighborTableEntries", _U8),
        _START_INDEX,
        _Field("NeighborTableList", _NEIGHBORS),
    ),
    ZdoCommand.Mgmt_Rtg_rsp: (
        _STATUS,
        _Field("RoutingTableEntries", _U8),
        _START_INDEX,
        _Field("RoutingTableList", _ROUTES),
    ),
    ZdoCommand.Mgmt_Bind_rsp: (
        _STATUS,
        _Field("BindingTableEntries", _U8),
        _START_INDEX,
        _Field("BindingTableList", _BINDINGS),
    ),
    ZdoCommand.Mgmt_Leave_rsp: (_STATUS,),
}

_UNKNOWN_NAMES: Final[Mapping[int, str]] = {
    0x0015: "System_Server_Discovery_req",
    0x0036: "Mgmt_Permit_Joining_req",
    0x8015: "System_Server_Discovery_rsp",
    0x8036: "Mgmt_Permit_Joining_rsp",
    0x8038: "Mgmt_NWK_Update_notify",
}
"""Commands that are known by name only, for who looks on."""
_NAMES: Final = {**_UNKNOWN_NAMES, **{int(command): command.name for command in ZdoCommand}}


def command_name(command: int) -> str:
    """Return the name of a command, or its number where that has none."""
    return _NAMES.get(command) or f"command 0x{command:04X}"


Fields = Mapping[str, Any]
"""The fields of a command by their names."""


def encode(command: int, sequence: int, *values: object) -> bytes:
    """Return the octets of a frame; `values` are its fields in their order.

    Optional fields may be left off. ValueError for a number of values that the command does not
    have.
    """
    fields = _COMMANDS[command]
    least = sum(not field.optional for field in fields)
    if not least <= len(values) <= len(fields):
        names = ", ".join(field.name for field in fields)
        raise ValueError(f"{ZdoCommand(command).name} has the fields {names}")
    written = (field.form.write(value) for field, value in zip(fields, values, strict=False))
    return bytes((sequence,)) + b"".join(written)


def decode(command: int, octets: bytes) -> tuple[int, Fields]:
    """Read a frame: its sequence number and its fields by name.

    An answer that refuses may end after its status. Octets after the last field are ignored.
    Raises DecodeError for an unknown command, a missing field or one that cannot be read.
    """
    if not octets:
        raise DecodeError("the ZDO frame is empty", 0)
    fields = _COMMANDS.get(command)
    if fields is None:
        raise DecodeError(f"0x{command:04X} is no ZDO command that is known here")
    found: dict[str, Any] = {}
    start = 1
    for field in fields:
        if start >= len(octets) and (field.optional or found.get(_STATUS.name)):
            break
        try:
            found[field.name], start = field.form.read(octets, start)
        except DecodeError as error:
            raise DecodeError(f"{field.name} {error}", start) from error
    return octets[0], found
