"""Messaging cluster 0x0703: ZigBee Smart Energy Profile 1.x, annex D."""

from typing import ClassVar, Final

from sebridge.model.data_types import Text, Uint8, Uint16, Uint32, UtcTime
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import MESSAGING

CONFIRMATION_REQUIRED: Final = 0x80
ENHANCED_CONFIRMATION: Final = 0x20  # SE 1.2: the user answers yes or no, or with a text
CONFIRMED_ALREADY: Final = 0x01  # bit of extended_message_control
ANSWER_NO: Final = 0x01  # bits of message_confirmation_control
ANSWER_YES: Final = 0x02
LONGEST_ANSWER: Final = 20  # octets of UTF-8 in message_confirmation_response
INTER_PAN_ONLY: Final = 0x02
TRANSMISSION_BITS: Final = 0x03


class DisplayMessageRecord(Record):
    """A message for the displays of the home.

    `message_control`: bits 0-1 transmission, 2-3 importance, bit 7 confirmation required.
    """

    message_id: Uint32 = 0  # zero: the gateway that is to publish it assigns one
    message_control: Uint8 = 0
    start_time: UtcTime = 0  # zero means now
    duration_in_minutes: Uint16
    message: Text
    extended_message_control: Uint8 | None = None


class CancelledMessageRecord(DisplayMessageRecord):
    """A message that was taken back, and stays on display until the user confirms just that.

    `cancel_message_control` is the control octet of the cancellation; it is never sent.
    """

    RECORD_NAME: ClassVar = "DisplayMessageRecord"

    cancel_message_control: Uint8 | None = None


class CancelMessageRecord(Record):
    """Take a message back."""

    message_id: Uint32
    message_control: Uint8 = 0


class GetLastMessageRecord(Record):
    """Ask for the message on display."""


class MessageConfirmationRecord(Record):
    """A user confirmed a message, or its cancellation."""

    message_id: Uint32
    confirmation_time: UtcTime = 0  # stamped when made
    message_confirmation_control: Uint8 | None = None
    message_confirmation_response: Text | None = None


class GetMessageCancellationRecord(Record):
    """Ask for the last cancellation of all messages (SE 1.2)."""

    earliest_implementation_time: UtcTime


class DisplayProtectedMessageRecord(DisplayMessageRecord):
    """A message that a display shows only to who knows its PIN (SE 1.2, MSG-10)."""


class CancelAllMessagesRecord(Record):
    """Take all messages back at a time (SE 1.2)."""

    implementation_date_time: UtcTime


MESSAGING_CLUSTER: Final = ClusterDefinition(
    MESSAGING,
    "messaging",
    from_client=(
        (0x00, "get_last_message", GetLastMessageRecord),
        (0x01, "message_confirmation", MessageConfirmationRecord),
        (0x02, "get_message_cancellation", GetMessageCancellationRecord),
    ),
    from_server=(
        (0x00, "display_message", DisplayMessageRecord),
        (0x01, "cancel_message", CancelMessageRecord),
        (0x02, "display_protected_message", DisplayProtectedMessageRecord),
        (0x03, "cancel_all_messages", CancelAllMessagesRecord),
    ),
)
