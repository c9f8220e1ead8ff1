"""The general commands: what is on the wire, and back."""

import contextlib
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.zcl import general
from sebridge.zcl.attributes import AttributeValue, attribute_value, write_value
from sebridge.zcl.general import ZCL_ArrayRecord
from sebridge.zcl.status import Status
from tests.reference_files import reference

GLOBAL: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for vector in reference("se_vectors.json")["vectors"]
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


def test_values_that_are_cut_off_before_their_type_are_refused_with_the_place() -> None:
    with pytest.raises(DecodeError, match="cut off") as caught:
        general.parse_values(bytes.fromhex("0004 20 05 0104"))

    assert caught.value.offset == 4


def test_a_default_response_d48_gives_command_and_status() -> None:
    command_id, status = general.parse_default_response(payload_of("D48"))

    assert [command_id, status] == fields_of("D48")
    assert general.write_default_response(command_id, Status(status)) == payload_of("D48")


def test_a_write_that_went_well_is_answered_with_one_zero() -> None:
    assert general.write_write_response([]) == b"\x00"
    assert general.write_write_response([(0x0201, Status.READ_ONLY)]) == bytes.fromhex("88 0102")


@pytest.mark.parametrize(
    ("octets", "failed"),
    [("00", {}), ("88 0102", {0x0201: 0x88}), ("00 0000 86 0100", {0x0001: 0x86})],
)
def test_an_answer_to_a_write_names_what_was_not_written(
    octets: str, failed: dict[int, int]
) -> None:
    assert general.parse_write_response(bytes.fromhex(octets)) == failed


def test_an_array_is_shown_as_a_record_in_whatever_depth() -> None:
    array = {"attribute_type": 0x48, "value": [{"attribute_type": 0x20, "value": [1, 2]}]}

    shown = general.value_record(array)

    assert shown == ZCL_ArrayRecord(0x48, [ZCL_ArrayRecord(0x20, [1, 2])])
    assert general.value_record(7) == 7


def test_what_a_caller_gave_is_plain_and_without_names_of_classes() -> None:
    given = {"type": "ZCL_ArrayRecord", "attribute_type": 0x41, "value": [b"\x01", {"type": "X"}]}

    assert general.given_value(given) == {"attribute_type": 0x41, "value": ["01", {}]}
    assert general.given_value(ZCL_ArrayRecord(0x20, [1])) == {"attribute_type": 0x20, "value": [1]}


def test_discovered_attributes_are_told_with_their_types() -> None:
    octets = general.write_discover_response([(0x0000, 0xE2), (0x0301, 0x22)], complete=True)

    assert octets == bytes.fromhex("01 0000 e2 0103 22")
    assert general.parse_discover_response(octets) == (True, [(0x0000, 0xE2), (0x0301, 0x22)])


def test_a_discovery_says_from_where_and_how_many() -> None:
    assert general.write_discover(0x0102, 20) == bytes.fromhex("0201 14")


def test_an_attribute_id_that_cannot_be_sent_is_a_parameter_error() -> None:
    with pytest.raises(ParameterError, match="70000 does not fit 2 octets"):
        general.write_read_attributes([70_000])


intervals = st.integers(0, 0xFFFF)


def typed(attribute_id: int, number: int) -> AttributeValue:
    return attribute_value(attribute_id, 0x23, number, write_value(0x23, number))


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
            general.parse_write_response,
            general.parse_discover_response,
        ]
    ),
    st.binary(max_size=60),
)
def test_any_octets_are_records_or_a_decode_error(parse: Any, octets: bytes) -> None:
    with contextlib.suppress(DecodeError):
        parse(octets)


def test_a_value_whose_attribute_cannot_be_is_refused() -> None:
    with pytest.raises(ParameterError, match="out of range"):
        general.write_values([AttributeValue(0x10000, 0x20, 1, b"\x01")])


# ------------------------------------------------------------------ "no value"


NO_VALUES = {
    "unsigned": [f"{0x20 + n:02x} {(n + 1) * 'ff'}" for n in range(8)],
    "signed": [f"{0x28 + n:02x} {n * '00'}80" for n in range(8)],
    "enumeration": ["30 ff", "31 ffff"],
    "float": ["38 007e", "39 0000c07f", "39 010080ff", "3a 000000000000f87f"],
    "text": ["41 ff", "42 ff", "43 ffff", "44 ffff"],
    "time": ["e0 ffffffff", "e1 ffffffff", "e2 ffffffff"],
    "other": ["10 ff", "e8 ffff", "e9 ffff", "ea ffffffff", "f0 ffffffffffffffff"],
}


@pytest.mark.parametrize("record", [record for kind in NO_VALUES.values() for record in kind])
def test_no_value_of_the_type_on_the_wire_is_none_and_its_octets_stay(record: str) -> None:
    told = bytes.fromhex("0000" + record)
    answered = bytes.fromhex("0000 00" + record)

    (reported,) = general.parse_values(told)
    ((_, _, read),) = general.parse_read_response(answered)

    assert (reported.value, reported.raw) == (None, told[3:])
    assert read == reported


@pytest.mark.parametrize(
    "record", ["18 ff", "1b ffffffff", "0a ffffff", "28 ff", "20 fe", "29 0180"]
)
def test_flags_and_other_values_are_what_they_are(record: str) -> None:
    (reported,) = general.parse_values(bytes.fromhex("0000" + record))

    assert reported.value is not None


def test_what_is_written_is_taken_as_it_is() -> None:
    (written,) = general.parse_written_values(bytes.fromhex("0000 21 ffff"))

    assert written.value == 0xFFFF
