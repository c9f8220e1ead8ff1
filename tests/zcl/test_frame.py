"""The ZCL frame: its header, and what cannot be one."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from tests.reference_files import reference

VECTORS: list[dict[str, Any]] = reference("se_vectors.json")["vectors"]

frames = st.builds(
    Frame,
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=80),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 0xFFFF),
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_frame_on_the_wire_is_read_and_written(vector: dict[str, Any]) -> None:
    octets = bytes.fromhex(vector["zcl_frame"])

    frame = Frame.parse(octets)

    assert frame.command_id == vector["command_id"]
    assert frame.cluster_specific == (vector["scope"] == "cluster")
    assert frame.from_server == (vector["direction"] == "server_to_client")
    assert frame.payload.hex() == vector["payload"]
    assert frame.serialize() == octets


@pytest.mark.parametrize(
    ("frame", "octets"),
    [
        (Frame(0x0B, 7, b"\x00\x8b"), "00 07 0b 008b"),
        (Frame(0x01, 2, cluster_specific=True), "01 02 01"),
        (Frame(0x0A, 3, from_server=True), "08 03 0a"),
        (Frame(0x0A, 3, no_default_response=True), "10 03 0a"),
        (Frame(0x00, 4, b"\xff", manufacturer_code=0x101E), "04 1e10 04 00 ff"),
    ],
)
def test_each_bit_of_the_header_has_its_place(frame: Frame, octets: str) -> None:
    on_the_air = bytes.fromhex(octets)

    assert frame.serialize() == on_the_air
    assert Frame.parse(on_the_air) == frame


@given(frames)
def test_what_is_written_is_read_back(frame: Frame) -> None:
    assert Frame.parse(frame.serialize()) == frame


@given(st.binary(max_size=8))
def test_any_octets_are_a_frame_or_a_decode_error(octets: bytes) -> None:
    try:
        frame = Frame.parse(octets)
    except DecodeError:
        return

    assert frame.serialize().endswith(frame.payload)


@pytest.mark.parametrize(
    ("octets", "problem", "offset"),
    [
        ("", "cut off", 0),
        ("0102", "cut off", 2),
        ("041e1001", "cut off", 4),
        ("020100", "reserved", 0),
        ("030100", "reserved", 0),
    ],
)
def test_a_broken_header_is_named_with_its_offset(octets: str, problem: str, offset: int) -> None:
    with pytest.raises(DecodeError, match=problem) as caught:
        Frame.parse(bytes.fromhex(octets))

    assert caught.value.offset == offset


def test_only_answers_are_answers() -> None:
    assert zcl.DEFAULT_RESPONSE in zcl.ANSWERS
    assert zcl.READ_ATTRIBUTES not in zcl.ANSWERS
    assert zcl.REPORT_ATTRIBUTES not in zcl.ANSWERS
