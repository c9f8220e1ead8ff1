"""Our words for ZigBee <-> zigpy's, at the border to zigpy and its radio libraries."""

from typing import Final

import zigpy.types as t
from zigpy.zdo import types as zdo_t

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.radio.heard import Heard
from sebridge.zcl.identifiers import ALL_ENDPOINTS
from sebridge.zcl.zdo import NodeDescriptor, SimpleDescriptor

_TO_ALL: Final = (t.AddrMode.Broadcast, t.AddrMode.Group)
_ENCRYPTED: Final = t.TransmitOptions.APS_Encryption.value  # enums are slow to reckon with


def to_zigpy(address: Eui64) -> t.EUI64:
    """Return an address as zigpy has it."""
    return t.EUI64(bytes(address))


def from_zigpy(address: t.EUI64) -> Eui64:
    """Return an address of zigpy's, or an extended PAN ID, as we have it."""
    return Eui64.from_octets(bytes(address))


def key_to_zigpy(key: Secret) -> t.KeyData:
    """Return a key of 16 octets as zigpy has it."""
    return t.KeyData(key.reveal())


def node_to_zigpy(node: NodeDescriptor) -> zdo_t.NodeDescriptor:
    """Return a node descriptor as zigpy has it."""
    return zdo_t.NodeDescriptor.deserialize(bytes(node))[0]


def node_from_zigpy(node: zdo_t.NodeDescriptor) -> NodeDescriptor:
    """Return a node descriptor of zigpy's as we have it."""
    return NodeDescriptor.from_octets(node.serialize())


def endpoint_to_zigpy(endpoint: SimpleDescriptor) -> zdo_t.SimpleDescriptor:
    """Return what an endpoint does as zigpy has it."""
    return zdo_t.SimpleDescriptor.deserialize(bytes(endpoint))[0]


def heard_from(packet: t.ZigbeePacket) -> Heard | None:
    """Take a frame of zigpy's apart; None where its sender has no network address, or no profile.

    No radio library names a sender otherwise; one that starts may not know yet which profile an
    endpoint of ours has.
    """
    source = packet.src
    if source is None or source.addr_mode is not t.AddrMode.NWK or packet.profile_id is None:
        return None
    to_group = packet.dst is not None and packet.dst.addr_mode is t.AddrMode.Group
    return Heard(
        int(source.address),  # type: ignore[arg-type]  # an NWK, as the mode says
        int(packet.profile_id),
        int(packet.cluster_id),
        int(packet.src_ep or 0),
        ALL_ENDPOINTS if to_group else int(packet.dst_ep or 0),
        bytes(packet.data.serialize()),
        bool(packet.tx_options._value_ & _ENCRYPTED),
        packet.dst is not None and packet.dst.addr_mode in _TO_ALL,
        None if packet.lqi is None else int(packet.lqi),
        None if packet.rssi is None else int(packet.rssi),
        int(packet.dst.address) if to_group else None,  # type: ignore[union-attr, arg-type]
    )
