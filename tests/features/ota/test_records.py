"""The OTA Upgrade cluster on the wire."""

from hypothesis import given, strategies as st
import pytest

from sebridge.features.ota.records import (
    OTA_CLUSTER,
    ImageBlockRequestRecord,
    ImageBlockRequestWithPeriodRecord,
    ImageBlockResponseRecord,
    ImageBlockWaitRecord,
    QueryNextImageRecord,
)
from sebridge.model.record import Record
from sebridge.zcl.identifiers import SE_PROFILE, always_needs_link_key
from tests.zcl.wire import kinds, records, shown

_ASKED = "3412 7856 01000000 00020000 32"  # maker, type, version, offset, octets


@pytest.mark.parametrize("kind", kinds(OTA_CLUSTER))
@given(data=st.data())
def test_every_record_is_on_the_air_again_what_it_was(
    kind: type[Record], data: st.DataObject
) -> None:
    record = data.draw(records(kind))

    payload = record.serialize()

    assert kind.deserialize(payload).serialize() == payload


def test_a_query_may_tell_the_hardware() -> None:
    query = QueryNextImageRecord.deserialize(bytes.fromhex("01 3412 7856 01000000 0500"))

    assert query.hardware_version == 5
    assert query.file_version == 1


@pytest.mark.parametrize(
    ("payload", "kind", "period"),
    [
        (f"00 {_ASKED}", ImageBlockRequestRecord, None),
        (f"01 {_ASKED} 0102030405060708", ImageBlockRequestRecord, None),
        (f"02 {_ASKED} f401", ImageBlockRequestWithPeriodRecord, 500),
        (f"03 {_ASKED} 0102030405060708 f401", ImageBlockRequestRecord, 500),
    ],
)
def test_a_request_for_a_block_has_its_period_with_and_without_an_address(
    payload: str, kind: type[Record], period: int | None
) -> None:
    request = ImageBlockRequestRecord.deserialize(bytes.fromhex(payload))

    assert type(request) is kind
    assert request.minimum_block_period == period
    assert request.file_offset == 512
    assert request.serialize() == bytes.fromhex(payload)


def test_an_answer_is_a_block_or_a_time_to_ask_again() -> None:
    block = bytes.fromhex("00 3412 7856 01000000 00020000 03 aabbcc")
    wait = bytes.fromhex("97 00000000 0a000000 f401")

    assert ImageBlockResponseRecord.deserialize(block).image_data == bytes.fromhex("aabbcc")
    assert shown(ImageBlockResponseRecord.deserialize(wait))["request_time"] == 10
    assert OTA_CLUSTER.command_id(ImageBlockWaitRecord, from_server=True) == 0x05


def test_smart_energy_encrypts_it_with_a_link_key() -> None:
    assert always_needs_link_key(SE_PROFILE, OTA_CLUSTER.cluster_id)
