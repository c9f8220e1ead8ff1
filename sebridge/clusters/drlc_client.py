"""Obey load-control events, and report what is done with them: rules DRLC-1 to DRLC-30."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from typing_extensions import override
from zigpy.zcl.foundation import Status

from sebridge.base.errors import RefusedError, UnknownEventError, UnsupportedCommandError
from sebridge.clusters.attributes import LocalAttribute, LocalAttributes
from sebridge.clusters.cluster import Command, Outcome, Sending
from sebridge.clusters.event_cluster import NEVER, EventCluster, end_of
from sebridge.clusters.participation import Participation, status_at_end, status_at_start
from sebridge.clusters.signals import EventReceived
from sebridge.devices.peer import Peer
from sebridge.schedule.changes import Cancelled, Change, Ended, Postponed, Started, Superseded
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.randomization import draw
from sebridge.schedule.schedule import Schedule
from sebridge.smartenergy.drlc import (
    ALL_CLASSES,
    LAST_VOLUNTARY_CRITICALITY,
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    Drlc,
    EventStatus,
    LoadControlEventRecord,
    ReportEventStatusRecord,
    problem_of,
)
from sebridge.zcl.record import Octets42, Record

GROUP: Final = 0x0000
START_RANDOMIZATION_MINUTES: Final = 0x0001
DURATION_RANDOMIZATION_MINUTES: Final = 0x0002
DEVICE_CLASS: Final = 0x0003

_UINT8: Final = 0x20
_UINT16: Final = 0x21
_LONGEST_REPORT_DELAY: Final = 5.0  # seconds, so that a home does not answer at once (DRLC-13)
_RESERVED_CRITICALITY: Final = frozenset({0, *range(0x10, 0x100)})
_UNSIGNED: Final = bytes([0xFF]) * Octets42.LENGTH


@dataclass(frozen=True, slots=True)
class LoadControlSettings:
    """The client attributes of a device that can reduce its load."""

    device_class: int = ALL_CLASSES
    group: int = 0
    start_randomization_minutes: int = 30  # 0..60
    duration_randomization_minutes: int = 0  # 0..60


class DrlcClient(EventCluster[LoadControlEventRecord]):
    """The events that concern this device, what its user chose, and what is reported of them."""

    definition = Drlc
    server = False

    def __init__(
        self,
        local_endpoint: int,
        schedule: Schedule[LoadControlEventRecord],
        settings: LoadControlSettings,
        random: Random,
    ) -> None:
        shown = LocalAttributes(
            [
                LocalAttribute(GROUP, _UINT8, settings.group, writable=True),
                LocalAttribute(
                    START_RANDOMIZATION_MINUTES,
                    _UINT8,
                    settings.start_randomization_minutes,
                    writable=True,
                ),
                LocalAttribute(
                    DURATION_RANDOMIZATION_MINUTES,
                    _UINT8,
                    settings.duration_randomization_minutes,
                    writable=True,
                ),
                LocalAttribute(DEVICE_CLASS, _UINT16, settings.device_class, writable=True),
            ]
        )
        super().__init__(local_endpoint, schedule, shown)
        self._random = random
        self._choices: dict[int, Participation] = {}
        self.opts_out: Callable[[LoadControlEventRecord], bool] = lambda _record: False

    # ------------------------------------------------------------------ from the server

    @override
    def receive(self, command: Command) -> Outcome:
        """Take an event, or a cancellation."""
        match command.record:
            case LoadControlEventRecord():
                return self._take(command.record, command)
            case CancelLoadControlEventRecord():
                return self._cancel(command.record, command)
            case CancelAllLoadControlEventsRecord():
                return self._cancel_all(command.record, command)
        raise UnsupportedCommandError(type(command.record).__name__)

    def _take(self, record: LoadControlEventRecord, command: Command) -> Outcome:
        now, event_id = command.now, int(record.issuer_event_id)
        if not self._concerns_us(record.device_class, record.utility_enrollment_group):
            return Outcome()  # no report (DRLC-1)
        if record.criticality_level in _RESERVED_CRITICALITY:
            return Outcome()  # ignored (DRLC-6)
        start = int(record.start_time) or now
        if start == NEVER or problem_of(record) is not None:
            return self._refused(command, record, EventStatus.REJECTED, Status.INVALID_FIELD)
        end = end_of(start, record.duration_in_minutes)
        if end is not None and end <= now:
            return self._refused(command, record, EventStatus.EXPIRED, Status.FAILURE)
        if self.schedule.get(event_id) is not None:
            told = self._received(command, record, Status.DUPLICATE_EXISTS)
            return Outcome(signals=(told,))  # neither restarted nor counted (DRLC-14)
        event = self._event(record, start, end, command)
        self._choices[event_id] = Participation(opted_out=self._wants_out(record))
        added = self.schedule.add(event, now)
        accepted = self._report(record, EventStatus.RECEIVED, now)
        news = self.news(added, now)
        told = self._received(command, record, Status.SUCCESS)
        return Outcome((accepted,), sendings=news.sendings, signals=(told, *news.signals))

    def _event(
        self, record: LoadControlEventRecord, start: int, end: int | None, command: Command
    ) -> ScheduledEvent[LoadControlEventRecord]:
        event = ScheduledEvent(
            event_id=int(record.issuer_event_id),
            start=start,
            end=end,
            classes=int(record.device_class) & self._setting(DEVICE_CLASS),
            record=record,
            received=command.now,
            source=command.source,
        )
        offsets = draw(
            int(record.event_control),
            self._setting(START_RANDOMIZATION_MINUTES),
            self._setting(DURATION_RANDOMIZATION_MINUTES),
            self._random,
            neighbour=self.schedule.neighbour(event),
        )
        return replace(event, start_delay=offsets.start, end_delay=offsets.end)

    def _cancel(self, record: CancelLoadControlEventRecord, command: Command) -> Outcome:
        now, event_id = command.now, int(record.issuer_event_id)
        event = self.schedule.get(event_id)
        if event is None:
            unknown = _unknown_event(event_id, now)
            told = self._received(command, record, Status.NOT_FOUND)
            return Outcome((unknown,), signals=(told,))
        if not self._concerns_us(record.device_class, record.utility_enrollment_group):
            return self._refused_cancel(command, event.record, EventStatus.INVALID_CANCEL)
        at = int(record.effective_time) or now
        if at == NEVER or (event.effective_end is not None and at > event.effective_end):
            return self._refused_cancel(command, event.record, EventStatus.INVALID_CANCEL_TIME)
        at = _cancelled_at(event, at, now, record.cancel_control)
        news = self.news(self.schedule.cancel(event_id, at, now), now)
        told = self._received(command, record, Status.SUCCESS)
        return Outcome(sendings=news.sendings, signals=(told, *news.signals))

    def _cancel_all(self, record: CancelAllLoadControlEventsRecord, command: Command) -> Outcome:
        now = command.now
        changes = list(self.schedule.advance(now))
        for event in self.schedule.not_ended(now):
            if event.source == command.source:  # the events of this server only (DRLC-30)
                at = _cancelled_at(event, now, now, record.cancel_control)
                changes += self.schedule.cancel(event.event_id, at, now)
        news = self.news(changes, now)
        told = self._received(command, record, Status.SUCCESS)
        return Outcome(sendings=news.sendings, signals=(told, *news.signals))

    # ------------------------------------------------------------------ from the user

    def choose(self, event_id: int, now: int, *, out: bool) -> Outcome:
        """Opt out of an event, or back in.

        Raises UnknownEventError, or RefusedError where participation is mandatory (DRLC-6).
        """
        event, before = self.schedule.get(event_id), self._choices.get(event_id)
        if event is None or before is None:
            raise UnknownEventError(f"there is no event {event_id}")
        if out and event.record.criticality_level > LAST_VOLUNTARY_CRITICALITY:
            raise RefusedError(f"participation in event {event_id} is mandatory")
        self._choices[event_id] = before.chosen(out=out)
        if not before.running or before.opted_out == out:
            return Outcome()  # reported when it starts (DRLC-10)
        status = EventStatus.OPTED_OUT if out else EventStatus.OPTED_IN
        return Outcome(sendings=self._sendings(event, status, now, 0.0))

    def obeyed(self, now: int) -> list[LoadControlEventRecord]:
        """Return the events in force in which the user takes part."""
        return [
            event.record
            for event in self.schedule.active(now)
            if not self._choices.get(event.event_id, Participation()).opted_out
        ]

    # ------------------------------------------------------------------ what is told

    @override
    def consequences(self, changes: Sequence[Change], now: int) -> Sequence[Sending]:
        """Return the status reports for what changed, each with its own time (DRLC-11)."""
        del now
        sendings: list[Sending] = []
        for change in changes:
            status = self._status_of(change)
            if status is not None:
                delay = self._random.uniform(0.0, _LONGEST_REPORT_DELAY)
                sendings += self._sendings(change.event, status, change.moment, delay)
        return sendings

    def _status_of(self, change: Change) -> EventStatus | None:
        event_id = change.event.event_id
        choice = self._choices.get(event_id, Participation())
        match change:
            case Started():
                self._choices[event_id] = choice.started()
                return status_at_start(choice)
            case Ended():
                self._choices.pop(event_id, None)
                return status_at_end(choice)
            case Cancelled():
                self._choices.pop(event_id, None)
                return EventStatus.CANCELLED
            case Superseded():
                self._choices.pop(event_id, None)
                return EventStatus.SUPERSEDED
            case Postponed():
                self._choices[event_id] = replace(choice, running=False)
        return None

    def _sendings(
        self,
        event: ScheduledEvent[LoadControlEventRecord],
        status: EventStatus,
        now: int,
        after: float,
    ) -> tuple[Sending, ...]:
        assert isinstance(event.source, Peer)
        return (Sending(event.source, self._report(event.record, status, now), after),)

    def _report(
        self, record: LoadControlEventRecord, status: EventStatus, now: int
    ) -> ReportEventStatusRecord:
        return ReportEventStatusRecord(
            issuer_event_id=record.issuer_event_id,
            event_status=status,
            event_status_time=now,
            criticality_level_applied=record.criticality_level,
            cooling_temperature_set_point_applied=record.cooling_temperature_set_point & 0xFFFF,
            heating_temperature_set_point_applied=record.heating_temperature_set_point & 0xFFFF,
            average_load_adjustment_percentage_applied=(
                record.average_load_adjustment_percentage & 0xFF
            ),
            duty_cycle_applied=record.duty_cycle,
            event_control=record.event_control,
            signature_type=0,
            signature=_UNSIGNED,
        )

    def _refused(
        self,
        command: Command,
        record: LoadControlEventRecord,
        status: EventStatus,
        zcl_status: Status,
    ) -> Outcome:
        told = self._received(command, record, zcl_status)
        return Outcome((self._report(record, status, command.now),), signals=(told,))

    def _refused_cancel(
        self, command: Command, record: LoadControlEventRecord, status: EventStatus
    ) -> Outcome:
        return self._refused(command, record, status, Status.INVALID_FIELD)

    def _received(self, command: Command, record: Record, status: Status) -> EventReceived:
        source = command.source
        return EventReceived(
            source.device, source.endpoint, self.local_endpoint, self.cluster_id, status, record
        )

    def _concerns_us(self, device_class: int, group: int) -> bool:
        ours = self._setting(GROUP)
        same_group = not group or not ours or group == ours
        return bool(device_class & self._setting(DEVICE_CLASS)) and same_group

    def _wants_out(self, record: LoadControlEventRecord) -> bool:
        voluntary = record.criticality_level <= LAST_VOLUNTARY_CRITICALITY
        return voluntary and self.opts_out(record)

    def _setting(self, attribute_id: int) -> int:
        return int(self.attributes.read(attribute_id).value)


def _cancelled_at(event: ScheduledEvent[Any], at: int, now: int, cancel_control: int) -> int:
    """Return when a cancellation takes effect: bit 0 keeps the randomisation (DRLC-28)."""
    if not cancel_control & 1 or not event.running(now):
        return at
    return at + (event.end_delay or event.start_delay)


def _unknown_event(event_id: int, now: int) -> ReportEventStatusRecord:
    return ReportEventStatusRecord(
        issuer_event_id=event_id,
        event_status=EventStatus.UNKNOWN_EVENT,
        event_status_time=now,
        criticality_level_applied=0,
        event_control=0,
        signature_type=0,
        signature=_UNSIGNED,
    )
