"""What a device says of itself, taken once: by it a driver is tried without the device. Pure."""

from collections.abc import Iterator
import json

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.drivers.driver import Driver
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.plain import from_plain
from sebridge.model.values import ABSENT
from sebridge.network.known_device import KnownDevice
from sebridge.zcl.known_clusters import known_name


class EndpointSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint of a device, with the clusters of both sides."""

    endpoint_id: Uint8
    profile_id: Uint16
    device_id: Uint16
    servers: tuple[Uint16, ...]
    clients: tuple[Uint16, ...]


class DeviceSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Who made a device, which product it is, and its endpoints."""

    manufacturer: str
    product: str
    endpoints: tuple[EndpointSnapshot, ...]


def snapshot_of(known: KnownDevice) -> DeviceSnapshot:
    """Return what a device has told of itself so far."""
    return DeviceSnapshot(
        manufacturer=known.manufacturer,
        product=known.model,
        endpoints=tuple(
            EndpointSnapshot(
                endpoint_id=number,
                profile_id=int(descriptor.profile_id),
                device_id=0 if descriptor.device_id is ABSENT else int(descriptor.device_id),
                servers=descriptor.servers,
                clients=descriptor.clients,
            )
            for number, descriptor in sorted(known.simple_descriptors.items())
            if descriptor.profile_id is not ABSENT
        ),
    )


def read_snapshot(text: str) -> DeviceSnapshot:
    """Return the snapshot in a file of JSON; ParameterError says what is wrong with it."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ParameterError("", f"is no JSON: {error}") from error
    found: DeviceSnapshot = from_plain(DeviceSnapshot, document, "snapshot")
    return found


def problems_of(driver: Driver, snapshot: DeviceSnapshot) -> Iterator[str]:
    """Yield what the driver says of the device that its snapshot does not bear out."""
    zigbee = driver.manifest.zigbee
    if snapshot.manufacturer not in zigbee.manufacturerName:
        yield f"manufacturerName has no {snapshot.manufacturer!r}"
    if snapshot.product not in zigbee.productId:
        yield f"productId has no {snapshot.product!r}"
    there = {one.endpoint_id: one for one in snapshot.endpoints}
    for number, endpoint in zigbee.endpoints.items():
        if number not in there:
            yield f"there is no endpoint {number}"
            continue
        for cluster_id in sorted({*endpoint.clusters} - {*there[number].servers}):
            yield f"endpoint {number} does not serve {_named(cluster_id)}"
        sides = {*there[number].servers, *there[number].clients}
        for cluster_id in sorted({*endpoint.bindings} - sides):
            yield f"endpoint {number} does not have {_named(cluster_id)}"


def _named(cluster_id: int) -> str:
    return known_name(cluster_id) or f"0x{cluster_id:04X}"
