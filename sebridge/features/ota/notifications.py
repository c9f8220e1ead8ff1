"""What nobody asked for of OTA Upgrade: how updates come on."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.ota.signals import FirmwareChanged
from sebridge.model.values import ABSENT, Absent


class FirmwareUpdateChanged(msgspec.Struct, frozen=True, kw_only=True):
    """`firmware_update_changed`: an update has another state, or is ten per cent further.

    `state` and `percent` are those of get_firmware_updates, `reason` tells why it failed.
    """

    source_address: Eui64
    state: str
    percent: int | Absent = ABSENT
    installed_version: int | None
    latest_version: int | None
    reason: str | Absent = ABSENT


def _of_change(signal: FirmwareChanged) -> Iterable[FirmwareUpdateChanged]:
    status = signal.status
    if not signal.is_news or status.state is None:
        return
    yield FirmwareUpdateChanged(
        source_address=signal.device,
        state=status.state,
        percent=ABSENT if status.percent is None else status.percent,
        installed_version=status.installed,
        latest_version=status.latest,
        reason=status.reason or ABSENT,
    )


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="firmware_update_changed",
        parameters=FirmwareUpdateChanged,
        signal=FirmwareChanged,
        parameters_of=_of_change,
    ),
)
