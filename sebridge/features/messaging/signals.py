"""News of displays of messages."""

from dataclasses import dataclass, field

from sebridge.base.addresses import Eui64
from sebridge.features.messaging.records import MessageConfirmationRecord


@dataclass(frozen=True, slots=True)
class MessageConfirmed:
    """A display's user confirmed a message."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    record: MessageConfirmationRecord
    server: bool = field(default=True, init=False)
