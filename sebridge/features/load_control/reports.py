"""The status reports of a load-control client: what is said of an event, and to whom. Pure."""

from collections.abc import Callable
from typing import Final

from sebridge.features.load_control.participation import (
    Participation,
    status_at_end,
    status_at_start,
)
from sebridge.features.load_control.records import (
    EventStatus,
    LoadControlEventRecord,
    ReportEventStatusRecord,
)
from sebridge.schedule.changes import Cancelled, Change, Ended, Started, Superseded
from sebridge.zcl.record import Octets42

_UNSIGNED: Final = bytes([0xFF]) * Octets42.LENGTH
"""SE 1.1 dropped the duty to sign (DRLC-12)."""

SIGNED: Final = 0x01
"""The only signature_type there is: ECDSA with the certificate of suite 1."""
_SIGNED_OCTETS: Final = 18

Sign = Callable[[bytes], bytes | None]
"""Returns a signature over some octets, or None where there is nothing to sign with."""

_NOTHING_APPLIED: Final = frozenset(
    {
        EventStatus.OPTED_OUT,
        EventStatus.COMPLETED_NO_PARTICIPATION,
        EventStatus.EXPIRED,
        EventStatus.REJECTED,
    }
)


def report_of(
    record: LoadControlEventRecord, status: EventStatus, moment: int
) -> ReportEventStatusRecord:
    """Return the report of an event at a moment, in seconds since 2000 and never 0 (DRLC-11).

    It names the values that are applied; those of who takes no part are "not used".
    """
    plain = ReportEventStatusRecord(
        issuer_event_id=record.issuer_event_id,
        event_status=status,
        event_status_time=moment,
        criticality_level_applied=record.criticality_level,
        event_control=record.event_control,
        signature_type=0,
        signature=_UNSIGNED,
    )
    if status in _NOTHING_APPLIED:
        return plain
    return plain.but(
        cooling_temperature_set_point_applied=record.cooling_temperature_set_point & 0xFFFF,
        heating_temperature_set_point_applied=record.heating_temperature_set_point & 0xFFFF,
        average_load_adjustment_percentage_applied=(
            record.average_load_adjustment_percentage & 0xFF
        ),
        duty_cycle_applied=record.duty_cycle,
    )


def signed(record: ReportEventStatusRecord, sign: Sign) -> ReportEventStatusRecord:
    """Return the report with a signature, as Smart Energy 1.0 asks for it, where one is made."""
    typed = record.but(signature_type=SIGNED)
    signature = sign(signed_part(typed))
    return record if signature is None else typed.but(signature=Octets42(signature))


def signed_part(record: ReportEventStatusRecord) -> bytes:
    """Return the octets that a signature is made over: all before it."""
    return record.serialize()[:_SIGNED_OCTETS]


def unknown_event(event_id: int, moment: int) -> ReportEventStatusRecord:
    """Return what is said of the cancellation of an event that is not known."""
    return ReportEventStatusRecord(
        issuer_event_id=event_id,
        event_status=EventStatus.UNKNOWN_EVENT,
        event_status_time=moment,
        criticality_level_applied=0,
        event_control=0,
        signature_type=0,
        signature=_UNSIGNED,
    )


def status_of(change: Change, choice: Participation) -> EventStatus | None:
    """Return what is reported of a change (DRLC-9); None for nothing."""
    match change:
        case Started():
            return status_at_start(choice)
        case Ended():
            return status_at_end(choice)
        case Cancelled():
            return EventStatus.CANCELLED
        case Superseded():
            return EventStatus.SUPERSEDED
    return None
