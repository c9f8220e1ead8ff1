"""Configurations of reports: what is on the wire, and back."""

import contextlib
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.zcl import reporting
from sebridge.zcl.reporting import (
    AttributeReportingConfigurationRecord,
    ReadConfiguration,
    ReportingStatusRecord,
)
from sebridge.zcl.status import Status

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


def test_reporting_that_went_well_is_answered_with_one_zero() -> None:
    refused = [ReportingStatusRecord(0x86, 0, 0x0400)]

    assert reporting.write_reporting_statuses([]) == b"\x00"
    assert reporting.parse_reporting_statuses(b"\x00") == []
    assert reporting.write_reporting_statuses(refused) == bytes.fromhex("86 00 0004")
    assert reporting.parse_reporting_statuses(bytes.fromhex("86 00 0004")) == refused


def test_a_peer_may_also_name_what_went_well() -> None:
    octets = bytes.fromhex("00 00 0000 86 00 0004")

    assert reporting.parse_reporting_statuses(octets) == [ReportingStatusRecord(0x86, 0, 0x0400)]


def test_a_reporting_configuration_has_a_change_only_for_numbers() -> None:
    records = [
        AttributeReportingConfigurationRecord(0x0000, 0, 0x25, 10, 300, 7),
        AttributeReportingConfigurationRecord(0x0200, 0, 0x18, 1, 3600),
        AttributeReportingConfigurationRecord(0x0400, 1, timeout=600),
    ]

    octets = reporting.write_configure_reporting(records)

    assert octets == bytes.fromhex(
        "00 0000 25 0a00 2c01 070000000000  00 0002 18 0100 100e  01 0004 5802"
    )
    assert reporting.parse_configure_reporting(octets) == records


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
        reporting.write_configure_reporting([record])


@given(st.lists(configurations, max_size=5))
def test_configurations_are_read_back(
    records: list[AttributeReportingConfigurationRecord],
) -> None:
    assert (
        reporting.parse_configure_reporting(reporting.write_configure_reporting(records)) == records
    )


def test_a_question_for_configurations_names_direction_and_attribute() -> None:
    octets = reporting.write_read_configuration(1, [0x0000, 0x0400])

    assert octets == bytes.fromhex("01 0000 01 0004")
    assert reporting.parse_read_configuration(octets) == [(1, 0x0000), (1, 0x0400)]


def test_an_answer_has_the_configuration_only_where_there_is_one() -> None:
    record = AttributeReportingConfigurationRecord(0x0000, 0, 0x25, 10, 300, 7)
    answers = [
        ReadConfiguration(Status.SUCCESS, 0, 0x0000, record),
        ReadConfiguration(Status.NOT_FOUND, 0, 0x0400),
    ]

    octets = reporting.write_configurations(answers)

    assert octets == bytes.fromhex("00 00 0000 25 0a00 2c01 070000000000  8b 00 0004")
    assert reporting.parse_configurations(octets) == answers


def test_a_change_is_fitted_to_the_type() -> None:
    record = AttributeReportingConfigurationRecord(0, reportable_change="0x10")

    assert reporting.fitted(record, 0x21, "change").reportable_change == 16
    assert reporting.fitted(record, 0x18, "change").reportable_change == 0
    with pytest.raises(ParameterError, match="change: does not fit data type 0x20"):
        reporting.fitted(
            AttributeReportingConfigurationRecord(0, reportable_change=300), 0x20, "change"
        )


def test_a_response_shows_what_belongs_to_the_direction() -> None:
    sent = reporting.shown_fields(AttributeReportingConfigurationRecord(0, 0, 0x25, 10, 300, 7))
    received = reporting.shown_fields(AttributeReportingConfigurationRecord(0, 1, timeout=60))

    assert sent == {
        "direction": 0,
        "attribute_type": 0x25,
        "min_interval": 10,
        "max_interval": 300,
        "reportable_change": 7,
    }
    assert received == {"direction": 1, "timeout": 60}


@given(
    st.sampled_from(
        [
            reporting.parse_configure_reporting,
            reporting.parse_reporting_statuses,
            reporting.parse_read_configuration,
            reporting.parse_configurations,
        ]
    ),
    st.binary(max_size=60),
)
def test_any_octets_are_records_or_a_decode_error(parse: Any, octets: bytes) -> None:
    with contextlib.suppress(DecodeError):
        parse(octets)
