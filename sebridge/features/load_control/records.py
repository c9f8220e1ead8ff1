"""Demand Response and Load Control cluster 0x0701: ZigBee Smart Energy Profile 1.x, annex D."""

import enum
from typing import Annotated, Final

from sebridge.model.data_types import FixedOctets, Int8, Int16, Uint8, Uint16, Uint32, UtcTime
from sebridge.model.record import Record
from sebridge.zcl.attribute_table import AttributeTable
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import DRLC

ALL_CLASSES: Final = 0x0FFF
SIGNATURE_SIZE: Final = 42
"""Octets: two 21-octet numbers of an ECDSA signature on sect163k1."""

Signature = Annotated[bytes, FixedOctets(SIGNATURE_SIZE)]


class EventStatus(enum.IntEnum):
    """What a client says of an event."""

    RECEIVED = 0x01
    STARTED = 0x02
    COMPLETED = 0x03
    OPTED_OUT = 0x04
    OPTED_IN = 0x05
    CANCELLED = 0x06
    SUPERSEDED = 0x07
    PARTIALLY_COMPLETED_WITH_OPT_OUT = 0x08
    PARTIALLY_COMPLETED_WITH_OPT_IN = 0x09
    COMPLETED_NO_PARTICIPATION = 0x0A
    INVALID_CANCEL = 0xF8
    INVALID_CANCEL_TIME = 0xF9
    EXPIRED = 0xFB
    UNKNOWN_EVENT = 0xFD
    REJECTED = 0xFE


_STATUSES: Final = frozenset(EventStatus)


def event_status_word(status: int) -> str:
    """Return an event status in words, such as `started`."""
    return EventStatus(status).name.lower() if status in _STATUSES else f"0x{status:02X}"


class LoadControlEventRecord(Record):
    """A load-control event: who, when, how hard.

    Offsets are in 0.1 degrees C and always towards less load; set points are in 0.01 degrees C;
    `average_load_adjustment_percentage` is -100..100, `duty_cycle` 0..100. Duration is 1..1440
    minutes, `criticality_level` 1..15.
    """

    issuer_event_id: Uint32 = 0  # zero: the gateway that is to publish it assigns one
    device_class: Uint16 = ALL_CLASSES
    utility_enrollment_group: Uint8 = 0
    start_time: UtcTime = 0  # zero means now
    duration_in_minutes: Uint16
    criticality_level: Uint8 = 1
    cooling_temperature_offset: Uint8 = 0xFF
    heating_temperature_offset: Uint8 = 0xFF
    cooling_temperature_set_point: Int16 = -0x8000
    heating_temperature_set_point: Int16 = -0x8000
    average_load_adjustment_percentage: Int8 = -0x80
    duty_cycle: Uint8 = 0xFF
    event_control: Uint8 = 3  # bits 0 and 1: randomise start and end


def for_remaining_classes(
    record: LoadControlEventRecord, superseded: int
) -> LoadControlEventRecord:
    """Return an event for the device classes that no other event has taken from it (DRLC-25)."""
    return record.replace(device_class=record.device_class & ~superseded)


class CancelLoadControlEventRecord(Record):
    """Take an event back; `effective_time` 0 means now."""

    issuer_event_id: Uint32
    device_class: Uint16 = ALL_CLASSES
    utility_enrollment_group: Uint8 = 0
    cancel_control: Uint8 = 1  # bit 0: keep the event's randomisation
    effective_time: UtcTime = 0


class CancelAllLoadControlEventsRecord(Record):
    """Take every event back."""

    cancel_control: Uint8 = 1


class ReportEventStatusRecord(Record):
    """What a client does with an event, and with which values."""

    issuer_event_id: Uint32
    event_status: Uint8
    event_status_time: UtcTime = 0  # never zero on air: the time of the change
    criticality_level_applied: Uint8
    cooling_temperature_set_point_applied: Uint16 = 0x8000
    heating_temperature_set_point_applied: Uint16 = 0x8000
    average_load_adjustment_percentage_applied: Uint8 = 0x80
    duty_cycle_applied: Uint8 = 0xFF
    event_control: Uint8
    signature_type: Uint8 = 0x01
    signature: Signature | None = bytes(SIGNATURE_SIZE)


class GetScheduledEventsRecord(Record):
    """Ask for the events which end after `start_time` (0 = now); 0 events means all."""

    start_time: UtcTime = 0
    number_of_events: Uint8 = 0
    issuer_event_id: Uint32 | None = None  # SE 1.2b: the smallest id wanted


_CLIENT_ATTRIBUTES: Final = """\
0x0000 utility_enrollment_group uint8 rw
0x0001 start_randomization_minutes uint8 rw
0x0002 duration_randomization_minutes uint8 rw
0x0003 device_class_value uint16 rw
"""
"""What the ESI may set on a client (DRLC-34)."""

LOAD_CONTROL_CLUSTER: Final = ClusterDefinition(
    DRLC,
    "drlc",
    from_client=(
        (0x00, "report_event_status", ReportEventStatusRecord),
        (0x01, "get_scheduled_events", GetScheduledEventsRecord),
    ),
    from_server=(
        (0x00, "load_control_event", LoadControlEventRecord),
        (0x01, "cancel_load_control_event", CancelLoadControlEventRecord),
        (0x02, "cancel_all_load_control_events", CancelAllLoadControlEventsRecord),
    ),
    client_attributes=AttributeTable(_CLIENT_ATTRIBUTES),
)


_LONGEST_EVENT: Final = 1440  # minutes
_NOT_USED: Final = 0xFF
_LOAD_NOT_USED: Final = -0x80
_HIGHEST_CRITICALITY: Final = 0x0F
LAST_VOLUNTARY_CRITICALITY: Final = 6
"""Up to this criticality level a user may opt out (DRLC-6)."""


def problem_of(record: LoadControlEventRecord) -> str | None:
    """Say what makes an event one that must be rejected (DRLC-2, DRLC-6); None for a good one."""
    load, duty = record.average_load_adjustment_percentage, record.duty_cycle
    if not 1 <= record.duration_in_minutes <= _LONGEST_EVENT:
        return f"duration_in_minutes must be 1..{_LONGEST_EVENT}"
    if not 1 <= record.criticality_level <= _HIGHEST_CRITICALITY:
        return f"criticality_level must be 1..{_HIGHEST_CRITICALITY}"
    if load != _LOAD_NOT_USED and not -100 <= load <= 100:  # noqa: PLR2004
        return "average_load_adjustment_percentage must be -100..100 (-128: not used)"
    if duty != _NOT_USED and duty > 100:  # noqa: PLR2004
        return "duty_cycle must be 0..100 (255: not used)"
    if not record.device_class & ALL_CLASSES:
        return "device_class names no device class"
    return None
