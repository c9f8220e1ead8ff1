"""Have images at hand for devices that ask for them, learn what devices run, and tell of it."""

import asyncio
from collections.abc import Iterable
import logging
from typing import Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.computing import Compute
from sebridge.base.errors import ParameterError, RequestError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.ota.firmware import (
    DeviceFirmware,
    FirmwareImage,
    FirmwareStatus,
    newest,
    shown_version,
)
from sebridge.features.ota.image_library import EMPTY, ImageLibrary, Shelf
from sebridge.features.ota.records import ASK_NOW, NOT_YET
from sebridge.features.ota.signals import (
    FirmwareChanged,
    FirmwareTold,
    UpdateChanged,
    VersionDue,
)
from sebridge.features.ota.updates import FirmwareUpdate, FirmwareUpdates, UpdateState
from sebridge.gateway.cluster import LocalCluster, Outcome, Sending
from sebridge.gateway.pairing import local_endpoint_for
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.gateway.router import Router
from sebridge.model.values import ABSENT
from sebridge.network.identities import IdentitiesChanged
from sebridge.network.known_device import KnownDevice
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive, DeviceRemoved, DeviceUpdated, KeyEstablished
from sebridge.schedule.runner import ScheduleRunner
from sebridge.zcl.identifiers import OTA_UPGRADE

_LOGGER = logging.getLogger(__name__)

CURRENT_FILE_VERSION: Final = 0x0002
MANUFACTURER_ID: Final = 0x0007
IMAGE_TYPE_ID: Final = 0x0008

_TOLD: Final = (CURRENT_FILE_VERSION, MANUFACTURER_ID, IMAGE_TYPE_ID)


class Devices(Protocol):
    """What is known of devices."""

    def __getitem__(self, device: Eui64) -> KnownDevice:
        """Return what is known of a device; UnknownDeviceError."""

    def get(self, device: Eui64) -> KnownDevice | None:
        """Return what is known of a device, None for an unknown one."""


class FirmwareService(Service):
    """Brings images to devices, as people want it. `server` is on all endpoints that do so."""

    def __init__(
        self,
        library: ImageLibrary,
        updates: FirmwareUpdates,
        server: LocalCluster,
        *,
        devices: Devices,
        router: Router,
        runner: ScheduleRunner,
        clock: Clock,
        compute: Compute,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._library = library
        self._updates = updates
        self._server = server
        self._devices = devices
        self._router = router
        self._reader = RemoteReader(router.exchange)
        self._runner = runner
        self._clock = clock
        self._compute = compute
        self._bus = bus
        self._shelf = EMPTY
        self._looking = asyncio.Lock()
        self._fetching = asyncio.Lock()
        bus.listen(UpdateChanged, self._on_change)
        bus.listen(FirmwareTold, lambda signal: self._tell(signal.device))
        bus.listen(VersionDue, lambda signal: self._ask(signal.peer))
        bus.listen(DeviceActive, lambda signal: self._on_active(signal.device))
        bus.listen(KeyEstablished, lambda signal: self._on_active(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self._on_updated(signal.device))
        bus.listen(IdentitiesChanged, lambda signal: self._tell_all(signal.devices))
        bus.listen(DeviceRemoved, lambda signal: updates.forget(signal.device))

    @override
    async def start(self) -> None:
        """Look what there is, and go on with what was under way."""
        await super().start()
        self.spawn(self._begin(), "look for images")

    async def _begin(self) -> None:
        await self.look()
        self._tell_all(self._updates.devices())
        await self._fetch()

    # ------------------------------------------------------------------ images

    async def look(self) -> Shelf:
        """Return the images that there are now, and why other files are none."""
        async with self._looking:
            before, self._shelf = self._shelf, await self._compute(self._library.look, self._shelf)
        if before.images != self._shelf.images:
            self._tell_all(self._updates.devices())
        return self._shelf

    def offer_for(self, device: Eui64, firmware: DeviceFirmware) -> FirmwareImage | None:
        """Return the newest image that a device could be given; None where it needs none."""
        known = self._devices.get(device)
        model, maker = ("", "") if known is None else (known.model, known.manufacturer)
        kind = (firmware.manufacturer_code, firmware.image_type)
        return newest(self._shelf.kinds.get(kind, ()), firmware, model, maker)

    async def _fetch(self) -> None:
        """Have the files at hand that devices may ask for parts of, and no others."""
        async with self._fetching:
            contents, needed = self._updates.contents, self._updates.needed()
            for sha512 in contents.keys() - needed.keys():
                del contents[sha512]
            for sha512 in needed.keys() - contents.keys():
                try:
                    contents[sha512] = await self._compute(self._library.octets, needed[sha512])
                except RequestError as error:
                    _LOGGER.warning("firmware %s: %s", needed[sha512].name, error)
                    self.carry_out(self._updates.fail_image(sha512, str(error), self._now))

    # ------------------------------------------------------------------ what people want

    def status(self, device: Eui64) -> FirmwareStatus:
        """Return what there is to say of a device's firmware; UnknownDeviceError."""
        known = self._devices[device]
        firmware, update = self._updates.firmware_of(device), self._updates.update_of(device)
        offer = None if firmware is None else self.offer_for(known.eui64, firmware)
        installed = None if firmware is None else firmware.file_version
        latest = installed if offer is None else offer.header.file_version
        if update is not None and not update.is_over:
            latest = update.image.file_version
        return FirmwareStatus(
            installed=installed,
            latest=latest,
            notes="" if offer is None else offer.notes,
            state=None if update is None else update.state.value,
            percent=self._updates.percent_of(device),
            reason="" if update is None else update.reason,
        )

    def devices(self) -> list[Eui64]:
        """Return the devices of which there is anything to say."""
        return [device for device in self._updates.devices() if self._devices.get(device)]

    def update_of(self, device: Eui64) -> FirmwareUpdate | None:
        """Return the last update of a device; UnknownDeviceError."""
        return self._updates.update_of(self._devices[device].eui64)

    async def begin(
        self, device: Eui64, file_version: int | None, *, start: int, run: int, downgrade: bool
    ) -> None:
        """Give a device an image: the newest that fits it, or that of a file version.

        It begins at `start` and is to be run at `run`, seconds since 2000; NOT_YET is when somebody
        says so. A device that waits with its image for that is told to run it. ParameterError,
        RefusedError, UnknownDeviceError.
        """
        known, before = self._devices[device], self._updates.update_of(device)
        if before is not None and _waits(before, file_version) and run != NOT_YET:
            self.carry_out(self._updates.release(device, run, self._now))
            return
        firmware = self._updates.firmware_of(device)
        if firmware is None:
            if known.simple_descriptors and _client_of(known) is None:
                raise RequestError(
                    f"{device} takes no firmware: none of its endpoints has the client of OTA"
                    f" Upgrade (0x{OTA_UPGRADE:04X})"
                )
            self._ask_again(known)
            raise RequestError(f"{device} has not told yet which firmware it runs")
        await self.look()
        image = self._chosen(known, firmware, file_version, downgrade=downgrade)
        now = self._now
        self.carry_out(self._updates.begin(device, image.ref, start=start, run=run, now=now))

    def abort(self, device: Eui64) -> None:
        """End the update of a device; RefusedError where there is none that can be ended."""
        self.carry_out(self._updates.abort(self._devices[device].eui64, self._now))

    def _chosen(
        self,
        known: KnownDevice,
        firmware: DeviceFirmware,
        file_version: int | None,
        *,
        downgrade: bool,
    ) -> FirmwareImage:
        if not self._library.is_configured:
            raise RequestError("there are no images: neither ota.directory nor ota.index is set")
        if file_version is None:
            image = self.offer_for(known.eui64, firmware)
            if image is None:
                raise RequestError(f"there is no newer image for {known.eui64}")
            return image
        problem = f"there is no image of version {shown_version(file_version)}"
        for image in self._shelf.images:
            if image.header.file_version == file_version:
                misfit = image.misfit(firmware, known.model, known.manufacturer)
                if misfit is None:
                    _check_direction(file_version, firmware.file_version, downgrade=downgrade)
                    return image
                problem = f"{image.name} is not for {known.eui64}: {misfit}"
        raise ParameterError("file_version", problem)

    # ------------------------------------------------------------------ what devices run

    def _on_active(self, device: Eui64) -> None:
        known, update = self._devices.get(device), self._updates.update_of(device)
        is_installing = update is not None and update.state is UpdateState.INSTALLING
        if known is not None and (is_installing or self._updates.firmware_of(device) is None):
            self._ask_again(known)

    def _ask_again(self, known: KnownDevice) -> None:
        peer = _client_of(known)
        if peer is not None:
            self._ask(peer)

    def _ask(self, peer: Peer) -> None:
        self.spawn(self._learn(peer), f"ask {peer.device} which firmware it runs")

    async def _learn(self, peer: Peer) -> None:
        """Ask a device which firmware it runs; have one that does not say ask for an image."""
        local = local_endpoint_for(peer.profile_id)
        try:
            found = await self._reader.read(peer, OTA_UPGRADE, local, _TOLD, to_server=False)
        except SebridgeError as error:
            _LOGGER.debug("%s did not tell which firmware it runs: %s", peer.device, error)
            return
        told = {attribute: value.value for attribute, _, value in found if value is not None}
        if not all(isinstance(told.get(attribute), int) for attribute in _TOLD):
            self.carry_out(Outcome(sendings=(Sending(peer, ASK_NOW),)))
            return
        firmware = DeviceFirmware(
            endpoint=peer.endpoint,
            profile_id=peer.profile_id,
            manufacturer_code=told[MANUFACTURER_ID],
            image_type=told[IMAGE_TYPE_ID],
            file_version=told[CURRENT_FILE_VERSION],
        )
        self.carry_out(self._updates.learn(peer.device, firmware, self._now))

    # ------------------------------------------------------------------ what is done

    def carry_out(self, outcome: Outcome) -> None:
        """Tell what happened, and send each device what is for it, from the endpoint it knows."""
        for signal in outcome.signals:
            self._bus.send(signal)
        for sending in outcome.sendings:
            endpoint = self._router.endpoints[local_endpoint_for(sending.peer.profile_id)]
            self._router.carry_out(endpoint, self._server, Outcome(sendings=(sending,)))

    def _on_change(self, signal: UpdateChanged) -> None:
        self._runner.wake()
        if self._updates.needed().keys() != self._updates.contents.keys():
            self.spawn(self._fetch(), "fetch images")
        self._tell(signal.device, is_news=signal.is_news)

    def _on_updated(self, device: Eui64) -> None:
        """Tell it again: another model may be given another image."""
        if self._updates.firmware_of(device) is not None:
            self._tell(device)

    def _tell_all(self, devices: Iterable[Eui64]) -> None:
        for device in devices:
            self._tell(device)

    def _tell(self, device: Eui64, *, is_news: bool = False) -> None:
        if self._devices.get(device) is not None:
            self._bus.send(FirmwareChanged(device, self.status(device), is_news))

    @property
    def _now(self) -> int:
        return zigbee_time(self._clock.utc())


def _client_of(known: KnownDevice) -> Peer | None:
    """Return the first endpoint of a device that takes firmware; None where none does."""
    for endpoint, descriptor in known.simple_descriptors.items():
        if descriptor.profile_id is not ABSENT and OTA_UPGRADE in descriptor.clients:
            return Peer(known.eui64, endpoint, int(descriptor.profile_id))
    return None


def _waits(update: FirmwareUpdate, file_version: int | None) -> bool:
    """Say whether a device waits to be told to run the image that is meant."""
    is_meant = file_version in {None, update.image.file_version}
    return is_meant and update.state is UpdateState.LOADED


def _check_direction(wanted: int, installed: int, *, downgrade: bool) -> None:
    if wanted == installed:
        raise ParameterError("file_version", "the device runs it already")
    if wanted < installed and not downgrade:
        problem = f"is older than {shown_version(installed)}, which the device runs"
        raise ParameterError("file_version", f"{problem}; downgrade allows it")
