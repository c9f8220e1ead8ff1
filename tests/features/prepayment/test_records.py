"""The table of the Prepayment cluster, and its commands on the wire."""

from hypothesis import given, strategies as st
import pytest

from sebridge.features.prepayment.records import (
    PREPAYMENT_CLUSTER,
    PublishTopUpLogRecord,
    SelectAvailableEmergencyCreditRecord,
)
from sebridge.model.record import Record
from sebridge.zcl.identifiers import SE_PROFILE, needs_link_key
from tests.zcl.wire import kinds, records, shown

RECORDS = kinds(PREPAYMENT_CLUSTER)


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
def test_every_record_survives_the_air(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))

    assert kind.deserialize(record.serialize()) == record


@pytest.mark.parametrize(
    ("payload", "given_fields"),
    [("805e9216 02", 2), ("805e9216 02 0131", 3), ("805e9216 02 0131 0132", 4)],
)
def test_emergency_credit_is_asked_for_as_in_se_1_1_and_1_2(
    payload: str, given_fields: int
) -> None:
    octets = bytes.fromhex(payload)

    record = SelectAvailableEmergencyCreditRecord.deserialize(octets)

    assert len(shown(record)) == given_fields
    assert record.serialize() == octets


def test_the_log_of_top_ups_runs_to_the_end_of_the_frame() -> None:
    octets = bytes.fromhex("00 01 02c0de e8030000 805e9216 00 ffffffff 00000000")

    record = PublishTopUpLogRecord.deserialize(octets)

    assert shown(record)["top_ups"] == [
        {"top_up_code": "c0de", "top_up_amount": 1000, "top_up_time": 378691200},
        {"top_up_code": "", "top_up_amount": -1, "top_up_time": 0},
    ]


# ------------------------------------------------------------------ the table


def test_the_cluster_needs_a_link_key() -> None:
    assert PREPAYMENT_CLUSTER.cluster_id == 0x0705
    assert needs_link_key(SE_PROFILE, PREPAYMENT_CLUSTER.cluster_id)


def test_every_command_has_its_identifier_once_for_each_side() -> None:
    sides = {
        from_server: [
            command.command_id
            for command in PREPAYMENT_CLUSTER.commands
            if command.from_server == from_server
        ]
        for from_server in (False, True)
    }

    assert sides == {False: [0x00, *range(0x02, 0x0D)], True: [0x01, 0x02, 0x03, 0x05, 0x06]}


def test_the_one_mandatory_attribute_is_there_by_pre_1() -> None:
    attributes = PREPAYMENT_CLUSTER.attributes(of_server=True)

    assert attributes[0x0000].name == "payment_control_configuration"
