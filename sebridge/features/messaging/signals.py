"""News of displays of messages."""

from dataclasses import dataclass

import zigpy.types as t

from sebridge.features.messaging.records import MessageConfirmationRecord


@dataclass(frozen=True, slots=True)
class MessageConfirmed:
    """A display's user confirmed a message."""

    device: t.EUI64
    endpoint: int
    local_endpoint: int
    record: MessageConfirmationRecord
