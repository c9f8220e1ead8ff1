"""Requests about drivers. Own extensions: the reference has no such requests."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.drivers.driver import Driver
from sebridge.drivers.manifest import DriverPart
from sebridge.drivers.snapshot import DeviceSnapshot, snapshot_of
from sebridge.model.values import ABSENT, Absent
from sebridge.network.known_device import KnownDevice
from sebridge.rpc.message import Scope
from sebridge.rpc.method import ZCL_INTERFACE, method


class KnownDrivers(Protocol):
    """The drivers that there are."""

    def __iter__(self) -> Iterator[Driver]:
        """Return all of them."""

    def of_known(self, known: KnownDevice) -> Driver | None:
        """Return that of a device; None for one that has none."""


class KnownDevices(Protocol):
    """The devices that there are."""

    def __iter__(self) -> Iterator[KnownDevice]:
        """Return all of them."""

    def __getitem__(self, device: Eui64) -> KnownDevice:
        """Return one; UnknownDeviceError."""


class ListedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What people take for one device. `key` is empty for the whole of what is in one housing.

    `names` are by language.
    """

    key: str
    names: Mapping[str, str]
    device_class: str
    capabilities: Sequence[str]
    endpoints: Sequence[int]


class ListedDriver(msgspec.Struct, frozen=True, kw_only=True):
    """A driver, by the plug-in that has brought it, if one has.

    `learn_mode` says by language how such a device is made to look for a network. `device_list` are
    the devices that have it.
    """

    driver: str
    plugin: str | Absent = ABSENT
    manufacturer_names: Sequence[str]
    product_ids: Sequence[str]
    learn_mode: Mapping[str, str] | Absent = ABSENT
    part_list: Sequence[ListedPart]
    device_list: Sequence[Eui64]


class ListDriversResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All drivers."""

    driver_list: Sequence[ListedDriver]


class GetDeviceSnapshotResponse(DeviceSnapshot, frozen=True, kw_only=True):
    """What a device has told of itself so far."""


class DriverMethods:
    """Requests about drivers."""

    rpc_interface = ZCL_INTERFACE

    def __init__(self, drivers: KnownDrivers, devices: KnownDevices) -> None:
        self._drivers = drivers
        self._devices = devices

    @method(scope=Scope.READ)
    async def list_drivers(self) -> ListDriversResponse:
        """Return all drivers, in the order in which they are looked through for a device."""
        owned: dict[str, list[Eui64]] = {}
        for known in self._devices:
            driver = self._drivers.of_known(known)
            if driver is not None:
                owned.setdefault(driver.title, []).append(known.eui64)
        listed = [_listed(driver, owned.get(driver.title, ())) for driver in self._drivers]
        return ListDriversResponse(driver_list=listed)

    @method(scope=Scope.READ)
    async def get_device_snapshot(self, device_address: Eui64) -> GetDeviceSnapshotResponse:
        """Return what a device has told of itself: by that a driver is tried without the device."""
        snapshot = snapshot_of(self._devices[device_address])
        return GetDeviceSnapshotResponse(**msgspec.structs.asdict(snapshot))


def _listed(driver: Driver, devices: Sequence[Eui64]) -> ListedDriver:
    zigbee = driver.manifest.zigbee
    return ListedDriver(
        driver=driver.identifier,
        plugin=driver.owner or ABSENT,
        manufacturer_names=zigbee.manufacturerName,
        product_ids=zigbee.productId,
        learn_mode=ABSENT if zigbee.learnmode is None else zigbee.learnmode.instruction,
        part_list=[_part(part) for part in driver.parts],
        device_list=devices,
    )


def _part(part: DriverPart) -> ListedPart:
    return ListedPart(
        key=part.key,
        names=part.name,
        device_class=part.device_class,
        capabilities=sorted(part.capabilities),
        endpoints=part.endpoints,
    )
