"""Which firmware a device runs, which image fits it, and which of these is the newest. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from sebridge.features.ota.image import Checksum, ImageHeader
from sebridge.model.data_types import Uint8, Uint16, Uint32

NO_VERSION: Final = 0xFFFFFFFF
"""What a device tells as its file version that has none."""


def shown_version(version: int) -> str:
    """Return a file version as people see it."""
    return f"0x{version:08x}"


class DeviceFirmware(msgspec.Struct, frozen=True, kw_only=True):
    """What a device has told of its firmware, and which endpoint of its did.

    `hardware_version` is None while it has not told that.
    """

    endpoint: Uint8
    profile_id: Uint16
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    hardware_version: Uint16 | None = None


class FirmwareStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say of a device's firmware.

    Versions are None where the device has told none. `latest` is that of the image which it is
    given or could be, else its own; `notes` are the maker's words on that. `state` is one of
    UpdateState, None where there was no update; `percent` is how much of the image it has, and
    `reason` why it failed.
    """

    installed: int | None
    latest: int | None
    notes: str = ""
    state: str | None = None
    percent: int | None = None
    reason: str = ""


class ImageRef(msgspec.Struct, frozen=True, kw_only=True):
    """An image that a device is given: what its requests name, its size, its file.

    `name` is that of the file below its directory, `sha512` the hash in hex by which the file is
    known again.
    """

    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    size: Uint32
    name: str
    sha512: str


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """For which devices an image is, as the index says: None and nothing are no limit.

    The hardware and the file version that a device has must be in these, both ends included, and
    its model and the name of its maker among these.
    """

    lowest_hardware: int | None = None
    highest_hardware: int | None = None
    lowest_version: int | None = None
    highest_version: int | None = None
    models: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()


NO_LIMITS: Final = Limits()


class FirmwareImage(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was checked. `notes` are the maker's words on it, from the index."""

    name: str
    checksum: Checksum
    header: ImageHeader
    limits: Limits = NO_LIMITS
    notes: str = ""

    @property
    def ref(self) -> ImageRef:
        """What is kept of it for a device that is given it."""
        header = self.header
        return ImageRef(
            manufacturer_code=header.manufacturer_code,
            image_type=header.image_type,
            file_version=header.file_version,
            size=header.size,
            name=self.name,
            sha512=self.checksum.digest,
        )

    def misfit(self, device: DeviceFirmware, model: str = "", maker: str = "") -> str | None:
        """Return why it is not for a device; None for one that it fits.

        A device that has not told its hardware fits no image that is for some hardware only.
        """
        return next(self._misfits(device, model, maker), None)

    def _misfits(self, device: DeviceFirmware, model: str, maker: str) -> Iterator[str]:
        header, limits = self.header, self.limits
        if header.manufacturer_code != device.manufacturer_code:
            yield f"it is of manufacturer 0x{header.manufacturer_code:04x}"
        if header.image_type != device.image_type:
            yield f"it is of image type 0x{header.image_type:04x}"
        hardware = device.hardware_version
        ranges = [
            (limits.lowest_hardware, limits.highest_hardware),
            header.hardware or (None, None),
        ]
        for lowest, highest in ranges:
            if not _is_within(hardware, lowest, highest):
                told = "not told" if hardware is None else str(hardware)
                yield f"it is for hardware {_shown(lowest, highest)}, and the device's is {told}"
        lowest, highest = limits.lowest_version, limits.highest_version
        if not _is_within(device.file_version, lowest, highest):
            yield f"it is for devices that run file version {_shown(lowest, highest)}"
        if limits.models and model not in limits.models:
            yield f"it is for models {', '.join(limits.models)}"
        if limits.makers and maker not in limits.makers:
            yield f"it is for devices of {', '.join(limits.makers)}"


def newest(
    images: Iterable[FirmwareImage], device: DeviceFirmware, model: str = "", maker: str = ""
) -> FirmwareImage | None:
    """Return the newest image that fits a device, if that is newer than what the device runs."""
    installed = -1 if device.file_version == NO_VERSION else device.file_version
    return max(
        (
            image
            for image in images
            if image.header.file_version > installed and image.misfit(device, model, maker) is None
        ),
        key=lambda image: image.header.file_version,
        default=None,
    )


def _is_within(value: int | None, lowest: int | None, highest: int | None) -> bool:
    if lowest is None and highest is None:
        return True
    if value is None:
        return False
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def _shown(lowest: int | None, highest: int | None) -> str:
    if lowest is None:
        return f"up to {highest}"
    return f"from {lowest} on" if highest is None else f"{lowest} to {highest}"
