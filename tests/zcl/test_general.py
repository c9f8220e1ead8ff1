"""The general commands: what is on the wire, and back."""

import contextlib
import json
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
import pytest
from zigpy.zcl.foundation import Status

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.zcl import general
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.general import AttributeReportingConfigurationRecord, ReportingStatusRecord

GLOBAL: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for vector in json.loads(
        (Path(__file__).parents[1] / "reference" / "se_vectors.json").read_text("utf-8")
    )["vectors"]
    if vector["scope"] == "global"
}


def payload_of(vector_id: str) -> bytes:
    return bytes.fromhex(GLOBAL[vector_id]["payload"])


def fields_of(vector_id: str) -> list[int]:
    return [value for _, value in GLOBAL[vector_id]["fields"]["records"]]


def test_the_vectors_of_general_commands_are_all_here() -> None:
    assert sorted(GLOBAL) == ["D44", "D45", "D46", "D47", "D48", "D49"]


def test_read_attributes_d44_names_the_attributes() -> None:
    wanted = general.parse_read_attributes(payload_of("D44"))

    assert wanted == fields_of("D44")
    assert general.write_read_attributes(wanted) == payload_of("D44")


@pytest.mark.parametrize("vector_id", ["D45", "D47"])
def test_a_read_response_gives_status_type_and_value_of_each(vector_id: str) -> None:
    records = general.parse_read_response(payload_of(vector_id))

    shown: list[int] = []
    for attribute_id, status, value in records:
        typed = [] if value is None else [value.attribute_type, value.value]
        shown += [attribute_id, status, *typed]
    assert shown == fields_of(vector_id)
    again = [(attribute_id, Status(status), value) for attribute_id, status, value in records]
    assert general.write_read_response(again) == payload_of(vector_id)


@pytest.mark.parametrize("vector_id", ["D46", "D49"])
def test_reports_and_writes_give_type_and_value_of_each(vector_id: str) -> None:
    values = general.parse_values(payload_of(vector_id))

    shown = [x for v in values for x in (v.attribute_id, v.attribute_type, v.value)]
    assert shown == fields_of(vector_id)
    assert general.write_values(values) == payload_of(vector_id)


def test_a_default_response_d48_gives_command_and_status() -> None:
    command_id, status = general.parse_default_response(payload_of("D48"))

    assert [command_id, status] == fields_of("D48")
    assert general.write_default_response(command_id, Status(status)) == payload_of("D48")


def test_a_write_that_went_well_is_answered_with_one_zero() -> None:
    assert general.write_write_response([]) == b"\x00"
    assert general.write_write_response([(0x0201, Status.READ_ONLY)]) == bytes.fromhex("88 0102")


def test_reporting_that_went_well_is_answered_with_one_zero() -> None:
    refused = [ReportingStatusRecord(0x86, 0, 0x0400)]

    assert general.write_reporting_statuses([]) == b"\x00"
    assert general.parse_reporting_statuses(b"\x00") == []
    assert general.write_reporting_statuses(refused) == bytes.fromhex("86 00 0004")
    assert general.parse_reporting_statuses(bytes.fromhex("86 00 0004")) == refused


def test_a_peer_may_also_name_what_went_well() -> None:
    octets = bytes.fromhex("00 00 0000 86 00 0004")

    assert general.parse_reporting_statuses(octets) == [ReportingStatusRecord(0x86, 0, 0x0400)]


def test_a_reporting_configuration_has_a_change_only_for_numbers() -> None:
    records = [
        AttributeReportingConfigurationRecord(0x0000, 0, 0x25, 10, 300, 7),
        AttributeReportingConfigurationRecord(0x0200, 0, 0x18, 1, 3600),
        AttributeReportingConfigurationRecord(0x0400, 1, timeout=600),
    ]

    octets = general.write_configure_reporting(records)

    assert octets == bytes.fromhex(
        "00 0000 25 0a00 2c01 070000000000  00 0002 18 0100 100e  01 0004 5802"
    )
    assert general.parse_configure_reporting(octets) == records


def test_discovered_attributes_are_told_with_their_types() -> None:
    octets = general.write_discover_response([(0x0000, 0xE2), (0x0301, 0x22)], complete=True)

    assert octets == bytes.fromhex("01 0000 e2 0103 22")


@pytest.mark.parametrize(
    "record",
    [
        AttributeReportingConfigurationRecord(0x10000, 0, 0x20),
        AttributeReportingConfigurationRecord(0, 0, 0x20, min_interval=-1),
        AttributeReportingConfigurationRecord(0, 0, 0x20, reportable_change=256),
        AttributeReportingConfigurationRecord(0, 1, timeout=0x10000),
    ],
)
def test_numbers_that_cannot_be_sent_are_parameter_errors(
    record: AttributeReportingConfigurationRecord,
) -> None:
    with pytest.raises(ParameterError):
        general.write_configure_reporting([record])


def test_an_attribute_id_that_cannot_be_sent_is_a_parameter_error() -> None:
    with pytest.raises(ParameterError, match="70000 does not fit 2 octets"):
        general.write_read_attributes([70_000])


intervals = st.integers(0, 0xFFFF)
configurations = st.one_of(
    st.builds(
        AttributeReportingConfigurationRecord,
        intervals,
        st.just(0),
        st.just(0x2A),
        intervals,
        intervals,
        st.integers(-0x800000, 0x7FFFFF),
    ),
    st.builds(AttributeReportingConfigurationRecord, intervals, st.just(1), timeout=intervals),
)


@given(st.lists(configurations, max_size=5))
def test_configurations_are_read_back(
    records: list[AttributeReportingConfigurationRecord],
) -> None:
    assert general.parse_configure_reporting(general.write_configure_reporting(records)) == records


def typed(attribute_id: int, number: int) -> AttributeValue:
    return AttributeValue(attribute_id, 0x23, number, write_value(0x23, number))


@given(st.lists(st.tuples(intervals, st.integers(0, 0xFFFFFFFF)), max_size=6))
def test_values_are_read_back(pairs: list[tuple[int, int]]) -> None:
    values = [typed(attribute_id, number) for attribute_id, number in pairs]
    answer = [(value.attribute_id, Status.SUCCESS, value) for value in values]

    assert general.parse_values(general.write_values(values)) == values
    assert general.parse_read_response(general.write_read_response(answer)) == answer


@given(
    st.sampled_from(
        [
            general.parse_read_attributes,
            general.parse_read_response,
            general.parse_values,
            general.parse_default_response,
            general.parse_configure_reporting,
            general.parse_reporting_statuses,
        ]
    ),
    st.binary(max_size=60),
)
def test_any_octets_are_records_or_a_decode_error(parse: Any, octets: bytes) -> None:
    with contextlib.suppress(DecodeError):
        parse(octets)
