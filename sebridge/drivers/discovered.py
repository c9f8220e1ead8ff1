"""A device as discovery sees it, with what its driver says of it."""

from collections.abc import Callable

from msgspec.structs import replace

from sebridge.drivers.driver import Driver, in_language
from sebridge.homeassistant.discovered import (
    DevicePart,
    DiscoveredDevice,
    DiscoveredEndpoint,
    discovered,
)
from sebridge.network.known_device import KnownDevice


def discovered_with(
    driver_of: Callable[[KnownDevice], Driver | None], language: str
) -> Callable[[KnownDevice], DiscoveredDevice | None]:
    """Return what makes a known device what discovery sees; its parts have names in a language."""

    def discover(known: KnownDevice) -> DiscoveredDevice | None:
        device, driver = discovered(known), driver_of(known)
        if device is None or driver is None:
            return device
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
