"""The Tunneling cluster on the wire."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.tunneling.records import (
    RequestTunnelRecord,
    RequestTunnelResponseRecord,
    SupportedTunnelProtocolsResponseRecord,
    TransferDataRecord,
    TransferDataToClientRecord,
    Tunneling,
)
from sebridge.zcl.record import Record, decode
from tests.zcl.wire import commands, records, shown, vectors, wanted

RECORDS = [command.schema for _, command in commands(Tunneling)]


@pytest.mark.parametrize(("kind", "payload", "fields"), vectors(Tunneling))
def test_a_wire_vector_decodes_to_its_fields_and_encodes_back(
    kind: type[Record], payload: bytes, fields: dict[str, Any]
) -> None:
    record = decode(kind, payload)

    assert shown(record) == wanted(record, fields)
    assert record.serialize() == payload


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
def test_every_record_survives_the_air(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))

    assert decode(kind, record.serialize()) == record


def test_the_transfer_size_may_be_left_off_as_before_se_1_1a() -> None:
    request = decode(RequestTunnelRecord, bytes.fromhex("02 ffff 00"))
    answer = decode(RequestTunnelResponseRecord, bytes.fromhex("0100 00"))

    assert request.serialize() == bytes.fromhex("02 ffff 00")
    assert answer.serialize() == bytes.fromhex("0100 00")


def test_each_side_sends_data_under_its_own_command() -> None:
    from_client = TransferDataRecord(tunnel_id=1, data=b"x").command
    from_server = TransferDataToClientRecord(tunnel_id=1, data=b"x").command

    assert (from_client.id, from_server.id) == (0x02, 0x01)


def test_a_protocol_list_is_as_long_as_it_says_by_tun_6() -> None:
    payload = bytes.fromhex("01 02 ffff02 1e10c7")

    record = decode(SupportedTunnelProtocolsResponseRecord, payload)

    assert shown(record)["protocol_list"] == [
        {"manufacturer_code": 0xFFFF, "protocol_id": 2},
        {"manufacturer_code": 0x101E, "protocol_id": 0xC7},
    ]
    with pytest.raises(DecodeError) as caught:
        decode(SupportedTunnelProtocolsResponseRecord, payload[:-1])
    assert caught.value.offset == 5
