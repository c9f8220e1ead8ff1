"""A device as discovery sees it, with what its driver says of it."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from sebridge.drivers.driver import Driver, in_language
from sebridge.homeassistant.discovered import (
    DevicePart,
    DiscoveredDevice,
    DiscoveredEndpoint,
    discovered,
)
from sebridge.network.known_device import KnownDevice
from sebridge.zcl.identifiers import HA_PROFILE

_LIGHT_LINK_PROFILE: Final = 0xC05E
_KINDS: Final[Mapping[int, Mapping[int, str]]] = {
    HA_PROFILE: {
        **dict.fromkeys((0x0100, 0x0101, 0x0102, 0x010C, 0x010D), "light"),
        0x0202: "windowcoverings",
    },
    _LIGHT_LINK_PROFILE: dict.fromkeys((0x0000, 0x0100, 0x0200, 0x0210, 0x0220), "light"),
}
"""What the kinds of devices of these profiles are, as drivers call it.

Source: ZigBee Home Automation and ZigBee Light Link profiles, the tables of device identifiers.
"""


def discovered_with(
    driver_of: Callable[[KnownDevice], Driver | None], language: str
) -> Callable[[KnownDevice], DiscoveredDevice | None]:
    """Return what makes a known device what discovery sees; its parts have names in a language."""

    def discover(known: KnownDevice) -> DiscoveredDevice | None:
        device, driver = discovered(known), driver_of(known)
        if device is None:
            return None
        if driver is None:
            return replace(device, endpoints=tuple(map(_by_itself, device.endpoints)))
        there = {endpoint.number for endpoint in device.endpoints}
        return replace(
            device,
            endpoints=tuple(_described(driver, endpoint) for endpoint in device.endpoints),
            parts=tuple(
                DevicePart(part.key, in_language(part.name, language), part.endpoints)
                for part in driver.parts
                if part.key and there.intersection(part.endpoints)
            ),
        )

    return discover


def _by_itself(endpoint: DiscoveredEndpoint) -> DiscoveredEndpoint:
    """Return an endpoint as what it says that it is."""
    kinds = _KINDS.get(endpoint.profile_id, {})
    return replace(endpoint, device_class=kinds.get(endpoint.device_id))


def _described(driver: Driver, endpoint: DiscoveredEndpoint) -> DiscoveredEndpoint:
    """Return an endpoint as the driver has it; one of which it says nothing can do nothing."""
    part = driver.part_at(endpoint.number)
    if part is None:
        return replace(endpoint, device_class="other", capabilities=frozenset())
    described = driver.manifest.zigbee.endpoints[endpoint.number]
    return replace(
        endpoint,
        device_class=part.device_class,
        capabilities=part.capabilities,
        bound=endpoint.clients.intersection(described.bindings),
    )
