"""What is said of a load-control event."""

import pytest

from sebridge.features.load_control.participation import Participation
from sebridge.features.load_control.records import EventStatus, LoadControlEventRecord
from sebridge.features.load_control.reports import (
    report_of,
    signed,
    signed_part,
    status_of,
    unknown_event,
)
from sebridge.schedule.changes import Cancelled, Change, Ended, Postponed, Started, Superseded
from sebridge.schedule.event import ScheduledEvent
from tests.gateway.radio_side import NOW

EVENT = LoadControlEventRecord(issuer_event_id=1, duration_in_minutes=10, duty_cycle=40)


def test_a_report_names_what_is_applied_and_nothing_of_who_stays_out() -> None:
    reports = {status: report_of(EVENT, status, NOW) for status in EventStatus}

    unused = {status for status, report in reports.items() if report.duty_cycle_applied == 0xFF}
    assert unused == {
        EventStatus.OPTED_OUT,
        EventStatus.COMPLETED_NO_PARTICIPATION,
        EventStatus.EXPIRED,
        EventStatus.REJECTED,
    }
    assert {int(report.event_status_time) for report in reports.values()} == {NOW}


def test_an_unknown_event_has_a_report_too() -> None:
    report = unknown_event(99, NOW)

    assert (int(report.issuer_event_id), int(report.event_status)) == (99, 0xFD)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (Started, EventStatus.STARTED),
        (Ended, EventStatus.COMPLETED),
        (Cancelled, EventStatus.CANCELLED),
        (Superseded, EventStatus.SUPERSEDED),
        (Postponed, None),
    ],
)
def test_every_change_has_its_status(change: type[Change], status: EventStatus | None) -> None:
    event = ScheduledEvent(event_id=1, start=NOW, end=NOW + 600, record=EVENT, received=NOW)

    assert status_of(change(event, NOW), Participation(running=True)) == status


def test_a_signature_is_over_all_that_stands_before_it() -> None:
    messages: list[bytes] = []

    def sign(message: bytes) -> bytes:
        messages.append(message)
        return bytes(range(42))

    plain = report_of(EVENT, EventStatus.STARTED, NOW)

    report = signed(plain, sign)

    octets = report.serialize()
    assert messages == [octets[:18]] == [signed_part(report)]
    assert octets[17:] == b"\x01" + bytes(range(42))
    assert report.but(signature_type=0, signature=plain.signature) == plain
