"""What nobody asked for of Basic: an endpoint of ours was put back."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.basic.signals import FactoryReset


class ReceivedFactoryReset(msgspec.Struct, frozen=True, kw_only=True):
    """`received_factory_reset`: a device put an endpoint of ours back to its factory defaults."""

    source_address: Eui64
    destination_endpoint_id: int


def _of_reset(signal: FactoryReset) -> Iterable[ReceivedFactoryReset]:
    return (
        ReceivedFactoryReset(
            source_address=signal.device, destination_endpoint_id=signal.local_endpoint
        ),
    )


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="received_factory_reset",
        parameters=ReceivedFactoryReset,
        signal=FactoryReset,
        parameters_of=_of_reset,
    ),
)
