"""What a device answers about itself: its ZDO server, for the gateway and for simulated devices.

Pure: octets in, octets out. Source: ZigBee specification, device profile.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol

import msgspec

from sebridge.base.addresses import UNKNOWN_NWK, Broadcast, Eui64
from sebridge.base.errors import DecodeError
from sebridge.model.data_types import Uint8, Uint16
from sebridge.zcl.identifiers import ANY_PROFILE
from sebridge.zcl.zdo import (
    ANSWER_BIT,
    MAX_ENDPOINT,
    AddressRequest,
    BindingEntry,
    BindingTarget,
    LogicalType,
    MacCapability,
    Neighbor,
    NodeDescriptor,
    PowerDescriptor,
    Route,
    SimpleDescriptor,
    ZdoCommand,
    ZdoStatus,
    decode,
    encode,
)

_NO_NWK: Final = 0xFFFF
_MOST_BINDINGS: Final = 64
_NEIGHBORS_AT_ONCE: Final = 3  # of 22 octets each: so an answer fits one frame
_BINDINGS_AT_ONCE: Final = 3
_TABLES: Final = frozenset(
    {ZdoCommand.Mgmt_Lqi_req, ZdoCommand.Mgmt_Rtg_req, ZdoCommand.Mgmt_Bind_req}
)
_ROUTES_AT_ONCE: Final = 10  # of 5 octets
_MOST_ENTRIES: Final = 255  # of a table: more have no index
MAINS_POWERED: Final = PowerDescriptor(
    current_power_mode=0,  # always on
    available_power_sources=1,  # mains
    current_power_source=1,
    current_power_source_level=12,  # 100 %
)
_UNANSWERED: Final = frozenset({ZdoCommand.Device_annce, ZdoCommand.Parent_annce})

_Values = tuple[object, ...]
"""The fields of an answer in their order."""


class ZdoAnswer(NamedTuple):
    """What to send back, from endpoint 0 to endpoint 0 in profile 0."""

    cluster_id: int
    data: bytes

    @property
    def status(self) -> int:
        """The ZDO status that the answer carries."""
        return self.data[1]


class Binding(msgspec.Struct, frozen=True):
    """Where a cluster of ours sends what it has to tell: a device's endpoint, or a group."""

    endpoint: Uint8
    cluster_id: Uint16
    device: Eui64 | None = None
    device_endpoint: Uint8 | None = None
    group: Uint16 | None = None


class RouterTables(Protocol):
    """What a router knows of those around it."""

    def neighbors(self) -> Sequence[Neighbor]:
        """Return its neighbour table."""

    def routes(self) -> Sequence[Route]:
        """Return its routing table."""


def node_descriptor(
    logical_type: LogicalType = LogicalType.ROUTER,
    manufacturer_code: int = 0,
    *,
    is_sleepy: bool = False,
) -> NodeDescriptor:
    """Return the descriptor of a device on 2.4 GHz: on the mains and always listening, or not."""
    capabilities = MacCapability.ALLOCATE_ADDRESS
    if not is_sleepy:
        capabilities |= (
            MacCapability.FULL_FUNCTION_DEVICE
            | MacCapability.MAINS_POWERED
            | MacCapability.RECEIVES_WHEN_IDLE
        )
    return NodeDescriptor(
        logical_type=logical_type,
        mac_capability_flags=capabilities,
        manufacturer_code=manufacturer_code,
    )


class ZdoServer:
    """Answer questions about one device: its addresses, its descriptors, its bindings.

    `bindings` is the device's binding table, kept by whoever hands it in. What cannot be parsed
    is counted in `malformed`. Only a device that is no coordinator may be told to leave. Who hands
    in no `tables` is not asked for them here.
    """

    def __init__(
        self,
        address: Eui64,
        endpoints: Iterable[SimpleDescriptor],
        node: NodeDescriptor,
        bindings: MutableMapping[Binding, bool],
        nwk: int = UNKNOWN_NWK,
        tables: RouterTables | None = None,
    ) -> None:
        self._nwk = nwk
        self.malformed = 0
        self.address = address
        self._octets = bytes(address)
        self._endpoints: Mapping[int, SimpleDescriptor] = {e.endpoint: e for e in endpoints}
        self._node = node
        self._bindings = bindings
        self._services: Mapping[int, Callable[..., _Values | None]] = {
            ZdoCommand.NWK_addr_req: self._nwk_address,
            ZdoCommand.IEEE_addr_req: self._ieee_address,
            ZdoCommand.Node_Desc_req: self._node_descriptor,
            ZdoCommand.Power_Desc_req: self._power_descriptor,
            ZdoCommand.Simple_Desc_req: self._simple_descriptor,
            ZdoCommand.Active_EP_req: self._active_endpoints,
            ZdoCommand.Match_Desc_req: self._match_descriptor,
            ZdoCommand.Bind_req: partial(self._change_binding, self._bind),
            ZdoCommand.Unbind_req: partial(self._change_binding, self._unbind),
            ZdoCommand.Mgmt_Bind_req: self._binding_table,
            ZdoCommand.Mgmt_Leave_req: self._leave,
        }
        if tables is not None:
            self._services = {
                **self._services,
                ZdoCommand.Mgmt_Lqi_req: partial(self._table, tables.neighbors, _NEIGHBORS_AT_ONCE),
                ZdoCommand.Mgmt_Rtg_req: partial(self._table, tables.routes, _ROUTES_AT_ONCE),
            }

    def offer(self, endpoints: Iterable[SimpleDescriptor]) -> None:
        """Tell of these endpoints from now on; the bindings of those that are gone go with them."""
        before, self._endpoints = self._endpoints, {e.endpoint: e for e in endpoints}
        gone = before.keys() - self._endpoints.keys()
        for binding in [binding for binding in self._bindings if binding.endpoint in gone]:
            del self._bindings[binding]

    @property
    def nwk(self) -> int:
        """The device's network address."""
        return self._nwk

    def move(self, nwk: int) -> None:
        """Tell that the device has this network address from now on."""
        self._nwk = nwk

    def describe(self, node: NodeDescriptor) -> None:
        """Tell that the device is this from now on."""
        self._node = node

    def answer(self, cluster_id: int, data: bytes, *, broadcast: bool) -> ZdoAnswer | None:
        """Return what to send back to who asked; None when nothing is to be said.

        A question that is not ours to answer is refused when it was for us alone, and met with
        silence when it was for everybody.
        """
        if not 0 <= cluster_id < ANSWER_BIT or cluster_id in _UNANSWERED:
            return None
        if not data:
            self.malformed += 1
            return None
        answer = cluster_id | ANSWER_BIT
        if cluster_id not in self._services:
            refusal = bytes((data[0], ZdoStatus.NOT_SUPPORTED))
            return None if broadcast else ZdoAnswer(answer, refusal)
        values = self._serve(cluster_id, data, broadcast=broadcast)
        return None if values is None else ZdoAnswer(answer, encode(answer, data[0], *values))

    def _serve(self, cluster_id: int, data: bytes, *, broadcast: bool) -> _Values | None:
        if broadcast and self._is_about_another(cluster_id, data):
            return None
        try:
            _, fields = decode(cluster_id, data)
        except DecodeError:
            self.malformed += 1
            return None if broadcast else self._refusal(cluster_id, ZdoStatus.INV_REQUESTTYPE)
        return self._services[cluster_id](cluster_id, *fields.values(), broadcast=broadcast)

    def _is_about_another(self, cluster_id: int, data: bytes) -> bool:
        """Sort out the commonest broadcast early: it reaches every device of a large network."""
        return cluster_id == ZdoCommand.NWK_addr_req and data[1:9] != self._octets

    def _refusal(self, cluster_id: int, status: ZdoStatus, nwk: int | None = None) -> _Values:
        """Return a negative answer with the fields that this kind of answer always has."""
        about = self._nwk if nwk is None else nwk
        if cluster_id in {ZdoCommand.NWK_addr_req, ZdoCommand.IEEE_addr_req}:
            return status, self.address, about
        if cluster_id in {ZdoCommand.Node_Desc_req, ZdoCommand.Power_Desc_req}:
            return status, about
        if cluster_id == ZdoCommand.Simple_Desc_req:
            return status, about, None
        if cluster_id in {ZdoCommand.Active_EP_req, ZdoCommand.Match_Desc_req}:
            return status, about, ()
        if cluster_id in _TABLES:
            return status, 0, 0, ()
        return (status,)

    def _not_us(self, cluster_id: int, nwk: int, *, broadcast: bool) -> _Values | None:
        """Refuse to speak for another device; we keep no cache of other devices' descriptors."""
        if broadcast:
            return None
        end_device = self._node.logical_type == LogicalType.END_DEVICE
        status = ZdoStatus.INV_REQUESTTYPE if end_device else ZdoStatus.DEVICE_NOT_FOUND
        return self._refusal(cluster_id, status, nwk)

    # ------------------------------------------------------------------ addresses

    def _nwk_address(
        self, _cluster: int, device: Eui64, kind: int, _start: int, **_how: bool
    ) -> _Values:
        if device != self.address:  # broadcasts about others have been sorted out before
            return ZdoStatus.DEVICE_NOT_FOUND, device, _NO_NWK
        return self._addresses(kind)

    def _ieee_address(
        self, cluster: int, nwk: int, kind: int, _start: int, *, broadcast: bool
    ) -> _Values | None:
        if nwk != self._nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        return self._addresses(kind)

    def _addresses(self, kind: int) -> _Values:
        if kind not in {AddressRequest.SINGLE, AddressRequest.EXTENDED}:
            return self._refusal(ZdoCommand.NWK_addr_req, ZdoStatus.INV_REQUESTTYPE)
        no_children = (0,) if kind == AddressRequest.EXTENDED else ()
        return ZdoStatus.SUCCESS, self.address, self._nwk, *no_children

    # ------------------------------------------------------------------ descriptors

    def _node_descriptor(self, cluster: int, nwk: int, *, broadcast: bool) -> _Values | None:
        if nwk != self._nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        return ZdoStatus.SUCCESS, self._nwk, self._node

    def _power_descriptor(self, cluster: int, nwk: int, *, broadcast: bool) -> _Values | None:
        if nwk != self._nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        return ZdoStatus.SUCCESS, self._nwk, MAINS_POWERED

    def _active_endpoints(self, cluster: int, nwk: int, *, broadcast: bool) -> _Values | None:
        if nwk != self._nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        return ZdoStatus.SUCCESS, self._nwk, tuple(self._endpoints)

    def _simple_descriptor(
        self, cluster: int, nwk: int, endpoint: int, *, broadcast: bool
    ) -> _Values | None:
        if nwk != self._nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        if endpoint in self._endpoints:  # one for Green Power is above those of applications
            return ZdoStatus.SUCCESS, self._nwk, self._endpoints[endpoint]
        is_possible = 1 <= endpoint <= MAX_ENDPOINT
        return self._refusal(cluster, ZdoStatus.NOT_ACTIVE if is_possible else ZdoStatus.INVALID_EP)

    def _match_descriptor(
        self,
        cluster: int,
        nwk: int,
        profile: int,
        servers: Sequence[int],
        clients: Sequence[int],
        *,
        broadcast: bool,
    ) -> _Values | None:
        if nwk != self._nwk and nwk not in set(Broadcast):
            return self._not_us(cluster, nwk, broadcast=broadcast)
        matching = tuple(
            number
            for number, endpoint in self._endpoints.items()
            if profile in {endpoint.profile_id, ANY_PROFILE}
            and _has_one(endpoint, servers, clients)
        )
        if broadcast and not matching:
            return None
        return ZdoStatus.SUCCESS, self._nwk, matching

    # ------------------------------------------------------------------ tables

    def _table(
        self,
        read: Callable[[], Sequence[Neighbor] | Sequence[Route]],
        at_once: int,
        cluster: int,
        start: int,
        *,
        broadcast: bool,
    ) -> _Values | None:
        if broadcast:
            return None
        if self._node.logical_type == LogicalType.END_DEVICE:
            return self._refusal(cluster, ZdoStatus.NOT_SUPPORTED)
        entries = read()[:_MOST_ENTRIES]
        return ZdoStatus.SUCCESS, len(entries), start, entries[start : start + at_once]

    # ------------------------------------------------------------------ bindings, leaving

    def _binding_table(self, _cluster: int, start: int, *, broadcast: bool) -> _Values | None:
        if broadcast:
            return None
        entries = [
            BindingEntry(
                self.address,
                one.endpoint,
                one.cluster_id,
                BindingTarget(one.device, one.device_endpoint, one.group),
            )
            for one in self._bindings
        ][:_MOST_ENTRIES]
        told = entries[start : start + _BINDINGS_AT_ONCE]
        return ZdoStatus.SUCCESS, len(entries), start, told

    def _change_binding(
        self,
        change: Callable[[Binding], ZdoStatus],
        _cluster: int,
        source: Eui64,
        endpoint: int,
        cluster_id: int,
        target: BindingTarget,
        *,
        broadcast: bool,
    ) -> _Values | None:
        if broadcast:
            return None
        binding = _binding(endpoint, cluster_id, target)
        refusal = self._unbindable(source, binding)
        return (change(binding) if refusal is None else refusal,)

    def _bind(self, binding: Binding) -> ZdoStatus:
        if binding not in self._bindings:
            if len(self._bindings) >= _MOST_BINDINGS:
                return ZdoStatus.TABLE_FULL
            self._bindings[binding] = True
        return ZdoStatus.SUCCESS

    def _unbind(self, binding: Binding) -> ZdoStatus:
        is_undone = self._bindings.pop(binding, None) is not None
        return ZdoStatus.SUCCESS if is_undone else ZdoStatus.NO_ENTRY

    def _unbindable(self, source: Eui64, binding: Binding) -> ZdoStatus | None:
        """Say why a binding is none that we can have; None for one that is."""
        if source != self.address:
            return ZdoStatus.NOT_SUPPORTED
        descriptor = self._endpoints.get(binding.endpoint)
        if descriptor is None:
            return ZdoStatus.INVALID_EP
        if not _has_one(descriptor, [binding.cluster_id], [binding.cluster_id]):
            return ZdoStatus.NOT_SUPPORTED
        return None

    def _leave(
        self, _cluster: int, device: Eui64, _options: int, *, broadcast: bool
    ) -> _Values | None:
        if broadcast:
            return None
        for_us = device in {self.address, 0}
        if for_us and self._node.logical_type != LogicalType.COORDINATOR:
            return (ZdoStatus.SUCCESS,)
        return (ZdoStatus.NOT_SUPPORTED,)


def _binding(endpoint: int, cluster_id: int, target: BindingTarget) -> Binding:
    return Binding(endpoint, cluster_id, target.device, target.endpoint, target.group)


def _has_one(endpoint: SimpleDescriptor, servers: Sequence[int], clients: Sequence[int]) -> bool:
    """Say whether one of the clusters is there; who names none is content with the profile."""
    if not servers and not clients:
        return True
    return any(cluster in endpoint.input_clusters for cluster in servers) or any(
        cluster in endpoint.output_clusters for cluster in clients
    )
