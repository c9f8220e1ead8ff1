"""Demand Response and Load Control cluster 0x0701: ZigBee Smart Energy Profile 1.x, annex D."""

from typing import Final

import zigpy.types as t
from zigpy.zcl import Cluster
from zigpy.zcl.foundation import BaseAttributeDefs, BaseCommandDefs

from sebridge.zcl.record import Octets42, Record, attribute, command, field

ALL_CLASSES: Final = 0x0FFF


class EventStatus(t.enum8):
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


class LoadControlEventRecord(Record):
    """A load-control event: who, when, how hard.

    Offsets are in 0.1 degrees C and always towards less load; set points are in 0.01 degrees C;
    `average_load_adjustment_percentage` is -100..100, `duty_cycle` 0..100. Duration is 1..1440
    minutes, `criticality_level` 1..15.
    """

    issuer_event_id: t.uint32_t
    device_class: t.uint16_t = field(ALL_CLASSES)
    utility_enrollment_group: t.uint8_t = field(0)
    start_time: t.UTCTime = field(0)  # zero means now
    duration_in_minutes: t.uint16_t
    criticality_level: t.uint8_t = field(1)
    cooling_temperature_offset: t.uint8_t = field(0xFF)
    heating_temperature_offset: t.uint8_t = field(0xFF)
    cooling_temperature_set_point: t.int16s = field(-0x8000)
    heating_temperature_set_point: t.int16s = field(-0x8000)
    average_load_adjustment_percentage: t.int8s = field(-0x80)
    duty_cycle: t.uint8_t = field(0xFF)
    event_control: t.uint8_t = field(3)  # bits 0 and 1: randomise start and end


class CancelLoadControlEventRecord(Record):
    """Take an event back; `effective_time` 0 means now."""

    issuer_event_id: t.uint32_t
    device_class: t.uint16_t = field(ALL_CLASSES)
    utility_enrollment_group: t.uint8_t = field(0)
    cancel_control: t.uint8_t = field(1)  # bit 0: keep the event's randomisation
    effective_time: t.UTCTime = field(0)


class CancelAllLoadControlEventsRecord(Record):
    """Take every event back."""

    cancel_control: t.uint8_t = field(1)


class ReportEventStatusRecord(Record):
    """What a client does with an event, and with which values."""

    issuer_event_id: t.uint32_t
    event_status: t.uint8_t
    event_status_time: t.UTCTime = field(0)  # never zero on air: the time of the change
    criticality_level_applied: t.uint8_t
    cooling_temperature_set_point_applied: t.uint16_t = field(0x8000)
    heating_temperature_set_point_applied: t.uint16_t = field(0x8000)
    average_load_adjustment_percentage_applied: t.uint8_t = field(0x80)
    duty_cycle_applied: t.uint8_t = field(0xFF)
    event_control: t.uint8_t
    signature_type: t.uint8_t = field(0x01)
    signature: Octets42 = field(bytes(Octets42.LENGTH), optional=True)


class GetScheduledEventsRecord(Record):
    """Ask for the events which end after `start_time` (0 = now); 0 events means all."""

    start_time: t.UTCTime = field(0)
    number_of_events: t.uint8_t = field(0)
    issuer_event_id: t.uint32_t = field(optional=True)  # SE 1.2b: the smallest id wanted


class Drlc(Cluster):
    """Command table of the Demand Response and Load Control cluster."""

    cluster_id = t.uint16_t(0x0701)
    ep_attribute = "drlc"
    aps_encryption = True

    class AttributeDefs(BaseAttributeDefs):
        """What the ESI may set on a client (DRLC-34)."""

        utility_enrollment_group: Final = attribute(0x0000, t.uint8_t)
        start_randomization_minutes: Final = attribute(0x0001, t.uint8_t)
        duration_randomization_minutes: Final = attribute(0x0002, t.uint8_t)
        device_class_value: Final = attribute(0x0003, t.uint16_t)

    class ServerCommandDefs(BaseCommandDefs):
        """What a client sends."""

        report_event_status: Final = command(0x00, ReportEventStatusRecord)
        get_scheduled_events: Final = command(0x01, GetScheduledEventsRecord)

    class ClientCommandDefs(BaseCommandDefs):
        """What the server sends."""

        load_control_event: Final = command(0x00, LoadControlEventRecord)
        cancel_load_control_event: Final = command(0x01, CancelLoadControlEventRecord)
        cancel_all_load_control_events: Final = command(0x02, CancelAllLoadControlEventsRecord)


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
