"""Messaging cluster 0x0703: ZigBee Smart Energy Profile 1.x, annex D."""

from typing import Final

import zigpy.types as t
from zigpy.zcl import Cluster
from zigpy.zcl.foundation import BaseCommandDefs

from sebridge.zcl.record import Record, Text, command, field

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

    message_id: t.uint32_t
    message_control: t.uint8_t = field(0)
    start_time: t.UTCTime = field(0)  # zero means now
    duration_in_minutes: t.uint16_t
    message: Text
    extended_message_control: t.uint8_t = field(optional=True)


class CancelledMessageRecord(DisplayMessageRecord):
    """A message that was taken back, and stays on display until the user confirms just that.

    `cancel_message_control` is the control octet of the cancellation; it is never sent.
    """

    RECORD_NAME = "DisplayMessageRecord"

    cancel_message_control: t.uint8_t = field(optional=True)


class CancelMessageRecord(Record):
    """Take a message back."""

    message_id: t.uint32_t
    message_control: t.uint8_t = field(0)


class GetLastMessageRecord(Record):
    """Ask for the message on display."""


class MessageConfirmationRecord(Record):
    """A user confirmed a message, or its cancellation."""

    message_id: t.uint32_t
    confirmation_time: t.UTCTime = field(0)  # stamped when made
    message_confirmation_control: t.uint8_t = field(optional=True)
    message_confirmation_response: Text = field(optional=True)


class GetMessageCancellationRecord(Record):
    """Ask for the last cancellation of all messages (SE 1.2)."""

    earliest_implementation_time: t.UTCTime


class DisplayProtectedMessageRecord(DisplayMessageRecord):
    """A message that a display shows only to who knows its PIN (SE 1.2, MSG-10)."""


class CancelAllMessagesRecord(Record):
    """Take all messages back at a time (SE 1.2)."""

    implementation_date_time: t.UTCTime


class Messaging(Cluster):
    """Command table of the Messaging cluster."""

    cluster_id = t.uint16_t(0x0703)
    ep_attribute = "messaging"
    aps_encryption = True

    class ServerCommandDefs(BaseCommandDefs):
        """What a client sends."""

        get_last_message: Final = command(0x00, GetLastMessageRecord)
        message_confirmation: Final = command(0x01, MessageConfirmationRecord)
        get_message_cancellation: Final = command(0x02, GetMessageCancellationRecord)

    class ClientCommandDefs(BaseCommandDefs):
        """What the server sends."""

        display_message: Final = command(0x00, DisplayMessageRecord)
        cancel_message: Final = command(0x01, CancelMessageRecord)
        display_protected_message: Final = command(0x02, DisplayProtectedMessageRecord)
        cancel_all_messages: Final = command(0x03, CancelAllMessagesRecord)
