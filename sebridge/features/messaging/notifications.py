"""What nobody asked for of messages: who confirmed one, what servers tell, and is on display."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sebridge.api.events import received, undelivered, updated_active
from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.messaging.records import (
    CancelAllMessagesRecord,
    CancelMessageRecord,
    DisplayMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.zcl.identifiers import MESSAGING


class ReceivedMessageConfirmation(msgspec.Struct, frozen=True, kw_only=True):
    """`received_message_confirmation`: a user has confirmed a message, or its cancellation."""

    source_address: Eui64
    source_endpoint_id: int
    cluster_id: int = MESSAGING
    destination_endpoint_id: int
    record: MessageConfirmationRecord


def _of_confirmation(signal: MessageConfirmed) -> Iterable[ReceivedMessageConfirmation]:
    told = ReceivedMessageConfirmation(
        source_address=signal.device,
        source_endpoint_id=signal.endpoint,
        destination_endpoint_id=signal.local_endpoint,
        record=signal.record,
    )
    return (told,)


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="received_message_confirmation",
        parameters=ReceivedMessageConfirmation,
        signal=MessageConfirmed,
        parameters_of=_of_confirmation,
    ),
    received("received_message_event", DisplayMessageRecord),
    received("received_message_cancel_event", CancelMessageRecord),
    received("received_message_cancel_all_events", CancelAllMessagesRecord),
    updated_active(
        "updated_active_message_events", DisplayMessageRecord, MESSAGING, kept_as="message"
    ),
    undelivered("message", MESSAGING),
)
