"""Requests about firmware: which images there are, what devices run, and to update them.

Own extensions: the reference has no such requests.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import RequestError
from sebridge.features.ota.firmware import FirmwareImage, FirmwareStatus
from sebridge.features.ota.image_library import Refusal, Shelf
from sebridge.features.ota.updates import FirmwareUpdate
from sebridge.model.data_types import Uint32, UtcTime
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import ZCL_INTERFACE, method

_AT_ONCE: Final = UtcTime(0)


class Firmware(Protocol):
    """Who has images, and brings them to devices."""

    async def look(self) -> Shelf:
        """Return the images that there are now, and why other files are none."""

    def devices(self) -> list[Eui64]:
        """Return the devices of which there is anything to say."""

    def status(self, device: Eui64) -> FirmwareStatus:
        """Return what there is to say of a device's firmware; UnknownDeviceError."""

    def update_of(self, device: Eui64) -> FirmwareUpdate | None:
        """Return the last update of a device; UnknownDeviceError."""

    async def begin(
        self, device: Eui64, file_version: int | None, *, start: int, run: int, downgrade: bool
    ) -> None:
        """Give a device an image, or tell it to run the one that it has."""

    def abort(self, device: Eui64) -> None:
        """End the update of a device."""


class ListedImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image that can be given to devices. `header_text` and `notes` are its maker's words."""

    name: str
    manufacturer_code: int
    image_type: int
    file_version: int
    image_size: int
    header_text: str
    minimum_hardware_version: int | Absent = ABSENT
    maximum_hardware_version: int | Absent = ABSENT
    notes: str | Absent = ABSENT


class RefusedImage(msgspec.Struct, frozen=True, kw_only=True):
    """A file, or an entry of the index, that is not offered, and why."""

    name: str
    reason: str


class ListFirmwareImagesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The images that there are, and what is none of them."""

    image_list: Sequence[ListedImage]
    refused_list: Sequence[RefusedImage]


class ListedUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """What a device runs, what it could run, and its last update.

    `state` is scheduled, waiting, offered, downloading, loaded, installing, done, failed or
    aborted, `percent` how much of the image the device has, `reason` why the update failed. Times
    are seconds since 2000; `upgrade_time` 0 is as soon as the device has all of the image,
    0xFFFFFFFF when it is told so.
    """

    source_address: Eui64
    installed_version: int | None
    latest_version: int | None
    state: str | Absent = ABSENT
    percent: int | Absent = ABSENT
    reason: str | Absent = ABSENT
    name: str | Absent = ABSENT
    file_version: int | Absent = ABSENT
    start_time: UtcTime | Absent = ABSENT
    upgrade_time: UtcTime | Absent = ABSENT


class GetFirmwareUpdatesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The devices that have told which firmware they run, or were given some."""

    update_list: Sequence[ListedUpdate]


class UpdateFirmwareResponse(ListedUpdate, frozen=True, kw_only=True):
    """The update that was begun, or goes on."""


class AbortFirmwareUpdateResponse(ListedUpdate, frozen=True, kw_only=True):
    """The update that was ended."""


class FirmwareMethods:
    """Requests about firmware; `firmware` is None for a gateway that offers none."""

    rpc_interface = ZCL_INTERFACE

    def __init__(self, firmware: Firmware | None) -> None:
        self._firmware = firmware

    @method(scope=Scope.READ)
    async def list_firmware_images(self) -> ListFirmwareImagesResponse:
        """Look into ota.directory and ota.index again; return the images, and why others are none.

        Sends nothing to devices.
        """
        shelf = await self._needed().look()
        return ListFirmwareImagesResponse(
            image_list=[_listed(image) for image in shelf.images],
            refused_list=[_refused(refusal) for refusal in shelf.refusals],
        )

    @method(scope=Scope.READ)
    async def get_firmware_updates(
        self, destination_address: Eui64 | Absent = ABSENT
    ) -> GetFirmwareUpdatesResponse:
        """Return what devices run, what there is for them, and how far their updates are.

        Of one device, or of all that have told which firmware they run. Sends nothing.
        """
        firmware = self._needed()
        meant = firmware.devices() if destination_address is ABSENT else [destination_address]
        return GetFirmwareUpdatesResponse(
            update_list=[ListedUpdate(**_told(firmware, device)) for device in meant]
        )

    @method
    async def update_firmware(
        self,
        destination_address: Eui64,
        file_version: Uint32 | Absent = ABSENT,
        start_time: UtcTime = _AT_ONCE,
        upgrade_time: UtcTime = _AT_ONCE,
        *,
        downgrade: bool = False,
    ) -> UpdateFirmwareResponse:
        """Give a device an image: the newest that is for it, or that of file_version.

        It takes it from start_time on, and runs it at upgrade_time: 0 is as soon as it has all of
        it, 0xFFFFFFFF when this is called again for it, with another time. Both lie at most 31 days
        ahead. An older version than it runs is given only with downgrade. How far it is comes by
        notifications.
        """
        firmware = self._needed()
        await firmware.begin(
            destination_address,
            None if file_version is ABSENT else int(file_version),
            start=start_time,
            run=upgrade_time,
            downgrade=downgrade,
        )
        return UpdateFirmwareResponse(**_told(firmware, destination_address))

    @method
    async def abort_firmware_update(
        self, destination_address: Eui64
    ) -> AbortFirmwareUpdateResponse:
        """End the update of a device; it hears of it when it asks for the next part.

        One that was told to run its image cannot be called back.
        """
        firmware = self._needed()
        firmware.abort(destination_address)
        return AbortFirmwareUpdateResponse(**_told(firmware, destination_address))

    def _needed(self) -> Firmware:
        if self._firmware is None:
            raise RequestError("a display has no firmware for others")
        return self._firmware


def _listed(image: FirmwareImage) -> ListedImage:
    header, limits = image.header, image.limits
    lowest, highest = header.hardware or (limits.lowest_hardware, limits.highest_hardware)
    return ListedImage(
        name=image.name,
        manufacturer_code=header.manufacturer_code,
        image_type=header.image_type,
        file_version=header.file_version,
        image_size=header.size,
        header_text=header.text,
        minimum_hardware_version=ABSENT if lowest is None else lowest,
        maximum_hardware_version=ABSENT if highest is None else highest,
        notes=image.notes or ABSENT,
    )


def _refused(refusal: Refusal) -> RefusedImage:
    return RefusedImage(name=refusal.name, reason=refusal.reason)


def _told(firmware: Firmware, device: Eui64) -> dict[str, Any]:
    status, update = firmware.status(device), firmware.update_of(device)
    told: dict[str, Any] = {
        "source_address": device,
        "installed_version": status.installed,
        "latest_version": status.latest,
    }
    if update is not None:
        told |= {
            "state": status.state,
            "percent": ABSENT if status.percent is None else status.percent,
            "reason": status.reason or ABSENT,
            "name": update.image.name,
            "file_version": update.image.file_version,
            "start_time": update.start,
            "upgrade_time": update.run,
        }
    return told
