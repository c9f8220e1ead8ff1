"""The OTA Upgrade cluster on the wire."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.ota.records import (
    OTA_CLUSTER,
    ImageBlockRequestRecord,
    ImageBlockResponseRecord,
    ImageNotifyRecord,
    QueryNextImageRecord,
)
from sebridge.model.record import Record
from sebridge.zcl.identifiers import SE_PROFILE, always_needs_link_key
from tests.examples import fewer_examples
from tests.zcl.wire import kinds, records, shown

_ASKED = "3412 7856 01000000 00020000 32"  # maker, type, version, offset, octets


@pytest.mark.parametrize("kind", kinds(OTA_CLUSTER))
@fewer_examples(4)
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
    ("payload", "address", "period"),
    [
        (f"00 {_ASKED}", None, None),
        (f"01 {_ASKED} 0102030405060708", 0x0807060504030201, None),
        (f"02 {_ASKED} f401", None, 500),
        (f"03 {_ASKED} 0102030405060708 f401", 0x0807060504030201, 500),
        (f"00 {_ASKED} 0102030405060708 f401", None, None),  # octets of a newer edition
    ],
)
def test_what_a_request_for_a_block_has_is_said_by_its_field_control(
    payload: str, address: int | None, period: int | None
) -> None:
    request, rest = ImageBlockRequestRecord.deserialize_with_rest(bytes.fromhex(payload))

    assert (request.request_node_address, request.minimum_block_period) == (address, period)
    assert request.file_offset == 512
    assert request.serialize() + rest == bytes.fromhex(payload)


@pytest.mark.parametrize("control", ["01", "02", "03"])
def test_what_the_field_control_announces_must_be_there(control: str) -> None:
    with pytest.raises(DecodeError, match="cut off"):
        ImageBlockRequestRecord.deserialize(bytes.fromhex(f"{control} {_ASKED}"))


def test_an_answer_is_a_block_a_time_to_ask_again_or_the_end() -> None:
    block = bytes.fromhex("00 3412 7856 01000000 00020000 03 aabbcc")
    wait = bytes.fromhex("97 00000000 0a000000 f401")

    assert ImageBlockResponseRecord.deserialize(block).image_data == bytes.fromhex("aabbcc")
    assert shown(ImageBlockResponseRecord.deserialize(wait)) == {
        "status": 0x97,
        "utc_time": 0,
        "request_time": 10,
        "minimum_block_period": 500,
    }
    assert shown(ImageBlockResponseRecord.deserialize(b"\x95")) == {"status": 0x95}


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ("00 64", (None, None, None)),
        ("01 64 3412", (0x1234, None, None)),
        ("02 64 3412 7856", (0x1234, 0x5678, None)),
        ("03 64 3412 7856 01000000", (0x1234, 0x5678, 1)),
    ],
)
def test_a_notice_names_as_much_as_its_type_says(
    payload: str, told: tuple[int | None, int | None, int | None]
) -> None:
    notice = ImageNotifyRecord.deserialize(bytes.fromhex(payload))

    assert (notice.manufacturer_code, notice.image_type, notice.file_version) == told
    assert notice.serialize() == bytes.fromhex(payload)


def test_smart_energy_encrypts_it_with_a_link_key() -> None:
    assert always_needs_link_key(SE_PROFILE, OTA_CLUSTER.cluster_id)
