"""The commands of the Metering cluster that are declared here."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.metering.commands import (
    CLIENT_COMMANDS,
    SERVER_COMMANDS,
    ConfigureNotificationFlagsRecord,
    ScheduleSnapshotRecord,
)
from sebridge.zcl.record import decode
from tests.zcl.wire import VECTORS, records, shown

RECORDS = [kind for _, kind in (*SERVER_COMMANDS.values(), *CLIENT_COMMANDS.values())]


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
def test_every_record_survives_the_air(kind: Any, data: st.DataObject) -> None:
    record = data.draw(records(kind))

    assert decode(kind, record.serialize()) == record


def test_a_snapshot_schedule_is_a_plain_number() -> None:
    vector = next(vector for vector in VECTORS if vector["id"] == "D33")
    payload = bytes.fromhex(vector["payload"])

    record = decode(ScheduleSnapshotRecord, payload)

    assert shown(record) == vector["fields"]
    assert record.serialize() == payload


@pytest.mark.parametrize("further", ["", "0207 ffff 01 05"])
def test_notification_flags_may_be_given_for_several_clusters(further: str) -> None:
    payload = bytes.fromhex(f"01000000 02 0100 0007 ffff 02 00 01 {further}")

    record = decode(ConfigureNotificationFlagsRecord, payload)

    assert isinstance(record, ConfigureNotificationFlagsRecord)
    assert record.command_ids == [0, 1]
    assert [item.cluster_id for item in record.further_allocations or []] == (
        [0x0702] if further else []
    )
    assert record.serialize() == payload


def test_fewer_commands_than_told_are_refused() -> None:
    with pytest.raises(DecodeError, match="command_ids"):
        decode(
            ConfigureNotificationFlagsRecord, bytes.fromhex("01000000 02 0100 0007 ffff 03 00 01")
        )
