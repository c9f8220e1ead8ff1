"""ZDO frames, field by field, and what a peer may do wrong."""

from hypothesis import given, strategies as st
import pytest
from zigpy.zdo.types import CLUSTERS, LogicalType, ZDOCmd

from sebridge.base.errors import DecodeError
from sebridge.network.zdo_frames import decode, encode


def test_a_match_descriptor_request_is_written_field_by_field() -> None:
    octets = encode(ZDOCmd.Match_Desc_req, 0x2A, 0xFFFD, 0x0109, [0x0800], [])

    assert octets == bytes.fromhex("2a fdff 0901 01 0008 00")


def test_a_node_descriptor_is_read_field_by_field() -> None:
    octets = bytes.fromhex("05 00 3412 01 40 8e 1e10 52 ff00 412c ff00 00")

    sequence, fields = decode(ZDOCmd.Node_Desc_rsp, octets)

    assert sequence == 5
    assert fields["Status"] == 0
    assert fields["NWKAddrOfInterest"] == 0x1234
    assert fields["NodeDescriptor"].logical_type == LogicalType.Router
    assert fields["NodeDescriptor"].manufacturer_code == 0x101E
    assert fields["NodeDescriptor"].server_mask == 0x2C41


@pytest.mark.parametrize("octets", ["05 84", "05 84 3412"])
@pytest.mark.parametrize(
    "command",
    [
        ZDOCmd.Node_Desc_rsp,
        ZDOCmd.Power_Desc_rsp,
        ZDOCmd.Active_EP_rsp,
        ZDOCmd.Simple_Desc_rsp,
    ],
)
def test_a_refusal_may_end_after_its_status(command: ZDOCmd, octets: str) -> None:
    _, fields = decode(command, bytes.fromhex(octets))

    assert fields["Status"] == 0x84


def test_octets_after_the_last_field_are_ignored() -> None:
    _, fields = decode(ZDOCmd.Active_EP_rsp, bytes.fromhex("05 00 3412 01 5e ffff"))

    assert fields["ActiveEPList"] == [0x5E]


@pytest.mark.parametrize(
    ("command", "octets", "offset"),
    [
        (ZDOCmd.Active_EP_rsp, "", 0),
        (ZDOCmd.Active_EP_rsp, "05", 1),
        (ZDOCmd.Active_EP_rsp, "05 00 34", 2),
        (ZDOCmd.Active_EP_rsp, "05 00 3412 03 01 02", 4),
        (ZDOCmd.Device_annce, "05 3412 0102", 3),
    ],
)
def test_a_frame_that_is_cut_off_is_refused_with_the_place(
    command: ZDOCmd, octets: str, offset: int
) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(command, bytes.fromhex(octets))

    assert caught.value.offset == offset


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(DecodeError, match="0x7777 is no ZDO command"):
        decode(0x7777, b"\x01\x00")


def test_a_request_with_the_wrong_number_of_fields_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="Simple_Desc_req has the fields"):
        encode(ZDOCmd.Simple_Desc_req, 1, 0x1234)


@given(
    command=st.sampled_from([*CLUSTERS, 0x0012, 0x9999]),
    octets=st.binary(max_size=100),
)
def test_random_octets_are_read_or_refused(command: int, octets: bytes) -> None:
    try:
        sequence, _ = decode(command, octets)
    except DecodeError:
        return
    assert sequence == octets[0]


@given(
    sequence=st.integers(0, 255),
    nwk=st.integers(0, 0xFFFF),
    profile=st.integers(0, 0xFFFF),
    servers=st.lists(st.integers(0, 0xFFFF), max_size=255),
    clients=st.lists(st.integers(0, 0xFFFF), max_size=255),
)
def test_what_was_written_is_read(
    sequence: int, nwk: int, profile: int, servers: list[int], clients: list[int]
) -> None:
    octets = encode(ZDOCmd.Match_Desc_req, sequence, nwk, profile, servers, clients)

    read = decode(ZDOCmd.Match_Desc_req, octets)

    assert read[0] == sequence
    assert list(read[1].values()) == [nwk, profile, servers, clients]
