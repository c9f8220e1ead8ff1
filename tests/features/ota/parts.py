"""Updates, and what devices say while they are updated."""

from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.features.ota.firmware import DeviceFirmware, FirmwareImage, ImageRef
from sebridge.features.ota.image import Checksum, read_image
from sebridge.features.ota.records import (
    ImageBlockRequestRecord,
    QueryNextImageRecord,
    QueryNextImageResponseRecord,
    UpgradeEndRequestRecord,
)
from sebridge.features.ota.updates import FirmwareUpdate, FirmwareUpdates, Pacing
from sebridge.gateway.cluster import Outcome
from tests.features.ota.files import element, file_of
from tests.gateway.radio_side import address, peer

FILE = file_of(contents=element(138))  # 200 octets
FIRMWARE = DeviceFirmware(
    endpoint=9, profile_id=0x0109, manufacturer_code=0x1234, image_type=7, file_version=1
)
_NAMED: Any = {"manufacturer_code": 0x1234, "image_type": 7, "file_version": 2}
DEVICE = address(1)


def image_of(data: bytes = FILE, name: str = "meter.ota", **more: Any) -> FirmwareImage:
    """Return an image as it is found in a folder."""
    return FirmwareImage(name=name, checksum=Checksum.of(data), header=read_image(data), **more)


IMAGE: ImageRef = image_of().ref


def updates_of(
    *,
    block_period: int = 100,
    at_once: int = 2,
    firmware: dict[Eui64, DeviceFirmware] | None = None,
    kept: dict[Eui64, FirmwareUpdate] | None = None,
    offered: bool = False,
    longest_frame: int = 82,
) -> FirmwareUpdates:
    """Return the updates of a house of nine devices, with the contents of their image."""
    known = {address(number): FIRMWARE for number in range(1, 10)}
    updates = FirmwareUpdates(
        known if firmware is None else firmware,
        {} if kept is None else kept,
        pacing=Pacing(block_period=block_period, at_once=at_once),
        knows=lambda device: device in known,
        is_offered_more=lambda _device, _told: offered,
        longest_frame=lambda: longest_frame,
    )
    updates.contents[IMAGE.sha512] = FILE
    return updates


def begun(updates: FirmwareUpdates, now: int, number: int = 1, run: int = 0) -> Outcome:
    """Give a device its image; return what is done for that."""
    updates.begin(address(number), IMAGE, start=0, run=run, now=now)
    return updates.advance(now)


def query(number: int = 1, **more: Any) -> tuple[Any, QueryNextImageRecord]:
    """Return who asks for the next image, and how."""
    return peer(number), QueryNextImageRecord(**_NAMED | {"file_version": 1} | more)


def block(offset: int = 0, number: int = 1, **more: Any) -> tuple[Any, ImageBlockRequestRecord]:
    """Return who asks for a part, and how."""
    asked: Any = {"file_offset": offset, "maximum_data_size": 64} | more
    return peer(number), ImageBlockRequestRecord(**_NAMED | asked)


def end(status: int = 0, number: int = 1, **more: Any) -> tuple[Any, UpgradeEndRequestRecord]:
    """Return who says that it has all of its image, or not, and how."""
    return peer(number), UpgradeEndRequestRecord(**_NAMED | {"status": status} | more)


def offer(size: int = len(FILE)) -> QueryNextImageResponseRecord:
    """Return what a server says that has the image."""
    return QueryNextImageResponseRecord(status=0, **_NAMED, image_size=size)
