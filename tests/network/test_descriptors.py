"""What a device says of itself, as records."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.model.plain import from_plain, to_plain
from sebridge.model.values import ABSENT
from sebridge.network.descriptors import (
    Node_Desc_rsp,
    Power_Desc_rsp,
    Simple_Desc_rsp,
    endpoints_answer,
    node_answer,
    power_answer,
    simple_answer,
)
from sebridge.zcl.zdo import Fields, ZdoCommand, decode


def fields(command: ZdoCommand, octets: str) -> Fields:
    return decode(command, bytes.fromhex(octets))[1]


NODE = "05 00 3412 01 40 8e 1e10 52 ff00 412c ff00 00"
POWER = "05 00 3412 10 c1"
SIMPLE = "05 00 3412 12 0a 0901 0105 f2 02 0000 0207 03 0a00 0007 0307"


def test_a_node_descriptor_has_the_references_fields() -> None:
    record = node_answer(fields(ZdoCommand.Node_Desc_rsp, NODE))

    assert to_plain(record) == {
        "status": 0,
        "nwk_addr": 0x1234,
        "logical_type": 1,
        "complex_desc_avail": 0,
        "user_desc_avail": 0,
        "aps_flags": 0,
        "frequency_band": 8,
        "mac_capability_flags": 0x8E,
        "manufacturer_code": 0x101E,
        "max_buffer_size": 0x52,
        "max_incoming_transfer_size": 0xFF,
        "server_mask": 0x2C41,
        "max_outgoing_transfer_size": 0xFF,
        "descriptor_capability_field": 0,
    }
    assert not record.is_sleepy


def test_a_receiver_that_is_off_when_idle_makes_a_sleepy_device() -> None:
    record = node_answer(fields(ZdoCommand.Node_Desc_rsp, NODE.replace("8e", "80")))

    assert record.is_sleepy
    assert not Node_Desc_rsp(status=0x84, nwk_addr=1).is_sleepy


def test_a_power_descriptor_has_the_references_fields() -> None:
    record = power_answer(fields(ZdoCommand.Power_Desc_rsp, POWER))

    assert to_plain(record) == {
        "status": 0,
        "nwk_addr": 0x1234,
        "current_power_mode": 0,
        "available_power_sources": 1,
        "current_power_source": 1,
        "current_power_source_level": 12,
    }


def test_a_simple_descriptor_has_the_references_fields() -> None:
    record = simple_answer(fields(ZdoCommand.Simple_Desc_rsp, SIMPLE), 10)

    assert to_plain(record) == {
        "status": 0,
        "nwk_addr": 0x1234,
        "endpoint_id": 10,
        "profile_id": 0x0109,
        "device_id": 0x0501,
        "device_version": 2,  # the upper four bits are reserved
        "input_clusters": [0, 0x0702],
        "output_clusters": [0x000A, 0x0700, 0x0703],
    }
    assert record.servers == (0, 0x0702)
    assert record.clients == (0x000A, 0x0700, 0x0703)


def test_a_refusal_is_a_record_with_its_status_alone() -> None:
    refused = "05 84 3412"

    assert to_plain(node_answer(fields(ZdoCommand.Node_Desc_rsp, refused))) == {
        "status": 0x84,
        "nwk_addr": 0x1234,
    }
    assert power_answer(fields(ZdoCommand.Power_Desc_rsp, refused)) == Power_Desc_rsp(
        status=0x84, nwk_addr=0x1234
    )
    simple = simple_answer(fields(ZdoCommand.Simple_Desc_rsp, "05 83"), 1)
    assert simple == Simple_Desc_rsp(status=0x83, nwk_addr=0xFFFF)
    assert simple.servers == simple.clients == ()


@pytest.mark.parametrize(
    "octets", ["05 00 3412", "05 00 3412 00", "05 00 3412 05 0a", "05 00 3412 12 0a 0901"]
)
def test_a_success_without_a_whole_descriptor_is_refused(octets: str) -> None:
    with pytest.raises(DecodeError, match=r"has no SimpleDescriptor|SimpleDescriptor is cut off"):
        simple_answer(fields(ZdoCommand.Simple_Desc_rsp, octets), 10)


def test_a_descriptor_of_another_endpoint_is_refused() -> None:
    with pytest.raises(DecodeError, match="endpoint 11 answered for endpoint 10"):
        simple_answer(fields(ZdoCommand.Simple_Desc_rsp, SIMPLE), 11)


def test_an_answer_without_a_status_is_refused() -> None:
    with pytest.raises(DecodeError, match="no status"):
        node_answer({})
    with pytest.raises(DecodeError, match="no list"):
        endpoints_answer({"Status": 0})


def test_only_the_endpoints_of_applications_count_and_each_once() -> None:
    answer = fields(ZdoCommand.Active_EP_rsp, "05 00 3412 07 01 5e 00 01 f0 f2 ff")

    assert endpoints_answer(answer) == (1, 0x5E, 0xF0)


def test_a_device_that_refuses_to_list_its_endpoints_has_none() -> None:
    assert endpoints_answer(fields(ZdoCommand.Active_EP_rsp, "05 84")) == ()


def test_clusters_that_are_claimed_twice_count_once() -> None:
    octets = "05 00 3412 0e 0a 0901 0105 02 03 0207 0207 0000 00"

    assert simple_answer(fields(ZdoCommand.Simple_Desc_rsp, octets), 10).servers == (0x0702, 0)


@pytest.mark.parametrize(
    "record",
    [
        node_answer(fields(ZdoCommand.Node_Desc_rsp, NODE)),
        power_answer(fields(ZdoCommand.Power_Desc_rsp, POWER)),
        simple_answer(fields(ZdoCommand.Simple_Desc_rsp, SIMPLE), 10),
        Simple_Desc_rsp(status=0x83, nwk_addr=1),
    ],
)
def test_a_record_survives_its_plain_form(record: object) -> None:
    assert from_plain(type(record), to_plain(record)) == record


@given(octets=st.binary(max_size=300))
def test_whatever_a_device_answers_is_a_record_or_refused(octets: bytes) -> None:
    for command, read in (
        (ZdoCommand.Node_Desc_rsp, node_answer),
        (ZdoCommand.Power_Desc_rsp, power_answer),
        (ZdoCommand.Active_EP_rsp, endpoints_answer),
        (ZdoCommand.Simple_Desc_rsp, lambda answer: simple_answer(answer, 1)),
    ):
        try:
            found = read(decode(command, octets)[1])
        except DecodeError:
            continue
        if isinstance(found, tuple):
            assert len(found) <= 240
        elif isinstance(found, Simple_Desc_rsp) and found.endpoint_id is not ABSENT:
            assert len(found.servers) <= 255
