"""News of tunnels."""

from collections.abc import Sequence
from dataclasses import dataclass

from sebridge.base.addresses import Eui64


@dataclass(frozen=True, slots=True)
class TunnelOpened:
    """A tunnel that was asked for is there; for a standard protocol the manufacturer is 0xFFFF."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int
    protocol_id: int
    manufacturer_code: int


@dataclass(frozen=True, slots=True)
class TunnelRefused:
    """A server opens no tunnel, and why."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    status: int


@dataclass(frozen=True, slots=True)
class TunnelData:
    """Octets came through a tunnel."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int
    data: bytes


@dataclass(frozen=True, slots=True)
class TunnelDataLost:
    """The other end of a tunnel had no room for octets of ours."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int


@dataclass(frozen=True, slots=True)
class TunnelClosed:
    """A tunnel is no more: one end closed it, it was idle, or the other end does not know it."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int


@dataclass(frozen=True, slots=True)
class TunnelProtocolsListed:
    """A server told all its protocols, as pairs of manufacturer and protocol."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    protocols: Sequence[tuple[int, int]]
