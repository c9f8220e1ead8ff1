"""Have devices do what their drivers want, from when it is known which drivers these are."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
import logging
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.drivers.catalogue import Drivers, DriversChanged, changes_reports
from sebridge.drivers.driver import Driver
from sebridge.gateway.pairing import local_endpoint_for
from sebridge.gateway.reporting.signals import DeviceDoubted
from sebridge.gateway.reporting.watcher import Binder, WantedReports
from sebridge.homeassistant.entity import EntitiesChanged
from sebridge.model.values import ABSENT
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive, DeviceRemoved, DeviceUpdated

_LOGGER = logging.getLogger(__name__)

FIRST_PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 3600.0
"""Seconds after which a device that did not answer is asked again; each pause is twice the last."""

_Place = tuple[Peer, int]
"""An endpoint of a device, and a cluster of it."""


class DriverSetUp(Service):
    """Binds what drivers name, and has devices report as drivers have it.

    `chosen` keeps which driver each device was set up with; hand in what survives. A device whose
    driver is another one from now on is set up once more. What it refuses to bind is not asked for
    again as long as the gateway runs.
    """

    def __init__(
        self,
        drivers: Drivers,
        directory: Directory,
        binder: Binder,
        *,
        has_bound: Callable[[Peer, int, int], bool],
        want_reports: Callable[[Iterable[WantedReports]], object],
        chosen: MutableMapping[Eui64, str],
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._drivers = drivers
        self._directory = directory
        self._has_bound = has_bound
        self._binder = binder
        self._want_reports = want_reports
        self._chosen = chosen
        self._clock = clock
        self._bus = bus
        self._being_bound: set[Eui64] = set()
        self._refused: dict[Eui64, set[_Place]] = {}
        bus.listen(DeviceActive, lambda signal: self._look_at(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self._look_at(signal.device))
        bus.listen(DriversChanged, lambda _signal: self._look_at_all())
        bus.listen(DeviceRemoved, self._on_removed)

    def _look_at_all(self) -> None:
        self._want_reports(self._drivers.reported_besides())
        for known in self._directory:
            self._look_at(known.eui64)

    def _look_at(self, device: Eui64) -> None:
        known = self._directory.get(device)
        driver = None if known is None else self._drivers.of_known(known)
        if known is not None and self._choose(known, driver):
            self._bus.send(EntitiesChanged(device))
        if driver is not None and device not in self._being_bound and self._unbound(device):
            self._being_bound.add(device)
            self.spawn(self._bind_all(device), f"bind what the driver of {device} wants")

    def _choose(self, known: KnownDevice, driver: Driver | None) -> bool:
        """Note which driver a device has; say whether it is another than before."""
        device = known.eui64
        before = self._chosen.get(device)
        now = None if driver is None else f"{driver.title} {driver.digest}"
        if now == before:
            return False
        if now is None:
            del self._chosen[device]
        else:
            self._chosen[device] = now
        self._refused.pop(device, None)
        if before is not None or (driver is not None and changes_reports(driver, known)):
            self._bus.send(DeviceDoubted(device))
        return True

    # ------------------------------------------------------------------ binding

    def _unbound(self, device: Eui64) -> list[_Place]:
        """Return what the driver of a device that is there wants bound, and is not."""
        known, driver = self._directory.get(device), self._drivers.of(device)
        if known is None or driver is None or not self._directory.is_active(device):
            return []
        done = self._refused.get(device, set())
        return [
            place
            for place in _wanted(driver, known)
            if not self._is_bound(*place) and place not in done
        ]

    def _is_bound(self, peer: Peer, cluster_id: int) -> bool:
        return self._has_bound(peer, cluster_id, local_endpoint_for(peer.profile_id))

    async def _bind_all(self, device: Eui64) -> None:
        pause = FIRST_PAUSE
        try:
            while places := self._unbound(device):
                if not await self._bind(places):
                    await self._clock.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
        finally:
            self._being_bound.discard(device)

    async def _bind(self, places: Iterable[_Place]) -> bool:
        """Bind clusters, one after the other; say whether the device answered to all of it."""
        for peer, cluster_id in places:
            try:
                status = await self._binder.bind(
                    peer, cluster_id, local_endpoint_for(peer.profile_id)
                )
            except SebridgeError as error:
                _LOGGER.info("%s did not bind 0x%04X: %s", peer.device, cluster_id, error)
                return False
            if status:
                _LOGGER.info(
                    "%s will not bind 0x%04X: status 0x%02X", peer.device, cluster_id, status
                )
                self._refused.setdefault(peer.device, set()).add((peer, cluster_id))
        return True

    def _on_removed(self, signal: DeviceRemoved) -> None:
        self._refused.pop(signal.device, None)
        self._chosen.pop(signal.device, None)


def _wanted(driver: Driver, known: KnownDevice) -> Iterator[_Place]:
    """Yield the endpoints and clusters of a device that its driver wants bound."""
    for number, descriptor in known.simple_descriptors.items():
        described = driver.manifest.zigbee.endpoints.get(number)
        if described is not None and descriptor.profile_id is not ABSENT:
            peer = Peer(known.eui64, number, int(descriptor.profile_id))
            for cluster_id in described.bindings:
                yield peer, cluster_id
