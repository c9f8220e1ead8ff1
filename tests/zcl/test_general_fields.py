"""General commands as plain fields and back."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.zcl.general_fields import (
    COMMAND_IDS,
    GENERAL_COMMANDS,
    read_fields,
    write_fields,
)

EXAMPLES: list[tuple[str, str, dict[str, Any]]] = [
    ("read_attributes", "0000 0004", {"records": [{"attribute_id": 0}, {"attribute_id": 1024}]}),
    ("read_attributes", "", {"records": []}),
    (
        "read_attributes_response",
        "0103 00 22 010000 0203 86",
        {
            "records": [
                {"attribute_id": 0x0301, "status": 0, "attribute_type": 0x22, "value": 1},
                {"attribute_id": 0x0302, "status": 0x86},
            ]
        },
    ),
    ("write_attributes_response", "00", {"records": [{"status": 0}]}),
    (
        "write_attributes_response",
        "88 0100 87 0200",
        {"records": [{"status": 0x88, "attribute_id": 1}, {"status": 0x87, "attribute_id": 2}]},
    ),
    (
        "configure_reporting",
        "00 0004 2a 0500 3c00 0a0000 00 0002 18 0000 3c00 01 0000 2c01",
        {
            "records": [
                {
                    "direction": 0,
                    "attribute_id": 0x0400,
                    "attribute_type": 0x2A,
                    "min_interval": 5,
                    "max_interval": 60,
                    "reportable_change": 10,
                },
                {
                    "direction": 0,
                    "attribute_id": 0x0200,
                    "attribute_type": 0x18,
                    "min_interval": 0,
                    "max_interval": 60,
                },
                {"direction": 1, "attribute_id": 0, "timeout": 300},
            ]
        },
    ),
    ("configure_reporting_response", "00", {"records": [{"status": 0}]}),
    (
        "configure_reporting_response",
        "8c 00 0004",
        {"records": [{"status": 0x8C, "direction": 0, "attribute_id": 0x0400}]},
    ),
    (
        "read_reporting_configuration",
        "00 0004",
        {"records": [{"direction": 0, "attribute_id": 0x0400}]},
    ),
    (
        "read_reporting_configuration_response",
        "8b 00 0004 00 01 0000 0a00",
        {
            "records": [
                {"status": 0x8B, "direction": 0, "attribute_id": 0x0400},
                {"status": 0, "direction": 1, "attribute_id": 0, "timeout": 10},
            ]
        },
    ),
    ("default_response", "00 8b", {"command_id": 0, "status": 0x8B}),
    (
        "discover_attributes",
        "0000 ff",
        {"start_attribute_id": 0, "maximum_number_of_attributes": 255},
    ),
    (
        "discover_attributes_response",
        "01 0000 25",
        {"discovery_complete": 1, "records": [{"attribute_id": 0, "attribute_type": 0x25}]},
    ),
    (
        "discover_commands_received_response",
        "01 00 02",
        {"discovery_complete": 1, "records": [{"command_id": 0}, {"command_id": 2}]},
    ),
    (
        "discover_attributes_extended_response",
        "00 0000 25 05",
        {
            "discovery_complete": 0,
            "records": [{"attribute_id": 0, "attribute_type": 0x25, "access": 5}],
        },
    ),
]


@pytest.mark.parametrize(("name", "payload", "fields"), EXAMPLES)
def test_a_payload_is_read_and_written_by_one_table(
    name: str, payload: str, fields: dict[str, Any]
) -> None:
    command = GENERAL_COMMANDS[COMMAND_IDS[name]]
    octets = bytes.fromhex(payload)

    assert read_fields(command, octets) == fields
    assert write_fields(command, fields) == octets


@given(command=st.sampled_from(list(GENERAL_COMMANDS.values())), payload=st.binary(max_size=60))
def test_what_can_be_read_is_written_and_read_the_same(command: Any, payload: bytes) -> None:
    try:
        fields = read_fields(command, payload)
    except DecodeError:
        return

    again = read_fields(command, write_fields(command, fields))

    assert again == fields


@pytest.mark.parametrize(
    ("name", "payload", "offset"),
    [
        ("read_attributes", "00", 0),
        ("read_attributes_response", "0103 00 22 0100", 4),
        ("write_attributes", "0103 ff 00", 3),
        ("write_attributes_response", "86", 1),
        ("default_response", "00", 1),
    ],
)
def test_a_payload_cut_short_is_refused_with_the_octet(
    name: str, payload: str, offset: int
) -> None:
    with pytest.raises(DecodeError) as caught:
        read_fields(GENERAL_COMMANDS[COMMAND_IDS[name]], bytes.fromhex(payload))

    assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("name", "fields", "problem"),
    [
        ("read_attributes", {"records": 5}, "fields.records: is not a list"),
        ("read_attributes", {"records": [5]}, r"fields.records\[0\]: is not an object"),
        ("read_attributes", {"attributes": []}, "fields.attributes: is unknown"),
        ("read_attributes", {"records": [{"id": 1}]}, r"records\[0\].id: is unknown"),
        ("read_attributes", {"records": [{}]}, r"records\[0\].attribute_id: is missing"),
        ("read_attributes", {"records": [{"attribute_id": -1}]}, "-1 does not fit 2 octets"),
        ("default_response", {"command_id": 0}, "fields.status: is missing"),
        ("default_response", {"records": []}, "fields.records: is unknown"),
        (
            "report_attributes",
            {"records": [{"attribute_id": 0, "attribute_type": 0x20, "value": 256}]},
            r"records\[0\].value: does not fit data type 0x20",
        ),
    ],
)
def test_wrong_fields_are_refused_with_their_path(
    name: str, fields: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ParameterError, match=problem):
        write_fields(GENERAL_COMMANDS[COMMAND_IDS[name]], fields)
