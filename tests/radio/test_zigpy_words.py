"""At the border our words become zigpy's and come back, and both make the same octets of them."""

from hypothesis import given, strategies as st
import pytest
import zigpy.types as t
from zigpy.zdo import types as zigpy_zdo

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.radio.heard import Heard
from sebridge.radio.zigpy_words import (
    endpoint_to_zigpy,
    from_zigpy,
    heard_from,
    key_to_zigpy,
    node_from_zigpy,
    node_to_zigpy,
    to_zigpy,
)
from sebridge.zcl.zdo import (
    BindingTarget,
    NodeDescriptor,
    PowerDescriptor,
    SimpleDescriptor,
    ZdoCommand,
    ZdoStatus,
    decode,
    encode,
)

U4, U8, U16 = st.integers(0, 0xF), st.integers(0, 0xFF), st.integers(0, 0xFFFF)
ADDRESSES = st.integers(0, (1 << 64) - 1).map(Eui64)
CLUSTERS = st.lists(U16, max_size=20).map(tuple)
NODES = st.builds(
    NodeDescriptor,
    logical_type=st.integers(0, 2),
    complex_descriptor_available=st.booleans(),
    user_descriptor_available=st.booleans(),
    aps_flags=st.integers(0, 7),
    frequency_band=st.integers(0, 31),
    mac_capability_flags=U8,
    manufacturer_code=U16,
    maximum_buffer_size=U8,
    maximum_incoming_transfer_size=U16,
    server_mask=U16,
    maximum_outgoing_transfer_size=U16,
    descriptor_capability_field=U8,
)
POWERS = st.builds(
    PowerDescriptor,
    current_power_mode=U4,
    available_power_sources=U4,
    current_power_source=U4,
    current_power_source_level=U4,
)
ENDPOINTS = st.builds(
    SimpleDescriptor,
    endpoint=U8,
    profile_id=U16,
    device_id=U16,
    device_version=U4,
    input_clusters=CLUSTERS,
    output_clusters=CLUSTERS,
)
TARGETS = st.builds(BindingTarget, device=ADDRESSES, endpoint=U8) | st.builds(
    BindingTarget, group=U16
)
LISTS = st.lists(U8, max_size=20).map(tuple)

FRAMES = {
    ZdoCommand.NWK_addr_req: (ADDRESSES, U8, U8),
    ZdoCommand.IEEE_addr_req: (U16, U8, U8),
    ZdoCommand.Node_Desc_req: (U16,),
    ZdoCommand.Power_Desc_req: (U16,),
    ZdoCommand.Simple_Desc_req: (U16, U8),
    ZdoCommand.Active_EP_req: (U16,),
    ZdoCommand.Match_Desc_req: (U16, U16, CLUSTERS, CLUSTERS),
    ZdoCommand.Device_annce: (U16, ADDRESSES, U8),
    ZdoCommand.Bind_req: (ADDRESSES, U8, U16, TARGETS),
    ZdoCommand.Unbind_req: (ADDRESSES, U8, U16, TARGETS),
    ZdoCommand.Mgmt_Leave_req: (ADDRESSES, U8),
    ZdoCommand.NWK_addr_rsp: (U8, ADDRESSES, U16),
    ZdoCommand.IEEE_addr_rsp: (U8, ADDRESSES, U16),
    ZdoCommand.Node_Desc_rsp: (U8, U16, NODES),
    ZdoCommand.Power_Desc_rsp: (U8, U16, POWERS),
    ZdoCommand.Simple_Desc_rsp: (U8, U16, ENDPOINTS),
    ZdoCommand.Active_EP_rsp: (U8, U16, LISTS),
    ZdoCommand.Match_Desc_rsp: (U8, U16, LISTS),
    ZdoCommand.Bind_rsp: (U8,),
    ZdoCommand.Unbind_rsp: (U8,),
    ZdoCommand.Mgmt_Leave_rsp: (U8,),
}


@pytest.mark.parametrize("command", FRAMES, ids=lambda command: command.name)
@given(data=st.data())
def test_a_zdo_frame_has_the_octets_that_zigpy_gives_it(
    command: ZdoCommand, data: st.DataObject
) -> None:
    values = data.draw(st.tuples(*FRAMES[command]))

    octets = encode(command, 7, *values)

    names, kinds = zigpy_zdo.CLUSTERS[zigpy_zdo.ZDOCmd(command)]
    as_zigpy, rest = t.deserialize(octets[1:], kinds[: len(values)])
    assert rest == b""
    assert t.serialize(as_zigpy, kinds[: len(values)]) == octets[1:]
    sequence, fields = decode(command, octets)
    assert sequence == 7
    assert tuple(fields.values()) == values
    assert list(fields) == list(names[: len(values)])


def test_commands_and_statuses_have_the_numbers_that_zigpy_gives_them() -> None:
    for command in ZdoCommand:
        assert int(zigpy_zdo.ZDOCmd[command.name]) == command
    for status in ZdoStatus:
        assert int(zigpy_zdo.Status[status.name]) == status


@given(address=ADDRESSES)
def test_an_address_comes_back_from_zigpy(address: Eui64) -> None:
    zigpys = to_zigpy(address)

    assert str(zigpys) == str(address)
    assert zigpys.serialize() == bytes(address)
    assert from_zigpy(zigpys) == address


def test_a_key_keeps_its_octets() -> None:
    assert key_to_zigpy(Secret(bytes(range(16)))).serialize() == bytes(range(16))


@given(node=NODES)
def test_a_node_descriptor_says_the_same_to_zigpy(node: NodeDescriptor) -> None:
    zigpys = node_to_zigpy(node)

    assert zigpys.serialize() == bytes(node)
    assert zigpys.logical_type == node.logical_type
    assert zigpys.manufacturer_code == node.manufacturer_code
    assert node_from_zigpy(zigpys) == node


@given(endpoint=ENDPOINTS)
def test_an_endpoint_says_the_same_to_zigpy(endpoint: SimpleDescriptor) -> None:
    zigpys = endpoint_to_zigpy(endpoint)

    assert (zigpys.endpoint, zigpys.profile) == (endpoint.endpoint, endpoint.profile_id)
    assert (zigpys.device_type, zigpys.device_version) == (
        endpoint.device_id,
        endpoint.device_version,
    )
    assert tuple(zigpys.input_clusters) == endpoint.input_clusters
    assert tuple(zigpys.output_clusters) == endpoint.output_clusters


def test_a_packet_without_a_profile_is_none_that_can_be_taken_apart() -> None:
    packet = t.ZigbeePacket(
        src=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(0x1234)),
        profile_id=None,  # type: ignore[arg-type]  # as a library has it that starts
        cluster_id=t.uint16_t(0x0702),
        data=t.SerializableBytes(b"data"),
    )

    assert heard_from(packet) is None


def test_a_packet_is_taken_apart_into_plain_fields() -> None:
    packet = t.ZigbeePacket(
        src=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(0x1234)),
        src_ep=t.uint8_t(0x0A),
        dst=t.AddrModeAddress(t.AddrMode.Group, t.Group(0x4321)),
        dst_ep=t.uint8_t(0x5E),
        profile_id=t.uint16_t(0x0109),
        cluster_id=t.uint16_t(0x0702),
        data=t.SerializableBytes(b"data"),
        tx_options=t.TransmitOptions.ACK | t.TransmitOptions.APS_Encryption,
        lqi=t.uint8_t(200),
        rssi=t.int8s(-60),
    )

    heard = heard_from(packet)

    assert heard == Heard(
        0x1234,
        0x0109,
        0x0702,
        0x0A,
        0xFF,  # of all our endpoints those that are in the group
        b"data",
        encrypted=True,
        broadcast=True,
        lqi=200,
        rssi=-60,
        group=0x4321,
    )
    assert {type(getattr(heard, name)) for name in heard.__struct_fields__} == {int, bytes, bool}


def test_what_a_packet_does_not_say_is_not_there() -> None:
    packet = t.ZigbeePacket(src=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(0x1234)))

    assert heard_from(packet) == Heard(0x1234, 0, 0, 0, 0, b"")
