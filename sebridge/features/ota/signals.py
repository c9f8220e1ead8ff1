"""News of the firmware of devices."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.features.ota.firmware import FirmwareStatus
from sebridge.network.peer import Peer


class FirmwareTold(msgspec.Struct, frozen=True):
    """A device told which firmware it runs, and it is not what it told before."""

    device: Eui64


class UpdateChanged(msgspec.Struct, frozen=True):
    """The update of a device went on.

    It `is_news` when its state is another one, or it is ten per cent further.
    """

    device: Eui64
    is_news: bool = True


class VersionDue(msgspec.Struct, frozen=True):
    """A device is to be asked which firmware it runs: it should have another one by now."""

    peer: Peer


class FirmwareChanged(msgspec.Struct, frozen=True):
    """There is something else to say of a device's firmware; `is_news` is that of UpdateChanged."""

    device: Eui64
    status: FirmwareStatus
    is_news: bool = False
