"""Commands of the Metering cluster that zigpy declares in another shape than we want.

zigpy gives the parts of a snapshot schedule as bit fields and calls the lists "payloads"; here
they are plain numbers under the profile's own names. Source: Smart Energy Profile 1.2, annex D.
"""

from collections.abc import Mapping
from typing import Final

import zigpy.types as t
from zigpy.zcl.foundation import CommandSchema

from sebridge.zcl.record import Record, counted_by, field


class SnapshotScheduleItem(t.Struct):
    """When to take a snapshot, and what goes into it."""

    snapshot_schedule_id: t.uint8_t
    snapshot_start_time: t.UTCTime
    snapshot_schedule: t.uint24_t
    snapshot_payload_type: t.uint8_t
    snapshot_cause: t.uint32_t


class ScheduleSnapshotRecord(Record):
    """Ask for snapshots at certain times."""

    issuer_event_id: t.uint32_t
    command_index: t.uint8_t
    total_number_of_commands: t.uint8_t
    snapshot_schedules: t.List[SnapshotScheduleItem]


class SnapshotResponseItem(t.Struct):
    """What becomes of one schedule."""

    snapshot_schedule_id: t.uint8_t
    snapshot_schedule_confirmation: t.uint8_t


class ScheduleSnapshotResponseRecord(Record):
    """What becomes of the schedules asked for."""

    issuer_event_id: t.uint32_t
    snapshot_responses: t.List[SnapshotResponseItem]


class FlagAllocation(t.Struct):
    """Which commands of a cluster one notification flag stands for."""

    cluster_id: t.uint16_t
    manufacturer_code: t.uint16_t
    number_of_commands: t.uint8_t
    command_ids: t.List[t.uint8_t] = counted_by("number_of_commands")


class ConfigureNotificationFlagsRecord(Record):
    """Which commands the notification flags stand for: the first one, and all others."""

    issuer_event_id: t.uint32_t
    notification_scheme: t.uint8_t
    notification_flag_attribute_id: t.uint16_t
    cluster_id: t.uint16_t
    manufacturer_code: t.uint16_t
    number_of_commands: t.uint8_t
    command_ids: t.List[t.uint8_t] = counted_by("number_of_commands")
    further_allocations: t.List[FlagAllocation] = field(optional=True)


SERVER_COMMANDS: Final[Mapping[int, tuple[str, type[CommandSchema]]]] = {
    0x04: ("schedule_snapshot", ScheduleSnapshotRecord),
}
"""What a client sends, where zigpy's declaration is not ours."""

CLIENT_COMMANDS: Final[Mapping[int, tuple[str, type[CommandSchema]]]] = {
    0x04: ("schedule_snapshot_response", ScheduleSnapshotResponseRecord),
    0x0A: ("configure_notification_flags", ConfigureNotificationFlagsRecord),
}
"""What the server sends, where zigpy's declaration is not ours."""
