"""What nobody asked for of tunnels: they open, carry octets, lose some, and close."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol, TypeVar

import msgspec

from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.tunneling.signals import (
    TunnelClosed,
    TunnelData,
    TunnelDataLost,
    TunnelOpened,
    TunnelProtocolsListed,
    TunnelRefused,
)


class _Signal(Protocol):
    @property
    def device(self) -> Eui64: ...
    @property
    def endpoint(self) -> int: ...
    @property
    def local_endpoint(self) -> int: ...


S = TypeVar("S", bound=_Signal)


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """Between which endpoints a tunnel is."""

    source_address: Eui64
    source_endpoint_id: int
    destination_endpoint_id: int


class OpenedTunnel(_Place, frozen=True, kw_only=True):
    """`tunnel_opened`: a tunnel is there; a standard protocol has the manufacturer 0xFFFF."""

    tunnel_id: int
    protocol_id: int
    manufacturer_code: int


class RefusedTunnel(_Place, frozen=True, kw_only=True):
    """`tunnel_refused`: a server opens no tunnel, and why.

    `status` is 0x01 where it is busy, 0x02 where it has no more tunnels, 0x03 and 0x04 where it
    lacks the protocol, or its flow control.
    """

    status: int


class ReceivedTunnelData(_Place, frozen=True, kw_only=True):
    """`received_tunnel_data`: octets came through a tunnel."""

    tunnel_id: int
    data: bytes


class LostTunnelData(_Place, frozen=True, kw_only=True):
    """`tunnel_data_lost`: the other end of a tunnel had no room for octets of ours."""

    tunnel_id: int


class ClosedTunnel(_Place, frozen=True, kw_only=True):
    """`tunnel_closed`: one end closed it, it was idle, or the other end does not know it."""

    tunnel_id: int


class TunnelProtocol(msgspec.Struct, frozen=True, kw_only=True):
    """A protocol that a server carries; a standard one has the manufacturer 0xFFFF."""

    manufacturer_code: int
    protocol_id: int


class ReceivedTunnelProtocols(_Place, frozen=True, kw_only=True):
    """`received_tunnel_protocols`: a server told all protocols that it carries."""

    protocols: Sequence[TunnelProtocol]


def _of(
    name: str, signal: type[S], parameters: type[Any], **values: Callable[[S], object]
) -> NotificationType[S]:
    """Declare what is told of a signal: between whom, and these values of it."""

    def parameters_of(news: S) -> Iterable[object]:
        told = parameters(
            source_address=news.device,
            source_endpoint_id=news.endpoint,
            destination_endpoint_id=news.local_endpoint,
            **{key: value(news) for key, value in values.items()},
        )
        return (told,)

    return NotificationType(
        name=name, parameters=parameters, signal=signal, parameters_of=parameters_of
    )


def _protocols(signal: TunnelProtocolsListed) -> Sequence[TunnelProtocol]:
    return [
        TunnelProtocol(manufacturer_code=manufacturer, protocol_id=protocol)
        for manufacturer, protocol in signal.protocols
    ]


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    _of(
        "tunnel_opened",
        TunnelOpened,
        OpenedTunnel,
        tunnel_id=lambda signal: signal.tunnel_id,
        protocol_id=lambda signal: signal.protocol_id,
        manufacturer_code=lambda signal: signal.manufacturer_code,
    ),
    _of("tunnel_refused", TunnelRefused, RefusedTunnel, status=lambda signal: signal.status),
    _of(
        "received_tunnel_data",
        TunnelData,
        ReceivedTunnelData,
        tunnel_id=lambda signal: signal.tunnel_id,
        data=lambda signal: signal.data,
    ),
    _of(
        "tunnel_data_lost",
        TunnelDataLost,
        LostTunnelData,
        tunnel_id=lambda signal: signal.tunnel_id,
    ),
    _of("tunnel_closed", TunnelClosed, ClosedTunnel, tunnel_id=lambda signal: signal.tunnel_id),
    _of(
        "received_tunnel_protocols",
        TunnelProtocolsListed,
        ReceivedTunnelProtocols,
        protocols=_protocols,
    ),
)
