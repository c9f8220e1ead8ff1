"""What a user says to a message."""

import pytest

from sebridge.base.errors import InvalidFieldError
from sebridge.features.messaging.answer import Answer, confirmation_of
from sebridge.features.messaging.records import DisplayMessageRecord, MessageConfirmationRecord
from tests.gateway.radio_side import NOW


def message(control: int) -> DisplayMessageRecord:
    return DisplayMessageRecord(
        message_id=1, message_control=control, duration_in_minutes=5, message=""
    )


def test_without_an_answer_a_confirmation_is_plain() -> None:
    plain = MessageConfirmationRecord(message_id=1, confirmation_time=NOW)

    assert confirmation_of(message(0xA0), NOW, None) == plain


@pytest.mark.parametrize(("yes", "control"), [(True, 2), (False, 1), (None, 0)])
def test_an_answer_is_yes_or_no_or_text(*, yes: bool | None, control: int) -> None:
    confirmation = confirmation_of(message(0xA0), NOW, Answer(yes, "text"))

    assert confirmation.message_confirmation_control == control
    assert confirmation.message_confirmation_response == "text"


@pytest.mark.parametrize(("control", "text"), [(0x80, ""), (0xA0, "ü" * 11)])
def test_an_answer_that_is_too_long_or_not_wanted_is_refused(control: int, text: str) -> None:
    with pytest.raises(InvalidFieldError):
        confirmation_of(message(control), NOW, Answer(yes=True, text=text))
