"""The side of who pays."""

import pytest

from sebridge.base.errors import InvalidFieldError
from sebridge.base.secret import Secret
from sebridge.features.prepayment.client import PrepaymentClient
from sebridge.features.prepayment.records import (
    ConsumerTopUpRecord,
    PublishTopUpLogRecord,
    SelectAvailableEmergencyCreditRecord,
)
from sebridge.features.prepayment.signals import PrepaymentAnswered
from sebridge.gateway.cluster import Sending
from tests.gateway.radio_side import NOW, address, command, peer


def test_a_code_is_sent_as_it_was_entered() -> None:
    outcome = PrepaymentClient(9).top_up(peer(), Secret(b"0123456789"))

    record = ConsumerTopUpRecord(originating_device=2, top_up_code=b"0123456789")
    assert outcome.sendings == (Sending(peer(), record),)


@pytest.mark.parametrize("code", [b"", b"x" * 26])
def test_a_code_that_cannot_be_is_refused_without_telling_it(code: bytes) -> None:
    with pytest.raises(InvalidFieldError, match=r"^a top-up code has 1..25 octets$"):
        PrepaymentClient(9).top_up(peer(), Secret(code))


def test_emergency_credit_is_asked_for_with_the_time() -> None:
    outcome = PrepaymentClient(9, originating_device=0).select_emergency_credit(peer(), NOW)

    record = SelectAvailableEmergencyCreditRecord(command_issue_date_time=NOW, originating_device=0)
    assert outcome.sendings == (Sending(peer(), record),)


def test_whatever_a_meter_publishes_is_told() -> None:
    record = PublishTopUpLogRecord(command_index=0, total_number_of_commands=1, top_ups=())

    outcome = PrepaymentClient(9).receive(command(record))

    assert outcome.signals == (PrepaymentAnswered(address(1), 9, 9, record),)
