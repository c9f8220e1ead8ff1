"""What a user says to a message: rule MSG-7. Pure."""

import msgspec

from sebridge.base.errors import InvalidFieldError
from sebridge.features.messaging.records import (
    ANSWER_NO,
    ANSWER_YES,
    ENHANCED_CONFIRMATION,
    LONGEST_ANSWER,
    DisplayMessageRecord,
    MessageConfirmationRecord,
)


class Answer(msgspec.Struct, frozen=True):
    """Yes, no or neither (None), and up to 20 octets of text."""

    yes: bool | None = None
    text: str = ""


def confirmation_of(
    message: DisplayMessageRecord, now: int, answer: Answer | None
) -> MessageConfirmationRecord:
    """Return the confirmation of a message.

    Raises InvalidFieldError for an answer where the message asks only to be confirmed, and for one
    that is too long.
    """
    plain = MessageConfirmationRecord(message_id=message.message_id, confirmation_time=now)
    if answer is None:
        return plain
    if not message.message_control & ENHANCED_CONFIRMATION:
        raise InvalidFieldError("the message asks for no answer, only to be confirmed")
    if len(answer.text.encode()) > LONGEST_ANSWER:
        raise InvalidFieldError(f"an answer has at most {LONGEST_ANSWER} octets of UTF-8")
    control = {None: 0, False: ANSWER_NO, True: ANSWER_YES}[answer.yes]
    return plain.replace(
        message_confirmation_control=control, message_confirmation_response=answer.text
    )
