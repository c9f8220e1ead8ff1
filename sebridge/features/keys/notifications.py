"""What nobody asked for of key establishment: that it came to nothing."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.keys.signals import KeyEstablishmentFailed


class FailedKeyEstablishment(msgspec.Struct, frozen=True, kw_only=True):
    """`key_establishment_failed`: no key could be established with a device, and why, in words."""

    device_address: Eui64
    description: str


def _of_failure(signal: KeyEstablishmentFailed) -> Iterable[FailedKeyEstablishment]:
    return (FailedKeyEstablishment(device_address=signal.device, description=signal.why),)


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="key_establishment_failed",
        parameters=FailedKeyEstablishment,
        signal=KeyEstablishmentFailed,
        parameters_of=_of_failure,
    ),
)
