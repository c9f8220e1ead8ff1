"""Bills, payments and CO2 in the Price cluster on the wire."""

import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.price.billing_records import (
    GetBillingPeriodRecord,
    GetCo2ValueRecord,
    GetConsolidatedBillRecord,
    GetCurrencyConversionRecord,
    PublishCreditPaymentRecord,
    PublishCurrencyConversionRecord,
)
from sebridge.zcl.record import Record, decode
from tests.zcl.wire import shown


@pytest.mark.parametrize(
    "kind", [GetCo2ValueRecord, GetBillingPeriodRecord, GetConsolidatedBillRecord]
)
@pytest.mark.parametrize("payload", ["00000000 ffffffff 02", "00000000 ffffffff 02 01"])
def test_the_kind_of_tariff_may_be_left_off(kind: type[Record], payload: str) -> None:
    octets = bytes.fromhex(payload)

    assert decode(kind, octets).serialize() == octets


def test_all_events_are_asked_for_unless_an_identifier_is_given() -> None:
    record = GetCo2ValueRecord(earliest_start_time=0, number_of_commands=0)

    assert record.serialize() == bytes.fromhex("00000000 ffffffff 00")


def test_the_reference_of_a_payment_is_kept_in_octets() -> None:
    payload = bytes.fromhex("01000000 02000000 805e9216 e8030000 01 d0070000 805e9216 04 00ff1234")

    record = decode(PublishCreditPaymentRecord, payload)

    assert shown(record)["credit_payment_ref"] == "00ff1234"
    assert record.serialize() == payload


def test_a_change_of_currency_has_32_flags() -> None:
    payload = bytes.fromhex("01000000 02000000 805e9216 d203 4803 10270000 40 05000080")

    record = decode(PublishCurrencyConversionRecord, payload)

    assert shown(record)["currency_change_control_flags"] == 0x80000005
    with pytest.raises(DecodeError, match="currency_change_control_flags"):
        decode(PublishCurrencyConversionRecord, payload[:-1])


def test_a_question_without_fields_is_empty() -> None:
    assert GetCurrencyConversionRecord().serialize() == b""
