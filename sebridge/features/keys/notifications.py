"""What nobody asked for of key establishment: that it came to nothing, and how far joining is."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.keys.signals import DeviceJoining, JoiningStep, KeyEstablishmentFailed
from sebridge.model.values import ABSENT, Absent

JOINING_PROGRESS: Final = "joining_progress"


class FailedKeyEstablishment(msgspec.Struct, frozen=True, kw_only=True):
    """`key_establishment_failed`: no key could be established with a device, and why, in words."""

    device_address: Eui64
    description: str


class JoiningProgress(msgspec.Struct, frozen=True, kw_only=True):
    """`joining_progress`: a device that joins came to a step.

    `percent` is how much is done, where it goes on; `description` why it does not, in words.
    """

    device_address: Eui64
    step: JoiningStep
    percent: int | Absent = ABSENT
    description: str | Absent = ABSENT


def _of_failure(signal: KeyEstablishmentFailed) -> Iterable[FailedKeyEstablishment]:
    return (FailedKeyEstablishment(device_address=signal.device, description=signal.why),)


def _of_joining(signal: DeviceJoining) -> Iterable[JoiningProgress]:
    percent = signal.step.percent
    yield JoiningProgress(
        device_address=signal.device,
        step=signal.step,
        percent=ABSENT if percent is None else percent,
        description=signal.why or ABSENT,
    )


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="key_establishment_failed",
        parameters=FailedKeyEstablishment,
        signal=KeyEstablishmentFailed,
        parameters_of=_of_failure,
    ),
    NotificationType(
        name=JOINING_PROGRESS,
        parameters=JoiningProgress,
        signal=DeviceJoining,
        parameters_of=_of_joining,
    ),
)
