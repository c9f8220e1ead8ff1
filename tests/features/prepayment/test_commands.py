"""The commands of the Prepayment cluster on the wire."""

from hypothesis import given, strategies as st
import pytest

from sebridge.features.prepayment.commands import (
    PublishTopUpLogRecord,
    SelectAvailableEmergencyCreditRecord,
)
from sebridge.features.prepayment.records import Prepayment
from sebridge.zcl.record import Record, decode
from tests.zcl.wire import commands, records, shown

RECORDS = [command.schema for _, command in commands(Prepayment)]


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
def test_every_record_survives_the_air(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))

    assert decode(kind, record.serialize()) == record


@pytest.mark.parametrize(
    ("payload", "given_fields"),
    [("805e9216 02", 2), ("805e9216 02 0131", 3), ("805e9216 02 0131 0132", 4)],
)
def test_emergency_credit_is_asked_for_as_in_se_1_1_and_1_2(
    payload: str, given_fields: int
) -> None:
    octets = bytes.fromhex(payload)

    record = decode(SelectAvailableEmergencyCreditRecord, octets)

    assert len(shown(record)) == given_fields
    assert record.serialize() == octets


def test_the_log_of_top_ups_runs_to_the_end_of_the_frame() -> None:
    record = decode(
        PublishTopUpLogRecord, bytes.fromhex("00 01 02c0de e8030000 805e9216 00 ffffffff 00000000")
    )

    assert shown(record)["top_ups"] == [
        {"top_up_code": "c0de", "top_up_amount": 1000, "top_up_time": 378691200},
        {"top_up_code": "", "top_up_amount": -1, "top_up_time": 0},
    ]
