"""What a device answers about itself: its ZDO server, for the gateway and for simulated devices.

Pure: octets in, octets out. Field order and status values are those of zigpy's ZDO types, which
follow the ZigBee Device Profile.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import zigpy.types as t
from zigpy.zdo.types import (
    CLUSTERS,
    AddrRequestType,
    LogicalType,
    MultiAddress,
    NodeDescriptor,
    SimpleDescriptor,
    Status,
    ZDOCmd,
)

from sebridge.base.addresses import Eui64
from sebridge.radio.zigpy_words import from_zigpy

ANSWER: Final = 0x8000
"""The bit that tells an answer's cluster from its question's."""
ANY_PROFILE: Final = 0xFFFF
_EVERYBODY: Final = frozenset({0xFFFC, 0xFFFD, 0xFFFF})
_NO_NWK: Final = 0xFFFF
_HIGHEST_ENDPOINT: Final = 0xF0
_MOST_BINDINGS: Final = 64
_EUI64_ADDRESS: Final = 0x03  # address mode of a binding's destination
_MAINS_POWERED: Final = b"\x10\xc1"  # always on; mains available, mains in use, at 100 %
_UNANSWERED: Final = frozenset({ZDOCmd.Device_annce, ZDOCmd.Parent_annce})


class ZdoAnswer(NamedTuple):
    """What to send back, from endpoint 0 to endpoint 0 in profile 0."""

    cluster_id: int
    data: bytes

    @property
    def status(self) -> int:
        """The ZDO status that the answer carries."""
        return self.data[1]


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a cluster of ours sends what it has to tell: a device's endpoint, or a group."""

    endpoint: int
    cluster_id: int
    device: Eui64 | None = None
    device_endpoint: int | None = None
    group: int | None = None


def node_descriptor(
    logical_type: LogicalType = LogicalType.Router,
    manufacturer_code: int = 0,
    *,
    is_sleepy: bool = False,
) -> NodeDescriptor:
    """Return the descriptor of a device on 2.4 GHz: on the mains and always listening, or not."""
    flags = NodeDescriptor.MACCapabilityFlags
    capabilities = flags.AllocateAddress
    if not is_sleepy:
        capabilities |= flags.FullFunctionDevice | flags.MainsPowered | flags.RxOnWhenIdle
    return NodeDescriptor(
        logical_type=logical_type,
        complex_descriptor_available=0,
        user_descriptor_available=0,
        reserved=0,
        aps_flags=0,
        frequency_band=NodeDescriptor.FrequencyBand.Freq2400MHz,
        mac_capability_flags=capabilities,
        manufacturer_code=manufacturer_code,
        maximum_buffer_size=82,
        maximum_incoming_transfer_size=255,
        server_mask=0,
        maximum_outgoing_transfer_size=255,
        descriptor_capability_field=NodeDescriptor.DescriptorCapability.NONE,
    )


class ZdoServer:
    """Answer questions about one device: its addresses, its descriptors, its bindings.

    `bindings` is the device's binding table, kept by whoever hands it in. What cannot be parsed
    is counted in `malformed`. Only a device that is no coordinator may be told to leave.
    """

    def __init__(
        self,
        address: Eui64,
        endpoints: Iterable[SimpleDescriptor],
        node: NodeDescriptor,
        bindings: MutableMapping[Binding, bool],
        nwk: int = 0xFFFE,
    ) -> None:
        self.nwk = nwk
        self.malformed = 0
        self._address = address
        self._octets = bytes(address)
        self._endpoints: Mapping[int, SimpleDescriptor] = {e.endpoint: e for e in endpoints}
        self._node = node
        self._bindings = bindings
        self._services: Mapping[int, Callable[..., bytes | None]] = {
            ZDOCmd.NWK_addr_req: self._nwk_address,
            ZDOCmd.IEEE_addr_req: self._ieee_address,
            ZDOCmd.Node_Desc_req: self._node_descriptor,
            ZDOCmd.Power_Desc_req: self._power_descriptor,
            ZDOCmd.Simple_Desc_req: self._simple_descriptor,
            ZDOCmd.Active_EP_req: self._active_endpoints,
            ZDOCmd.Match_Desc_req: self._match_descriptor,
            ZDOCmd.Bind_req: self._bind,
            ZDOCmd.Unbind_req: self._unbind,
            ZDOCmd.Mgmt_Leave_req: self._leave,
        }

    def offer(self, endpoints: Iterable[SimpleDescriptor]) -> None:
        """Tell of these endpoints from now on; the bindings of those that are gone go with them."""
        before, self._endpoints = self._endpoints, {e.endpoint: e for e in endpoints}
        gone = before.keys() - self._endpoints.keys()
        for binding in [binding for binding in self._bindings if binding.endpoint in gone]:
            del self._bindings[binding]

    def describe(self, node: NodeDescriptor) -> None:
        """Tell that the device is this from now on."""
        self._node = node

    def answer(self, cluster_id: int, data: bytes, *, broadcast: bool) -> ZdoAnswer | None:
        """Return what to send back to who asked; None when nothing is to be said.

        A question that is not ours to answer is refused when it was for us alone, and met with
        silence when it was for everybody.
        """
        if not 0 <= cluster_id < ANSWER or cluster_id in _UNANSWERED:
            return None
        if not data:
            self.malformed += 1
            return None
        body = self._body(cluster_id, data, broadcast=broadcast)
        return None if body is None else ZdoAnswer(cluster_id | ANSWER, data[:1] + body)

    def _body(self, cluster_id: int, data: bytes, *, broadcast: bool) -> bytes | None:
        service = self._services.get(cluster_id)
        if service is None:
            return None if broadcast else bytes((Status.NOT_SUPPORTED,))
        if broadcast and self._is_about_another(cluster_id, data):
            return None
        try:
            read, _ignored = t.deserialize(data[1:], CLUSTERS[ZDOCmd(cluster_id)][1])
            fields = [from_zigpy(one) if isinstance(one, t.EUI64) else one for one in read]
        except (ValueError, KeyError, OverflowError):
            self.malformed += 1
            return None if broadcast else self._refusal(cluster_id, Status.INV_REQUESTTYPE)
        return service(cluster_id, *fields, broadcast=broadcast)

    def _is_about_another(self, cluster_id: int, data: bytes) -> bool:
        """Sort out the commonest broadcast early: it reaches every device of a large network."""
        return cluster_id == ZDOCmd.NWK_addr_req and data[1:9] != self._octets

    def _refusal(self, cluster_id: int, status: Status, nwk: int | None = None) -> bytes:
        """Return a negative answer with the fields that this kind of answer always has."""
        about = _on_air(self.nwk if nwk is None else nwk)
        if cluster_id in (ZDOCmd.NWK_addr_req, ZDOCmd.IEEE_addr_req):
            return bytes((status,)) + self._octets + about
        if cluster_id in (ZDOCmd.Node_Desc_req, ZDOCmd.Power_Desc_req):
            return bytes((status,)) + about
        if cluster_id in (ZDOCmd.Simple_Desc_req, ZDOCmd.Active_EP_req, ZDOCmd.Match_Desc_req):
            return bytes((status,)) + about + b"\x00"
        return bytes((status,))

    def _not_us(self, cluster_id: int, nwk: int, *, broadcast: bool) -> bytes | None:
        """Refuse to speak for another device; we keep no cache of other devices' descriptors."""
        if broadcast:
            return None
        end_device = self._node.logical_type == LogicalType.EndDevice
        status = Status.INV_REQUESTTYPE if end_device else Status.DEVICE_NOT_FOUND
        return self._refusal(cluster_id, status, nwk)

    def _about_us(self, status: Status = Status.SUCCESS) -> bytes:
        return bytes((status,)) + _on_air(self.nwk)

    # ------------------------------------------------------------------ addresses

    def _nwk_address(
        self, _cluster: int, device: Eui64, kind: int, _start: int, **_how: bool
    ) -> bytes:
        if device != self._address:  # broadcasts about others have been sorted out before
            unknown = bytes(device) + _on_air(_NO_NWK)
            return bytes((Status.DEVICE_NOT_FOUND,)) + unknown
        return self._addresses(kind)

    def _ieee_address(
        self, cluster: int, nwk: int, kind: int, _start: int, *, broadcast: bool
    ) -> bytes | None:
        if nwk != self.nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        return self._addresses(kind)

    def _addresses(self, kind: int) -> bytes:
        if kind not in (AddrRequestType.Single, AddrRequestType.Extended):
            return self._refusal(ZDOCmd.NWK_addr_req, Status.INV_REQUESTTYPE)
        no_children = b"\x00" if kind == AddrRequestType.Extended else b""
        return bytes((Status.SUCCESS,)) + self._octets + _on_air(self.nwk) + no_children

    # ------------------------------------------------------------------ descriptors

    def _node_descriptor(self, cluster: int, nwk: int, *, broadcast: bool) -> bytes | None:
        if nwk != self.nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        return self._about_us() + self._node.serialize()

    def _power_descriptor(self, cluster: int, nwk: int, *, broadcast: bool) -> bytes | None:
        if nwk != self.nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        return self._about_us() + _MAINS_POWERED

    def _active_endpoints(self, cluster: int, nwk: int, *, broadcast: bool) -> bytes | None:
        if nwk != self.nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        return self._about_us() + bytes((len(self._endpoints), *self._endpoints))

    def _simple_descriptor(
        self, cluster: int, nwk: int, endpoint: int, *, broadcast: bool
    ) -> bytes | None:
        if nwk != self.nwk:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        if not 1 <= endpoint <= _HIGHEST_ENDPOINT:
            return self._refusal(cluster, Status.INVALID_EP)
        if endpoint not in self._endpoints:
            return self._refusal(cluster, Status.NOT_ACTIVE)
        octets = self._endpoints[endpoint].serialize()
        return self._about_us() + bytes((len(octets),)) + octets

    def _match_descriptor(
        self, cluster: int, nwk: int, profile: int, *wanted: list[int], broadcast: bool
    ) -> bytes | None:
        if nwk != self.nwk and nwk not in _EVERYBODY:
            return self._not_us(cluster, nwk, broadcast=broadcast)
        servers, clients = wanted
        matching = [
            number
            for number, endpoint in self._endpoints.items()
            if profile in (endpoint.profile, ANY_PROFILE) and _has_one(endpoint, servers, clients)
        ]
        if broadcast and not matching:
            return None
        return self._about_us() + bytes((len(matching), *matching))

    # ------------------------------------------------------------------ bindings, leaving

    def _bind(self, _cluster: int, *fields: Any, broadcast: bool) -> bytes | None:
        if broadcast:
            return None
        binding, status = self._binding(*fields)
        if status is Status.SUCCESS and binding not in self._bindings:
            if len(self._bindings) >= _MOST_BINDINGS:
                return bytes((Status.TABLE_FULL,))
            self._bindings[binding] = True
        return bytes((status,))

    def _unbind(self, _cluster: int, *fields: Any, broadcast: bool) -> bytes | None:
        if broadcast:
            return None
        binding, status = self._binding(*fields)
        if status is Status.SUCCESS and self._bindings.pop(binding, None) is None:
            return bytes((Status.NO_ENTRY,))
        return bytes((status,))

    def _binding(
        self, source: Eui64, endpoint: int, cluster_id: int, destination: MultiAddress
    ) -> tuple[Binding, Status]:
        """Return the binding, and whether it is one that we can have."""
        if destination.addrmode == _EUI64_ADDRESS:
            device, device_endpoint = from_zigpy(destination.ieee), int(destination.endpoint)
            binding = Binding(int(endpoint), int(cluster_id), device, device_endpoint)
        else:
            binding = Binding(int(endpoint), int(cluster_id), group=int(destination.nwk))
        if source != self._address:
            return binding, Status.NOT_SUPPORTED
        descriptor = self._endpoints.get(endpoint)
        if descriptor is None:
            return binding, Status.INVALID_EP
        if not _has_one(descriptor, [cluster_id], [cluster_id]):
            return binding, Status.NOT_SUPPORTED
        return binding, Status.SUCCESS

    def _leave(
        self, _cluster: int, device: Eui64, _options: int, *, broadcast: bool
    ) -> bytes | None:
        if broadcast:
            return None
        for_us = device in {self._address, 0}
        if for_us and self._node.logical_type != LogicalType.Coordinator:
            return bytes((Status.SUCCESS,))
        return bytes((Status.NOT_SUPPORTED,))


def _on_air(nwk: int) -> bytes:
    return nwk.to_bytes(2, "little")


def _has_one(endpoint: SimpleDescriptor, servers: list[int], clients: list[int]) -> bool:
    """Say whether one of the clusters is there; who names none is content with the profile."""
    if not servers and not clients:
        return True
    return any(cluster in endpoint.input_clusters for cluster in servers) or any(
        cluster in endpoint.output_clusters for cluster in clients
    )
