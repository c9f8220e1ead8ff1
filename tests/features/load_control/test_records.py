"""The Demand Response and Load Control cluster on the wire."""

import contextlib
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.load_control.records import (
    LOAD_CONTROL_CLUSTER,
    EventStatus,
    GetScheduledEventsRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
    event_status_word,
    problem_of,
)
from sebridge.model.record import Record
from tests.zcl.wire import kinds, records, shown, vectors, wanted

RECORDS = kinds(LOAD_CONTROL_CLUSTER)


@pytest.mark.parametrize(("kind", "payload", "fields"), vectors(LOAD_CONTROL_CLUSTER))
def test_a_wire_vector_decodes_to_its_fields_and_encodes_back(
    kind: type[Record], payload: bytes, fields: dict[str, Any]
) -> None:
    record = kind.deserialize(payload)

    assert shown(record) == wanted(record, fields)
    assert record.serialize() == payload


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
def test_every_record_survives_the_air(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))

    assert kind.deserialize_with_rest(record.serialize()) == (record, b"")


@pytest.mark.parametrize("kind", RECORDS)
@given(payload=st.binary(max_size=100))
def test_any_octets_decode_or_are_refused(kind: type[Record], payload: bytes) -> None:
    with contextlib.suppress(DecodeError):
        assert isinstance(kind.deserialize(payload), kind)


EVENT = LoadControlEventRecord(issuer_event_id=7, duration_in_minutes=60)


def test_an_event_has_the_defaults_of_the_rpc_reference() -> None:
    assert EVENT.device_class == 0x0FFF
    assert EVENT.criticality_level == 1
    assert EVENT.event_control == 3
    assert EVENT.cooling_temperature_set_point == -0x8000


def test_unused_fields_are_sent_as_the_rules_have_them_by_drlc_7() -> None:
    assert EVENT.serialize()[14:] == bytes.fromhex("ffff 0080 0080 80 ff 03")


def test_a_report_without_its_signature_is_read_by_drlc_12() -> None:
    report = ReportEventStatusRecord(
        issuer_event_id=7, event_status=1, criticality_level_applied=1, event_control=0
    )
    payload = report.serialize()

    read = ReportEventStatusRecord.deserialize(payload[:-42])

    assert isinstance(read, ReportEventStatusRecord)
    assert len(payload) == 60
    assert read.signature is None
    assert read.with_defaults() == report


def test_a_report_with_half_a_signature_is_refused() -> None:
    report = ReportEventStatusRecord(
        issuer_event_id=7, event_status=1, criticality_level_applied=1, event_control=0
    )

    with pytest.raises(DecodeError, match="cut off") as caught:
        ReportEventStatusRecord.deserialize(report.serialize()[:-21])

    assert caught.value.offset == 18


def test_the_older_form_of_the_question_has_no_event_id() -> None:
    assert len(GetScheduledEventsRecord().serialize()) == 5
    assert len(GetScheduledEventsRecord(issuer_event_id=1).serialize()) == 9


def test_every_status_of_the_table_by_drlc_9_is_known() -> None:
    assert {int(status) for status in EventStatus} == {
        *range(0x01, 0x0B),
        *(0xF8, 0xF9, 0xFB, 0xFD, 0xFE),
    }


@pytest.mark.parametrize(
    "good",
    [
        {"duration_in_minutes": 1},
        {"duration_in_minutes": 1440},
        {"criticality_level": 15},
        {"average_load_adjustment_percentage": -128},
        {"average_load_adjustment_percentage": -100},
        {"average_load_adjustment_percentage": 100},
        {"duty_cycle": 100},
        {"duty_cycle": 255},
        {"device_class": 0x0800},
    ],
)
def test_an_event_within_the_limits_has_no_problem(good: dict[str, int]) -> None:
    assert problem_of(EVENT.replace(**good)) is None


@pytest.mark.parametrize(
    "bad",
    [
        {"duration_in_minutes": 0},
        {"duration_in_minutes": 1441},
        {"duration_in_minutes": 0xFFFF},
        {"criticality_level": 0},
        {"criticality_level": 16},
        {"average_load_adjustment_percentage": -101},
        {"average_load_adjustment_percentage": 101},
        {"duty_cycle": 101},
        {"device_class": 0},
        {"device_class": 0xF000},
    ],
)
def test_an_event_out_of_range_is_named_by_drlc_2_and_drlc_6(bad: dict[str, int]) -> None:
    (name,) = bad

    problem = problem_of(EVENT.replace(**bad))

    assert problem is not None
    assert problem.startswith(name)


@pytest.mark.parametrize(("status", "word"), [(1, "received"), (4, "opted_out"), (0x77, "0x77")])
def test_a_status_has_a_word_or_its_number(status: int, word: str) -> None:
    assert event_status_word(status) == word
