"""Demand Response and Load Control as the gateway serves it: rules DRLC-20, DRLC-27 to DRLC-33."""

from collections.abc import Callable
from typing import Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.features.load_control.records import (
    LOAD_CONTROL_CLUSTER,
    GetScheduledEventsRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
    event_status_word,
    for_remaining_classes,
    problem_of,
)
from sebridge.features.load_control.reports import SIGNED, signed_part
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.gateway.cluster import Command, Outcome
from sebridge.gateway.events.event_cluster import end_of
from sebridge.gateway.events.event_server import EventServer
from sebridge.model.record import Record
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.schedule import Schedule

_ANY_ID: Final = 0xFFFFFFFF


class DrlcServer(EventServer[LoadControlEventRecord]):
    """Keeps the load-control events, answers those who ask, hears what they do.

    `verify` says whether a device has made a signature over some octets; without it none is
    checked.
    """

    definition = LOAD_CONTROL_CLUSTER

    def __init__(
        self,
        local_endpoint: int,
        schedule: Schedule[LoadControlEventRecord],
        *,
        verify: Callable[[Eui64, bytes, bytes], bool] | None,
    ) -> None:
        super().__init__(local_endpoint, schedule)
        self._verify = verify

    @override
    def check(self, record: LoadControlEventRecord, now: int) -> None:
        """Raise InvalidFieldError for an event that a client would have to reject."""
        problem = problem_of(record)
        if problem is not None:
            raise InvalidFieldError(problem)

    @override
    def scheduled(
        self, record: LoadControlEventRecord, start: int, now: int
    ) -> ScheduledEvent[LoadControlEventRecord]:
        """Return the event as the schedule keeps it."""
        return ScheduledEvent(
            event_id=record.issuer_event_id,
            start=start,
            end=end_of(start, record.duration_in_minutes),
            classes=record.device_class,
            group=record.utility_enrollment_group,
            record=record,
            received=now,
        )

    @override
    def shown(self, event: ScheduledEvent[LoadControlEventRecord]) -> LoadControlEventRecord:
        """Return the event for the device classes that are left to it."""
        return for_remaining_classes(super().shown(event), event.superseded)

    @override
    def publication(self, event: ScheduledEvent[LoadControlEventRecord], now: int) -> Record:
        """Return Load Control Event with its absolute start (GEN-1)."""
        return self.shown(event)

    @override
    def receive(self, command: Command) -> Outcome:
        """Answer a client, or hear its status report."""
        match command.record:
            case GetScheduledEventsRecord():
                return self._scheduled_events(command, command.record)
            case ReportEventStatusRecord():
                source, record = command.source, command.record.with_defaults()
                report = EventStatusReported(
                    source.device,
                    source.endpoint,
                    self.local_endpoint,
                    record,
                    self._verdict(source.device, command.record),
                )
                heard = self.heard(source, [record.issuer_event_id])
                word = event_status_word(record.event_status)
                answer = self.answered(source, record.issuer_event_id, word)
                return Outcome(signals=(heard, answer, report))
        raise UnsupportedCommandError(type(command.record).__name__)

    def _verdict(self, device: Eui64, record: ReportEventStatusRecord) -> bool | None:
        """Say whether a report is signed by its sender; None for one without a signature.

        A signature that cannot be verified, because the device has shown no certificate, counts
        for nothing.
        """
        if self._verify is None or record.signature_type != SIGNED or record.signature is None:
            return None
        return self._verify(device, signed_part(record), bytes(record.signature))

    def _scheduled_events(self, command: Command, asked: GetScheduledEventsRecord) -> Outcome:
        found = self.schedule.not_ended(asked.start_time or command.now)
        if asked.issuer_event_id is not None and asked.issuer_event_id != _ANY_ID and found:
            # paging with one event at a time: of those that start first, skip the smaller ids
            first = found[0].start
            found = [
                event
                for event in found
                if event.start != first or event.event_id >= asked.issuer_event_id
            ]
        return self.served(command, found, asked.number_of_events)
