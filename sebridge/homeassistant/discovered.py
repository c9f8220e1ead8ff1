"""What discovery needs to know of the gateway and of its devices."""

from collections.abc import Sequence
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.printable import printable
from sebridge.model.values import ABSENT
from sebridge.network.known_device import KnownDevice
from sebridge.zcl import digi
from sebridge.zcl.identifiers import DEVICE_NAMES, SE_PROFILE

_LONGEST_TEXT: Final = 64


class GatewayFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who the gateway is. What is not known is empty."""

    name: str  # [a-z0-9_-]+
    version: str
    radio: str = ""  # ezsp, xbee, znp or simulated
    firmware: str = ""
    address: str = ""


class DevicePart(msgspec.Struct, frozen=True):
    """A part that is shown as a device of its own. `key` is part of its identifier."""

    key: str
    name: str
    endpoints: tuple[int, ...]


class DiscoveredEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint of a device, from its simple descriptor.

    `device_class` is what its driver says that it is, or else what it says itself; `capabilities`
    are what its driver says that it can do, None where it has no driver.
    `bound` are the clusters whose commands it sends to us, as its driver has it.
    """

    number: int
    profile_id: int
    device_id: int
    servers: frozenset[int]
    clients: frozenset[int]
    device_class: str | None = None
    capabilities: frozenset[str] | None = None
    bound: frozenset[int] = frozenset()


class DiscoveredDevice(msgspec.Struct, frozen=True, kw_only=True):
    """One device. Its texts come over the air: they are cut to 64 printable characters.

    One that is not of the ZigBee network has a `branch`: the topic below which it is told of, and
    where its `availability` stands. `parts` are shown as devices of their own.
    """

    eui64: Eui64
    name: str
    manufacturer: str
    model: str
    hardware: str
    software: str
    endpoints: tuple[DiscoveredEndpoint, ...]
    branch: str | None = None
    parts: tuple[DevicePart, ...] = ()


def discovered(known: KnownDevice) -> DiscoveredDevice | None:
    """Return a known device as discovery sees it; None before it told of any endpoint."""
    endpoints = tuple(
        DiscoveredEndpoint(
            number=number,
            profile_id=int(descriptor.profile_id),
            device_id=0 if descriptor.device_id is ABSENT else int(descriptor.device_id),
            servers=frozenset(descriptor.servers),
            clients=frozenset(descriptor.clients),
        )
        for number, descriptor in sorted(known.simple_descriptors.items())
        if descriptor.profile_id is not ABSENT
    )
    if not endpoints:
        return None
    return DiscoveredDevice(
        eui64=known.eui64,
        name=_clean(known.name) or _kind(endpoints),
        manufacturer=_clean(known.manufacturer),
        model=_clean(known.model),
        hardware=_clean(known.hardware or ""),
        software=_clean(known.software or ""),
        endpoints=endpoints,
    )


def _kind(endpoints: Sequence[DiscoveredEndpoint]) -> str:
    """Return what to call a device that has no name."""
    if any(endpoint.profile_id == digi.PROFILE for endpoint in endpoints):
        return "XBee"
    kinds = (DEVICE_NAMES.get(e.device_id) for e in endpoints if e.profile_id == SE_PROFILE)
    return (next((kind for kind in kinds if kind), None) or "device").capitalize()


def _clean(text: str) -> str:
    return printable(text).strip()[:_LONGEST_TEXT]
