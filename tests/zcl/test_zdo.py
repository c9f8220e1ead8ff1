"""ZDO frames, field by field, and what a peer may do wrong."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.zcl.zdo import (
    BindingTarget,
    LogicalType,
    Neighbor,
    Relationship,
    Route,
    ZdoCommand,
    ZdoStatus,
    decode,
    encode,
)


def test_a_match_descriptor_request_is_written_field_by_field() -> None:
    octets = encode(ZdoCommand.Match_Desc_req, 0x2A, 0xFFFD, 0x0109, [0x0800], [])

    assert octets == bytes.fromhex("2a fdff 0901 01 0008 00")


def test_a_node_descriptor_is_read_field_by_field() -> None:
    octets = bytes.fromhex("05 00 3412 01 40 8e 1e10 52 ff00 412c ff00 00")

    sequence, fields = decode(ZdoCommand.Node_Desc_rsp, octets)

    assert sequence == 5
    assert fields["Status"] == 0
    assert fields["NWKAddrOfInterest"] == 0x1234
    assert fields["NodeDescriptor"].logical_type == LogicalType.ROUTER
    assert fields["NodeDescriptor"].manufacturer_code == 0x101E
    assert fields["NodeDescriptor"].server_mask == 0x2C41


@pytest.mark.parametrize("octets", ["05 84", "05 84 3412"])
@pytest.mark.parametrize(
    "command",
    [
        ZdoCommand.Node_Desc_rsp,
        ZdoCommand.Power_Desc_rsp,
        ZdoCommand.Active_EP_rsp,
        ZdoCommand.Simple_Desc_rsp,
    ],
)
def test_a_refusal_may_end_after_its_status(command: ZdoCommand, octets: str) -> None:
    _, fields = decode(command, bytes.fromhex(octets))

    assert fields["Status"] == 0x84


def test_octets_after_the_last_field_are_ignored() -> None:
    _, fields = decode(ZdoCommand.Active_EP_rsp, bytes.fromhex("05 00 3412 01 5e ffff"))

    assert fields["ActiveEPList"] == (0x5E,)


@pytest.mark.parametrize(
    ("command", "octets", "offset"),
    [
        (ZdoCommand.Active_EP_rsp, "", 0),
        (ZdoCommand.Active_EP_rsp, "05", 1),
        (ZdoCommand.Active_EP_rsp, "05 00 34", 2),
        (ZdoCommand.Active_EP_rsp, "05 00 3412 03 01 02", 4),
        (ZdoCommand.Device_annce, "05 3412 0102", 3),
    ],
)
def test_a_frame_that_is_cut_off_is_refused_with_the_place(
    command: ZdoCommand, octets: str, offset: int
) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(command, bytes.fromhex(octets))

    assert caught.value.offset == offset


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(DecodeError, match="0x7777 is no ZDO command"):
        decode(0x7777, b"\x01\x00")


def test_a_request_with_the_wrong_number_of_fields_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="Simple_Desc_req has the fields"):
        encode(ZdoCommand.Simple_Desc_req, 1, 0x1234)


@given(
    command=st.sampled_from([*ZdoCommand, 0x0012, 0x9999]),
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
    octets = encode(ZdoCommand.Match_Desc_req, sequence, nwk, profile, servers, clients)

    read = decode(ZdoCommand.Match_Desc_req, octets)

    assert read[0] == sequence
    assert list(read[1].values()) == [nwk, profile, tuple(servers), tuple(clients)]


@pytest.mark.parametrize(
    ("target", "octets"),
    [
        (BindingTarget(Eui64(0x0102030405060708), 0x0A), "03 0807060504030201 0a"),
        (BindingTarget(group=0x1337), "01 3713"),
    ],
)
def test_a_binding_leads_to_an_endpoint_or_to_a_group(target: BindingTarget, octets: str) -> None:
    source = "01 1817161514131211 5e 0207"

    frame = encode(ZdoCommand.Bind_req, 1, Eui64(0x1112131415161718), 0x5E, 0x0702, target)

    assert frame == bytes.fromhex(source + octets)
    assert decode(ZdoCommand.Bind_req, frame)[1]["DstAddress"] == target


def test_a_target_that_is_addressed_in_another_way_is_refused() -> None:
    frame = bytes.fromhex("01 1817161514131211 5e 0207 02 3713")

    with pytest.raises(
        DecodeError, match="DstAddress 0x02 is no way to address a target"
    ) as caught:
        decode(ZdoCommand.Bind_req, frame)

    assert caught.value.offset == 12


def test_an_endpoint_without_a_descriptor_has_length_0() -> None:
    frame = encode(ZdoCommand.Simple_Desc_rsp, 5, ZdoStatus.NOT_ACTIVE, 0x1234, None)

    assert frame == bytes.fromhex("05 83 3412 00")
    assert decode(ZdoCommand.Simple_Desc_rsp, frame)[1]["SimpleDescriptor"] is None


NEIGHBOR = Neighbor(
    extended_pan_id=Eui64(0x1112131415161718),
    device=Eui64(0x000D6F000A000001),
    nwk=0x1234,
    logical_type=LogicalType.ROUTER,
    relationship=Relationship.SIBLING,
    depth=1,
    lqi=200,
)


@pytest.mark.parametrize(
    ("command", "entries", "octets"),
    [
        (
            ZdoCommand.Mgmt_Lqi_rsp,
            (NEIGHBOR,),
            "05 00 04 01 01 1817161514131211 0100000a006f0d00 3412 25 02 01 c8",
        ),
        (
            ZdoCommand.Mgmt_Rtg_rsp,
            (
                Route(destination=0x2345, next_hop=0x1234),
                Route(destination=0, status=3, next_hop=1),
            ),
            "05 00 04 01 02 4523 00 3412 0000 03 0100",
        ),
    ],
)
def test_a_table_of_a_router_is_written_and_read(
    command: ZdoCommand, entries: tuple[object, ...], octets: str
) -> None:
    written = encode(command, 5, 0, 4, 1, entries)

    assert written == bytes.fromhex(octets)
    assert list(decode(command, written)[1].values()) == [0, 4, 1, entries]


def test_a_table_that_is_cut_off_is_refused() -> None:
    with pytest.raises(DecodeError, match="RoutingTableList is cut off"):
        decode(ZdoCommand.Mgmt_Rtg_rsp, bytes.fromhex("05 00 04 01 02 4523 00 3412"))
