"""News of tunnels."""

from collections.abc import Sequence

import msgspec

from sebridge.base.addresses import Eui64


class TunnelOpened(msgspec.Struct, frozen=True):
    """A tunnel that was asked for is there; for a standard protocol the manufacturer is 0xFFFF."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int
    protocol_id: int
    manufacturer_code: int


class TunnelRefused(msgspec.Struct, frozen=True):
    """A server opens no tunnel, and why."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    status: int


class TunnelData(msgspec.Struct, frozen=True):
    """Octets came through a tunnel."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int
    data: bytes


class TunnelDataLost(msgspec.Struct, frozen=True):
    """The other end of a tunnel had no room for octets of ours."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int


class TunnelClosed(msgspec.Struct, frozen=True):
    """A tunnel is no more: one end closed it, it was idle, or the other end does not know it."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int


class TunnelProtocolsListed(msgspec.Struct, frozen=True):
    """A server told all its protocols, as pairs of manufacturer and protocol."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    protocols: Sequence[tuple[int, int]]
