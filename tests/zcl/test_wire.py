"""Whole frames as documents and back."""

import contextlib
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.base.errors import DecodeError, ParameterError
from sebridge.zcl.cluster import CommandDefinition
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import HA_PROFILE, METERING, PRICE, SE_PROFILE
from sebridge.zcl.wire import (
    LONGEST_FRAME,
    decode_frame,
    decode_octets,
    encode_document,
)
from tests.examples import fewer_examples
from tests.zcl.wire import VECTORS, records

# spellings of the records' own reference
NAMES = {
    "current_time": "utc_time",
    "alternate_cost_delivered": "alternate_cost_deliverd",
}
PARTS = {"attr_id": "attribute_id", "type": "attribute_type"}
COMMANDS = [
    pytest.param(cluster.cluster_id, command, id=f"{cluster.name} {command.name}")
    for cluster in CLUSTERS.values()
    for command in cluster.commands
]
REQUEST: dict[str, Any] = {
    "frame": {"cluster_id": PRICE, "direction": "client_to_server"},
    "command": "get_scheduled_prices",
    "fields": {"start_time": 0, "number_of_events": 3},
}


def cluster_frame(command_id: int, payload: bytes, *, from_server: bool) -> Frame:
    return Frame(command_id, 7, payload, cluster_specific=True, from_server=from_server)


def wanted_fields(vector: dict[str, Any]) -> dict[str, Any]:
    if vector["scope"] == "cluster":
        fields = {NAMES.get(name, name): value for name, value in vector["fields"].items()}
        if "signature" in fields:
            fields["signature"] = fields["signature"].lower()
        return fields
    if vector["command"] == "default_response":
        return dict(vector["fields"]["records"])
    found: list[dict[str, Any]] = []
    for name, value in vector["fields"]["records"]:
        plain = PARTS.get("attr_id" if name.startswith("attr") else name, name)
        if plain == "attribute_id":
            found.append({})
        found[-1][plain] = value
    return {"records": found}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_wire_vector_is_read_to_its_fields_and_written_to_its_octets(
    vector: dict[str, Any],
) -> None:
    octets = bytes.fromhex(vector["zcl_frame"])

    decoded = decode_octets(CLUSTERS, SE_PROFILE, int(vector["cluster"], 16), octets)
    document = json.loads(json.dumps(decoded.document()))

    assert document["command"] == vector["command"]
    assert document["fields"] == wanted_fields(vector)
    assert document["frame"]["command_id"] == vector["command_id"]
    assert document["frame"]["direction"] == vector["direction"]
    assert encode_document(CLUSTERS, document) == octets


def test_all_vectors_are_there() -> None:
    assert len(VECTORS) == 49


@pytest.mark.parametrize(("cluster_id", "command"), COMMANDS)
@fewer_examples(4)  # for each of the commands
@given(data=st.data())
def test_any_record_survives_the_air_and_json(
    cluster_id: int, command: CommandDefinition, data: st.DataObject
) -> None:
    payload = data.draw(records(command.record)).serialize()
    frame = cluster_frame(command.command_id, payload, from_server=command.from_server)

    decoded = decode_octets(CLUSTERS, SE_PROFILE, cluster_id, frame.serialize())

    assert decoded.command in {command.name, f"{command.name}_se11"}
    assert decoded.rest == b""
    assert (
        encode_document(CLUSTERS, json.loads(json.dumps(decoded.document()))) == frame.serialize()
    )


@given(
    cluster_id=st.sampled_from([*CLUSTERS, 0x0009]),
    head=st.tuples(st.integers(0, 0x1F), st.just(1), st.integers(0, 0x17)),
    rest=st.binary(max_size=120),
)
def test_any_octets_are_read_or_refused_with_the_place(
    cluster_id: int, head: tuple[int, int, int], rest: bytes
) -> None:
    check_read_or_refused(cluster_id, bytes(head) + rest)


@given(octets=st.binary(max_size=6))
def test_a_few_octets_are_read_or_refused(octets: bytes) -> None:
    check_read_or_refused(METERING, octets)


def check_read_or_refused(cluster_id: int, octets: bytes) -> None:
    offset: int | None = 0
    try:
        json.dumps(decode_octets(CLUSTERS, HA_PROFILE, cluster_id, octets).document())
    except DecodeError as error:
        offset = error.offset
    assert offset is not None
    assert 0 <= offset <= len(octets)


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("profile_id", "cluster_id", "octets", "offset", "problem"),
    [
        (SE_PROFILE, PRICE, "", 0, "header is cut off"),
        (SE_PROFILE, PRICE, "0107", 2, "header is cut off"),
        (SE_PROFILE, PRICE, "030700", 0, "frame type is reserved"),
        (SE_PROFILE, PRICE, "010700", 3, "GetCurrentPriceRecord: command_options"),
        (SE_PROFILE, PRICE, "091700bc0a000004", 7, "rate_label"),
        (SE_PROFILE, PRICE, "090777", 2, "no server of cluster price sends a command 0x77"),
        (SE_PROFILE, PRICE, "010711", 2, "no client of cluster price sends a command 0x11"),
        (SE_PROFILE, 0x0009, "010702", 2, "commands of cluster 0x0009 are not known"),
        (SE_PROFILE, PRICE, "051e10070001", 4, "manufacturer 0x101E"),
        (SE_PROFILE, PRICE, "00070e", 2, "general command 0x0E is not known"),
        (SE_PROFILE, METERING, "08070a000025ab89", 6, "type 0x25 is cut off"),
        (SE_PROFILE, METERING, "0c1e10070a000025ab89", 8, "type 0x25 is cut off"),
        (SE_PROFILE, METERING, "09070000000000000003010000", 13, "intervals"),
        (0x0000, 0x8002, "000000", 0, "no ZCL header"),
    ],
)
def test_junk_is_refused_with_the_octet_and_the_reason(
    profile_id: int, cluster_id: int, octets: str, offset: int, problem: str
) -> None:
    with pytest.raises(DecodeError, match=problem) as caught:
        decode_octets(CLUSTERS, profile_id, cluster_id, bytes.fromhex(octets))

    assert caught.value.offset == offset


def test_a_frame_longer_than_the_air_carries_is_refused_unread() -> None:
    with pytest.raises(DecodeError, match="at most 16384 octets"):
        decode_octets(CLUSTERS, SE_PROFILE, PRICE, b"\x09\x07\x05" + bytes(LONGEST_FRAME))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"frame": None}, "frame: is not an object"),
        ({"frame": {"direction": "server_to_client"}}, "frame.cluster_id: is missing"),
        ({"frame": {"cluster_id": PRICE}}, "frame.direction: is none of server_to_client"),
        ({"frame": REQUEST["frame"] | {"cluster_id": 65536}}, "65536 is not in 0..65535"),
        ({"frame": REQUEST["frame"] | {"cluster_id": 9}}, "cluster 0x0009 is not known"),
        ({"frame": REQUEST["frame"] | {"sequence": 256}}, "frame.sequence: 256"),
        ({"frame": REQUEST["frame"] | {"profile_id": 0}}, "no ZCL header"),
        (
            {"frame": REQUEST["frame"] | {"disable_default_response": 1}},
            "frame.disable_default_response: 1 is neither true nor false",
        ),
        ({"frame": REQUEST["frame"] | {"color": 1}}, "frame.color: is unknown"),
        ({"frame": REQUEST["frame"] | {"type": "general"}}, "no general command get_sch"),
        ({"command": "publish_price"}, "no client of cluster price sends publish_price"),
        ({"command": 5}, "command: is not the name"),
        (
            {"fields": {"start_time": "soon"}},
            "fields.start_time: 'soon' is neither a whole number",
        ),
        ({"fields": {"number_of_events": 256}}, "fields.number_of_events: 256 is not in 0..255"),
        ({"fields": {"events": 1}}, "fields.events: is unknown"),
        ({"fields": [1]}, "fields: is not an object"),
        ({"rest": "xy"}, "rest: is not hex digits"),
    ],
)
def test_a_wrong_document_is_refused_with_the_path(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ParameterError, match=problem):
        encode_document(CLUSTERS, REQUEST | changes)


def test_a_list_that_its_count_denies_is_refused() -> None:
    answer = {
        "frame": {"cluster_id": METERING, "direction": "server_to_client"},
        "command": "get_profile_response",
        "fields": {
            "end_time": 0,
            "status": 0,
            "profile_interval_period": 0,
            "number_of_periods_delivered": 2,
            "intervals": [1],
        },
    }

    with pytest.raises(ParameterError, match=r"intervals.* length 2"):
        encode_document(CLUSTERS, answer)


def test_a_document_that_is_no_object_is_refused() -> None:
    with pytest.raises(ParameterError, match="is not an object"):
        encode_document(CLUSTERS, [REQUEST])


# ------------------------------------------------------------------ what is tolerated


def test_a_short_document_takes_the_defaults() -> None:
    assert encode_document(CLUSTERS, REQUEST | {"fields": {}}).hex() == "0100010000000000"


def test_the_direction_bit_may_be_overruled() -> None:
    octets = bytes.fromhex("09070001")

    decoded = decode_octets(CLUSTERS, SE_PROFILE, PRICE, octets, from_server=False)

    assert decoded.command == "get_current_price"
    assert decoded.document()["frame"]["direction"] == "client_to_server"


def test_octets_of_a_newer_edition_are_kept_aside_by_gen_11() -> None:
    octets = bytes.fromhex("09ce01eeffc00000") + b"\xaa\xbb"

    document = decode_octets(CLUSTERS, SE_PROFILE, 0x0703, octets).document()

    assert document["fields"] == {"message_id": 0xC0FFEE, "message_control": 0}
    assert document["rest"] == "aabb"
    assert encode_document(CLUSTERS, document) == octets


def test_reserved_bits_of_the_header_are_ignored_by_gen_12() -> None:
    assert decode_octets(CLUSTERS, SE_PROFILE, PRICE, bytes.fromhex("e1070001")).fields == {
        "command_options": 1
    }


def test_a_manufacturer_may_use_the_general_commands() -> None:
    octets = bytes.fromhex("0c1e10070a000020ff")

    document = decode_octets(CLUSTERS, SE_PROFILE, METERING, octets).document()

    assert document["frame"]["manufacturer_code"] == 0x101E
    assert encode_document(CLUSTERS, document) == octets


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ("0100000004030201805e9216ffffff21", "publish_block_period_se11"),
        ("0100000004030201805e9216ffffff2103", "publish_block_period_se11"),
        ("0100000004030201805e9216ffffff03000001", "publish_block_period"),
    ],
)
def test_a_block_period_is_told_by_its_length_from_that_of_se_1_1(payload: str, name: str) -> None:
    frame = cluster_frame(0x01, bytes.fromhex(payload), from_server=True)

    decoded = decode_frame(CLUSTERS, SE_PROFILE, PRICE, frame)

    assert decoded.command == name
    assert encode_document(CLUSTERS, decoded.document()) == frame.serialize()


def test_the_applied_load_is_read_signed_and_written_either_way() -> None:
    vector = next(vector for vector in VECTORS if vector["id"] == "D21")
    octets = bytes.fromhex(vector["zcl_frame"])
    document = decode_octets(CLUSTERS, SE_PROFILE, 0x0701, octets).document()
    name = "average_load_adjustment_percentage_applied"

    written = [
        encode_document(CLUSTERS, document | {"fields": document["fields"] | {name: number}})
        for number in (-0x80, 0x80)
    ]

    assert document["fields"][name] == -0x80
    assert written == [octets, octets]


# ------------------------------------------------------------------ any document

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=5)
    | st.sampled_from(["00", "0x10", "ff" * 42, "x" * 300]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(data=st.data(), vector=st.sampled_from(VECTORS))
def test_a_document_with_any_changes_is_written_or_refused(
    data: st.DataObject, vector: dict[str, Any]
) -> None:
    octets = bytes.fromhex(vector["zcl_frame"])
    document = decode_octets(CLUSTERS, SE_PROFILE, int(vector["cluster"], 16), octets).document()
    part = data.draw(st.sampled_from([document, document["frame"], document["fields"]]))
    names = st.sampled_from([*part, "new"])

    part.update(data.draw(st.dictionaries(names, JSON_VALUES, max_size=2)))

    with contextlib.suppress(ParameterError):
        assert isinstance(encode_document(CLUSTERS, document), bytes)
