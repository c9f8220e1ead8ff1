"""What nobody asked for of Identify: who is to show itself, and who does."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.identify.signals import IdentifyAnswered, Identifying


class ReceivedIdentify(msgspec.Struct, frozen=True, kw_only=True):
    """`received_identify`: an endpoint of ours is to show itself for so many seconds; 0 ends it."""

    destination_endpoint_id: int
    identify_time: int


class ReceivedIdentifyQueryResponse(msgspec.Struct, frozen=True, kw_only=True):
    """`received_identify_query_response`: a device shows itself for so many more seconds."""

    source_address: Eui64
    source_endpoint_id: int
    identify_time: int


def _of_request(signal: Identifying) -> Iterable[ReceivedIdentify]:
    return (
        ReceivedIdentify(
            destination_endpoint_id=signal.local_endpoint, identify_time=signal.seconds
        ),
    )


def _of_answer(signal: IdentifyAnswered) -> Iterable[ReceivedIdentifyQueryResponse]:
    return (
        ReceivedIdentifyQueryResponse(
            source_address=signal.device,
            source_endpoint_id=signal.endpoint,
            identify_time=signal.seconds,
        ),
    )


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="received_identify",
        parameters=ReceivedIdentify,
        signal=Identifying,
        parameters_of=_of_request,
    ),
    NotificationType(
        name="received_identify_query_response",
        parameters=ReceivedIdentifyQueryResponse,
        signal=IdentifyAnswered,
        parameters_of=_of_answer,
    ),
)
