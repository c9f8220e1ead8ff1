"""Metering cluster 0x0702, wire format: ZigBee Smart Energy Profile 1.2, annex D."""

from typing import Annotated, Final

from sebridge.features.metering.attributes import CLIENT, SERVER
from sebridge.model.data_types import (
    AllOctets,
    Bitmap8,
    Bitmap32,
    Boolean,
    CountedBy,
    Enum8,
    Uint8,
    Uint16,
    Uint24,
    Uint32,
    UtcTime,
)
from sebridge.model.record import Record
from sebridge.zcl.attribute_table import AttributeTable
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import METERING
from sebridge.zcl.known_clusters import known_attributes


class GetProfileRecord(Record):
    """Ask for the intervals of a load profile that end before a time (0 = now)."""

    interval_channel: Uint8
    end_time: UtcTime
    number_of_periods: Uint8


class GetProfileResponseRecord(Record):
    """Intervals of a load profile, the newest first (MET-9, MET-10)."""

    end_time: UtcTime
    status: Uint8
    profile_interval_period: Uint8
    number_of_periods_delivered: Uint8
    intervals: Annotated[tuple[Uint24, ...], CountedBy("number_of_periods_delivered")]


class RequestMirrorRecord(Record):
    """Ask for a mirror."""


class RequestMirrorResponseRecord(Record):
    """The endpoint of the new mirror; 0xFFFF where there is none."""

    endpoint_id: Uint16


class RemoveMirrorRecord(Record):
    """Ask to take the mirror away."""


class MirrorRemovedRecord(Record):
    """The endpoint whose mirror was taken away; 0xFFFF where it could not be."""

    removed_endpoint_id: Uint16


class RequestFastPollModeRecord(Record):
    """Ask for fast poll mode: a new demand every so many seconds, for so many minutes."""

    fast_poll_update_period: Uint8
    duration: Uint8


class RequestFastPollModeResponseRecord(Record):
    """What came of it: the period in seconds, and the time at which it ends."""

    applied_update_period: Uint8
    fast_poll_mode_end_time: UtcTime


class SnapshotScheduleItem(Record):
    """When to take a snapshot, and what goes into it."""

    snapshot_schedule_id: Uint8
    snapshot_start_time: UtcTime
    snapshot_schedule: Uint24
    snapshot_payload_type: Uint8
    snapshot_cause: Uint32


class ScheduleSnapshotRecord(Record):
    """Ask for snapshots at certain times."""

    issuer_event_id: Uint32
    command_index: Uint8
    total_number_of_commands: Uint8
    snapshot_schedules: tuple[SnapshotScheduleItem, ...]


class SnapshotResponseItem(Record):
    """What becomes of one schedule."""

    snapshot_schedule_id: Uint8
    snapshot_schedule_confirmation: Uint8


class ScheduleSnapshotResponseRecord(Record):
    """What becomes of the schedules asked for."""

    issuer_event_id: Uint32
    snapshot_responses: tuple[SnapshotResponseItem, ...]


class TakeSnapshotRecord(Record):
    """Ask for a snapshot now."""

    snapshot_cause: Bitmap32


class TakeSnapshotResponseRecord(Record):
    """The number of the snapshot, and whether it was taken."""

    snapshot_id: Uint32
    snapshot_confirmation: Uint8


class GetSnapshotRecord(Record):
    """Ask for the snapshots of a span of time."""

    earliest_start_time: UtcTime
    latest_end_time: UtcTime
    snapshot_offset: Uint8
    snapshot_cause: Bitmap32


class PublishSnapshotRecord(Record):
    """A snapshot; its payload depends on its type."""

    snapshot_id: Uint32
    snapshot_time: UtcTime
    total_snapshots_found: Uint8
    command_index: Uint8
    total_number_of_commands: Uint8
    snapshot_cause: Bitmap32
    snapshot_payload_type: Enum8
    snapshot_payload: AllOctets


class StartSamplingRecord(Record):
    """Ask for samples: of what, from when on, every how many seconds, how many."""

    issuer_event_id: Uint32
    start_sampling_time: UtcTime
    sample_type: Uint8
    sample_request_interval: Uint16
    max_number_of_samples: Uint16


class StartSamplingResponseRecord(Record):
    """The number under which the samples are kept."""

    sample_id: Uint16


class GetSampledDataRecord(Record):
    """Ask for samples."""

    sample_id: Uint16
    earliest_sample_time: UtcTime
    sample_type: Uint8
    number_of_samples: Uint16


class GetSampledDataResponseRecord(Record):
    """Samples, and how many seconds lie between two."""

    sample_id: Uint16
    sample_start_time: UtcTime
    sample_type: Uint8
    sample_request_interval: Uint16
    number_of_samples: Uint16
    samples: Annotated[tuple[Uint24, ...], CountedBy("number_of_samples", 0xFFFF)]


class ConfigureMirrorRecord(Record):
    """How a meter wants its mirror to be."""

    issuer_event_id: Uint32
    reporting_interval: Uint24
    mirror_notification_reporting: Boolean
    notification_scheme: Uint8


class MirrorReportAttributeResponseRecord(Record):
    """Flags that tell a meter what waits for it."""

    notification_scheme: Uint8
    notification_flags: tuple[Bitmap32, ...]


class ConfigureNotificationSchemeRecord(Record):
    """In which order the notification flags stand."""

    issuer_event_id: Uint32
    notification_scheme: Uint8
    notification_flag_order: Bitmap32


class FlagAllocation(Record):
    """Which commands of a cluster one notification flag stands for."""

    cluster_id: Uint16
    manufacturer_code: Uint16
    number_of_commands: Uint8
    command_ids: Annotated[tuple[Uint8, ...], CountedBy("number_of_commands")]


class ConfigureNotificationFlagsRecord(Record):
    """Which commands the notification flags stand for: the first one, and all others."""

    issuer_event_id: Uint32
    notification_scheme: Uint8
    notification_flag_attribute_id: Uint16
    cluster_id: Uint16
    manufacturer_code: Uint16
    number_of_commands: Uint8
    command_ids: Annotated[tuple[Uint8, ...], CountedBy("number_of_commands")]
    further_allocations: tuple[FlagAllocation, ...] | None = None


class GetNotifiedMessageRecord(Record):
    """Ask for what the notification flags tell of."""

    notification_scheme: Uint8
    notification_flag_attribute_id: Uint16
    notification_flags: Bitmap32


class ResetLoadLimitCounterRecord(Record):
    """Count from zero how often the load was limited."""

    provider_id: Uint32
    issuer_event_id: Uint32


class ChangeSupplyRecord(Record):
    """Connect or disconnect the supply, at a time."""

    provider_id: Uint32
    issuer_event_id: Uint32
    request_date_time: UtcTime
    implementation_date_time: UtcTime
    proposed_supply_status: Uint8
    supply_control_bits: Bitmap8


class LocalChangeSupplyRecord(Record):
    """Connect or disconnect the supply on the spot."""

    proposed_supply_status: Uint8


class SupplyStatusResponseRecord(Record):
    """What the supply is, or will be."""

    provider_id: Uint32
    issuer_event_id: Uint32
    implementation_date_time: UtcTime
    supply_status: Uint8


class SetSupplyStatusRecord(Record):
    """What becomes of the supply when something happens."""

    issuer_event_id: Uint32
    supply_tamper_state: Uint8
    supply_depletion_state: Uint8
    supply_uncontrolled_flow_state: Uint8
    load_limit_supply_state: Uint8


class SetUncontrolledFlowThresholdRecord(Record):
    """From which flow on a supply of gas counts as uncontrolled."""

    provider_id: Uint32
    issuer_event_id: Uint32
    uncontrolled_flow_threshold: Uint16
    unit_of_measure: Uint8
    multiplier: Uint16
    divisor: Uint16
    stabilisation_period: Uint8
    measurement_period: Uint16


METERING_CLUSTER: Final = ClusterDefinition(
    METERING,
    "metering",
    from_client=(
        (0x00, "get_profile", GetProfileRecord),
        (0x01, "request_mirror_response", RequestMirrorResponseRecord),
        (0x02, "mirror_removed", MirrorRemovedRecord),
        (0x03, "request_fast_poll_mode", RequestFastPollModeRecord),
        (0x04, "schedule_snapshot", ScheduleSnapshotRecord),
        (0x05, "take_snapshot", TakeSnapshotRecord),
        (0x06, "get_snapshot", GetSnapshotRecord),
        (0x07, "start_sampling", StartSamplingRecord),
        (0x08, "get_sampled_data", GetSampledDataRecord),
        (0x09, "mirror_report_attribute_response", MirrorReportAttributeResponseRecord),
        (0x0A, "reset_load_limit_counter", ResetLoadLimitCounterRecord),
        (0x0B, "change_supply", ChangeSupplyRecord),
        (0x0C, "local_change_supply", LocalChangeSupplyRecord),
        (0x0D, "set_supply_status", SetSupplyStatusRecord),
        (0x0E, "set_uncontrolled_flow_threshold", SetUncontrolledFlowThresholdRecord),
    ),
    from_server=(
        (0x00, "get_profile_response", GetProfileResponseRecord),
        (0x01, "request_mirror", RequestMirrorRecord),
        (0x02, "remove_mirror", RemoveMirrorRecord),
        (0x03, "request_fast_poll_mode_response", RequestFastPollModeResponseRecord),
        (0x04, "schedule_snapshot_response", ScheduleSnapshotResponseRecord),
        (0x05, "take_snapshot_response", TakeSnapshotResponseRecord),
        (0x06, "publish_snapshot", PublishSnapshotRecord),
        (0x07, "get_sampled_data_response", GetSampledDataResponseRecord),
        (0x08, "configure_mirror", ConfigureMirrorRecord),
        (0x09, "configure_notification_scheme", ConfigureNotificationSchemeRecord),
        (0x0A, "configure_notification_flags", ConfigureNotificationFlagsRecord),
        (0x0B, "get_notified_message", GetNotifiedMessageRecord),
        (0x0C, "supply_status_response", SupplyStatusResponseRecord),
        (0x0D, "start_sampling_response", StartSamplingResponseRecord),
    ),
    server_attributes=AttributeTable(SERVER, known_attributes(METERING)),
    client_attributes=AttributeTable(CLIENT),
)
