"""The prepayment meter's side."""

import pytest

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.prepayment.account import Account, PrepaidAccount, Terms
from sebridge.features.prepayment.records import (
    ChangePaymentModeRecord,
    ConsumerTopUpRecord,
    ConsumerTopUpResponseRecord,
    GetTopUpLogRecord,
)
from sebridge.features.prepayment.server import PrepaymentServer
from sebridge.gateway.cluster import Outcome
from tests.gateway.radio_side import NOW, command


def server(account: Account | None = None) -> PrepaymentServer:
    accounts = {} if account is None else {"account": account}
    return PrepaymentServer(PrepaidAccount("account", Terms(), lambda _code: 5, accounts, {}))


def test_every_attribute_can_be_read() -> None:
    attributes = server().attributes

    values = {number: attributes.read(number).value for number, _ in attributes.types()}

    assert values == {
        0x0000: 2,
        0x0001: 0,
        0x0002: 0,
        0x0010: 0,
        0x0011: 0,
        0x0021: 0x7FFFFFFF,
        0x0022: 0x7FFFFFFF,
        0x0040: 0,
    }


def test_credit_below_zero_is_told_as_none_where_there_is_no_sign() -> None:
    meter = server(Account(credit=-20))

    outcome = meter.receive(command(ConsumerTopUpRecord(originating_device=2, top_up_code=b"1")))

    assert outcome.answers == (
        ConsumerTopUpResponseRecord(
            result_type=0, top_up_value=5, source_of_top_up=2, credit_remaining=0
        ),
    )
    assert meter.attributes.read(0x0001).value == -15


def test_what_is_due_begins() -> None:
    meter = server()
    change = ChangePaymentModeRecord(
        provider_id=1,
        issuer_event_id=1,
        implementation_date_time=NOW + 9,
        proposed_payment_control_configuration=1,
        cut_off_value=0,
    )
    meter.receive(command(change))

    due = meter.next_change(NOW)
    outcome = meter.advance(NOW + 9)

    assert (due, outcome, meter.next_change(NOW + 9)) == (NOW + 9, Outcome(), None)
    assert meter.attributes.read(0x0000).value == 1


def test_books_that_are_not_kept_are_no_command() -> None:
    with pytest.raises(UnsupportedCommandError):
        server().receive(command(GetTopUpLogRecord(latest_end_time=0, number_of_records=0)))
