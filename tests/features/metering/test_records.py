"""The commands of the Metering cluster on the wire."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.metering.records import (
    METERING_CLUSTER,
    ConfigureNotificationFlagsRecord,
    ScheduleSnapshotRecord,
)
from sebridge.model.record import Record
from tests.zcl.wire import VECTORS, kinds, records, shown, vectors, wanted

PARAMETERS = vectors(METERING_CLUSTER)


@pytest.mark.parametrize(("kind", "payload", "fields"), PARAMETERS)
def test_a_wire_vector_decodes_to_its_fields_and_encodes_back(
    kind: type[Record], payload: bytes, fields: dict[str, Any]
) -> None:
    record = kind.deserialize(payload)

    assert shown(record) == wanted(record, fields)
    assert record.serialize() == payload


@pytest.mark.parametrize(("kind", "payload", "fields"), [v for v in PARAMETERS if v.values[1]])
def test_a_payload_cut_short_is_refused(
    kind: type[Record], payload: bytes, fields: dict[str, Any]
) -> None:
    with pytest.raises(DecodeError):
        kind.deserialize(payload[:-1])


RECORDS = kinds(METERING_CLUSTER)


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
def test_every_record_survives_the_air(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))

    assert kind.deserialize(record.serialize()) == record


def test_a_snapshot_schedule_is_a_plain_number() -> None:
    vector = next(vector for vector in VECTORS if vector["id"] == "D33")
    payload = bytes.fromhex(vector["payload"])

    record = ScheduleSnapshotRecord.deserialize(payload)

    assert shown(record) == vector["fields"]
    assert record.serialize() == payload


@pytest.mark.parametrize("further", ["", "0207 ffff 01 05"])
def test_notification_flags_may_be_given_for_several_clusters(further: str) -> None:
    payload = bytes.fromhex(f"01000000 02 0100 0007 ffff 02 00 01 {further}")

    record = ConfigureNotificationFlagsRecord.deserialize(payload)

    assert isinstance(record, ConfigureNotificationFlagsRecord)
    assert record.command_ids == (0, 1)
    assert [item.cluster_id for item in record.further_allocations or ()] == (
        [0x0702] if further else []
    )
    assert record.serialize() == payload


def test_fewer_commands_than_told_are_refused() -> None:
    with pytest.raises(DecodeError, match="command_ids"):
        ConfigureNotificationFlagsRecord.deserialize(
            bytes.fromhex("01000000 02 0100 0007 ffff 03 00 01")
        )
