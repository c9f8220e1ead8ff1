"""Obey load-control events, and report what is done with them: rules DRLC-1 to DRLC-30."""

from collections.abc import Callable, MutableMapping, Sequence
from random import Random
from typing import Any, Final

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.errors import (
    FullError,
    OutdatedError,
    RefusedError,
    UnknownEventError,
    UnsupportedCommandError,
)
from sebridge.features.load_control.participation import EventParticipation, Participation
from sebridge.features.load_control.records import (
    ALL_CLASSES,
    LAST_VOLUNTARY_CRITICALITY,
    LOAD_CONTROL_CLUSTER,
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    EventStatus,
    LoadControlEventRecord,
    ReportEventStatusRecord,
    for_remaining_classes,
    problem_of,
)
from sebridge.features.load_control.reports import Sign, report_of, signed, status_of, unknown_event
from sebridge.features.load_control.signals import ParticipationChanged
from sebridge.gateway.cluster import Command, Outcome, Sending
from sebridge.gateway.events.event_client import EventClient
from sebridge.gateway.events.event_cluster import NEVER, end_of
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.schedule.changes import Change, Postponed, Started
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.randomization import LONGEST_IN_MINUTES, draw
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.status import Status

GROUP: Final = 0x0000
START_RANDOMIZATION_MINUTES: Final = 0x0001
DURATION_RANDOMIZATION_MINUTES: Final = 0x0002
DEVICE_CLASS: Final = 0x0003

_UINT8: Final = 0x20
_UINT16: Final = 0x21
_LONGEST_REPORT_DELAY: Final = 5.0  # seconds, so that a home does not answer at once (DRLC-13)
_RESERVED_CRITICALITY: Final = frozenset({0, *range(0x10, 0x100)})

Event = ScheduledEvent[LoadControlEventRecord]


class LoadControlSettings(msgspec.Struct, frozen=True):
    """The client attributes of a device that can reduce its load."""

    device_class: int = ALL_CLASSES
    group: int = 0
    start_randomization_minutes: int = 30  # 0..60
    duration_randomization_minutes: int = 0  # 0..60


class LoadControlMemory(msgspec.Struct, frozen=True):
    """What a device should know after a power failure; hand in power-safe mappings.

    `attributes` are those that the energy service wrote (DRLC-34). By the key of the event:
    `choices` of the user, and `senders`, the servers that sent it. They belong to the events of
    the schedule, which must be kept with them: its events hold the random delays that were drawn
    (DRLC-15), `senders` who has had its 0x01 (DRLC-5), `choices` which starts were reported.
    """

    attributes: MutableMapping[int, Any] = msgspec.field(default_factory=dict)
    choices: MutableMapping[int, Participation] = msgspec.field(default_factory=dict)
    senders: MutableMapping[int, tuple[Peer, ...]] = msgspec.field(default_factory=dict)


def _never(_record: LoadControlEventRecord) -> bool:
    return False


class DrlcClient(EventClient[LoadControlEventRecord]):
    """The events that concern this device, what its user chose, and what is reported of them.

    An event that several servers sent alike is one event, and each of them gets the reports.
    `opts_out` says whether the owner has decided beforehand not to take part where he need not;
    without `sign` the reports are not signed.
    """

    definition = LOAD_CONTROL_CLUSTER

    def __init__(
        self,
        local_endpoint: int,
        schedule: Schedule[LoadControlEventRecord],
        settings: LoadControlSettings,
        random: Random,
        memory: LoadControlMemory | None = None,
        *,
        time_is_known: Callable[[], bool],
        opts_out: Callable[[LoadControlEventRecord], bool] = _never,
        sign: Sign | None = None,
    ) -> None:
        memory = LoadControlMemory() if memory is None else memory
        attributes = _attributes(settings, memory.attributes)
        super().__init__(local_endpoint, schedule, attributes, time_is_known=time_is_known)
        self._random = random
        self._choices = memory.choices
        self._senders = memory.senders
        for key in {*self._choices, *self._senders}:
            if schedule.get(key) is None:
                self._forget(key)  # the event was over before the power failed
        self._sign = sign
        self._opts_out = opts_out
        self._told: ParticipationChanged | None = None

    @override
    def outgoing(self, record: Record) -> Record:
        """Sign a status report, where there is a certificate to sign it with (DRLC-12)."""
        if self._sign is None or not isinstance(record, ReportEventStatusRecord):
            return record
        return signed(record, self._sign)

    @override
    def shown(self, event: Event) -> LoadControlEventRecord:
        """Return the event for the device classes that are left to it."""
        return for_remaining_classes(super().shown(event), event.superseded)

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

    @override
    def sent_by(self, source: Peer, event_id: int) -> Event | None:
        """Return the event which a server calls by this id, also one that another sent first."""
        own = super().sent_by(source, event_id)
        if own is not None:
            return own
        shared = (key for key, senders in self._senders.items() if source in senders)
        found = (self.schedule.get(key) for key in shared)
        return next((e for e in found if e is not None and e.event_id == event_id), None)

    def _take(self, record: LoadControlEventRecord, command: Command) -> Outcome:
        now = command.now
        concerns_us = self._concerns_us(record.device_class, record.utility_enrollment_group)
        if not concerns_us or record.criticality_level in _RESERVED_CRITICALITY:
            return Outcome()  # ignored, and no report (DRLC-1, DRLC-6)
        start = record.start_time or now
        if start == NEVER or problem_of(record) is not None:
            return self._refused(command, record, EventStatus.REJECTED, Status.INVALID_FIELD)
        end = end_of(start, record.duration_in_minutes)
        if end is not None and end <= now:
            return self._refused(command, record, EventStatus.EXPIRED, Status.FAILURE)
        if self.sent_by(command.source, record.issuer_event_id) is not None:
            told = self.received(command, record, Status.DUPLICATE_EXISTS)
            return Outcome(signals=(told,))  # neither restarted nor counted (DRLC-14)
        known = self._sent_by_others(record, now)
        if known is not None:
            self._senders[known.key] = (*self._senders_of(known), command.source)
            return self._accepted(command, record, Status.DUPLICATE_EXISTS, Outcome())
        return self._add(command, record, self._event(record, start, end, command))

    def _sent_by_others(self, record: LoadControlEventRecord, now: int) -> Event | None:
        """Return the same event from another server: its id and all it says are the same."""
        for event in self.named(record.issuer_event_id, now):
            starts = {event.start, event.record.start_time}
            same = event.record.replace(start_time=record.start_time) == record
            if same and record.start_time in starts:
                return event
        return None

    def _add(self, command: Command, record: LoadControlEventRecord, event: Event) -> Outcome:
        self._choices[event.key] = Participation(opted_out=self._wants_out(record))
        self._senders[event.key] = (command.source,)
        try:
            self.check_time(record.start_time)
            added = self.schedule.add(event, command.now)
        except (FullError, OutdatedError) as error:
            self._forget(event.key)
            return self._refused(command, record, EventStatus.REJECTED, zcl_status(error))
        return self._accepted(command, record, Status.SUCCESS, self.news(added, command.now))

    def _accepted(
        self, command: Command, record: LoadControlEventRecord, status: Status, news: Outcome
    ) -> Outcome:
        accepted = report_of(record, EventStatus.RECEIVED, command.now)
        told = self.received(command, record, status)
        return Outcome((accepted,), sendings=news.sendings, signals=(told, *news.signals))

    def _event(
        self, record: LoadControlEventRecord, start: int, end: int | None, command: Command
    ) -> Event:
        classes = record.device_class & self._setting(DEVICE_CLASS)
        event = self.heard_event(
            command, record.issuer_event_id, start=start, end=end, classes=classes
        )
        offsets = draw(
            record.event_control,
            self._setting(START_RANDOMIZATION_MINUTES),
            self._setting(DURATION_RANDOMIZATION_MINUTES),
            self._random,
            neighbour=self.schedule.neighbour(event),
        )
        # who sent it is kept in `senders`, for there may be several of them
        return replace(event, source=None, start_delay=offsets.start, end_delay=offsets.end)

    def _cancel(self, record: CancelLoadControlEventRecord, command: Command) -> Outcome:
        now, event_id = command.now, record.issuer_event_id
        event = self.sent_by(command.source, event_id)
        if event is None:
            told = self.received(command, record, Status.NOT_FOUND)
            return Outcome((unknown_event(event_id, now),), signals=(told,))
        if not self._concerns_us(record.device_class, record.utility_enrollment_group):
            return self._refused_cancel(command, event.record, EventStatus.INVALID_CANCEL)
        at = record.effective_time or now
        if at == NEVER or (event.effective_end is not None and at > event.effective_end):
            return self._refused_cancel(command, event.record, EventStatus.INVALID_CANCEL_TIME)
        at = _cancelled_at(event, at, record.cancel_control)
        return self._cancelled(command, self.schedule.cancel(event.key, at, now))

    def _cancel_all(self, record: CancelAllLoadControlEventsRecord, command: Command) -> Outcome:
        now = command.now
        changes = list(self.schedule.advance(now))
        for event in self.schedule.not_ended(now):
            if command.source in self._senders_of(event):  # of this server only (DRLC-30)
                at = _cancelled_at(event, now, record.cancel_control)
                changes += self.schedule.cancel(event.key, at, now)
        return self._cancelled(command, changes)

    def _cancelled(self, command: Command, changes: Sequence[Change]) -> Outcome:
        news = self.news(changes, command.now)
        record: Any = command.record
        told = self.received(command, record, Status.SUCCESS)
        return Outcome(sendings=news.sendings, signals=(told, *news.signals))

    # ------------------------------------------------------------------ from the user

    def choose(self, event_id: int, now: int, *, out: bool) -> Outcome:
        """Opt out of an event, or back in; of all by this id, where servers use it twice.

        Raises UnknownEventError, or RefusedError where participation is mandatory (DRLC-6).
        """
        events = self.named(event_id, now)
        if not events:
            raise UnknownEventError(f"there is no event {event_id}")
        if out and any(_is_mandatory(event) for event in events):
            raise RefusedError(f"participation in event {event_id} is mandatory")
        return self._choose(events, now, out=out)

    def choose_all(self, now: int, *, out: bool) -> Outcome:
        """Opt out of all events in force but those that are mandatory, or back in.

        Raises UnknownEventError without any, RefusedError where all are mandatory (DRLC-6).
        """
        events = self.schedule.active(now)
        if not events:
            raise UnknownEventError("no event is in force")
        chosen = [event for event in events if not out or not _is_mandatory(event)]
        if not chosen:
            raise RefusedError("participation in what is in force is mandatory")
        return self._choose(chosen, now, out=out)

    def _choose(self, events: Sequence[Event], now: int, *, out: bool) -> Outcome:
        sendings: list[Sending] = []
        for event in events:
            before = self._choices.get(event.key, Participation())
            self._choices[event.key] = before.chosen(out=out)
            if before.running and before.opted_out != out:  # else at its start (DRLC-10)
                status = EventStatus.OPTED_OUT if out else EventStatus.OPTED_IN
                sendings += self._sendings(event, status, now, 0.0)
        return Outcome(sendings=tuple(sendings), signals=self._participation_news(now))

    def obeyed(self, now: int) -> list[LoadControlEventRecord]:
        """Return the events in force in which the user takes part."""
        return [e.record for e in self.schedule.active(now) if not self._is_out(e)]

    # ------------------------------------------------------------------ what is told

    @override
    def news(self, changes: Sequence[Change], now: int) -> Outcome:
        """Return what is to be told, and in what the user takes part where that changed."""
        outcome = super().news(changes, now)
        return replace(outcome, signals=(*outcome.signals, *self._participation_news(now)))

    @override
    def told_at_start(self, now: int) -> Sequence[object]:
        """Return the list, and in what the user takes part."""
        return (*super().told_at_start(now), self.participation(now))

    def participation(self, now: int) -> ParticipationChanged:
        """Return the events in force and to come, and whether the user takes part in each."""
        active = self.schedule.active(now)
        in_force = {event.key for event in active}
        upcoming = [e for e in self.schedule.not_ended(now) if e.key not in in_force]
        return ParticipationChanged(
            self.local_endpoint,
            tuple(map(self._participation, active)),
            tuple(map(self._participation, upcoming)),
        )

    def _participation(self, event: Event) -> EventParticipation:
        return EventParticipation(
            issuer_event_id=event.event_id,
            participates=not self._is_out(event),
            mandatory=_is_mandatory(event),
            start=event.effective_start,
            end=event.effective_end,
            criticality_level=event.record.criticality_level,
        )

    def _participation_news(self, now: int) -> tuple[ParticipationChanged, ...]:
        told = self.participation(now)
        if told == self._told or (self._told is None and not (told.events or told.upcoming)):
            return ()
        self._told = told
        return (told,)

    def _is_out(self, event: Event) -> bool:
        return self._choices.get(event.key, Participation()).opted_out

    @override
    def consequences(self, changes: Sequence[Change], now: int) -> Sequence[Sending]:
        """Return the status reports for what changed, each with its own time (DRLC-11)."""
        del now
        sendings: list[Sending] = []
        for change in changes:
            key = change.event.key
            choice = self._choices.get(key, Participation())
            status = status_of(change, choice)
            told_before = isinstance(change, Started) and choice.running  # before a restart
            if status is not None and not told_before:
                delay = self._random.uniform(0.0, _LONGEST_REPORT_DELAY)
                sendings += self._sendings(change.event, status, change.moment, delay)
            if isinstance(change, (Started, Postponed)):
                self._choices[key] = replace(choice, running=isinstance(change, Started))
            else:
                self._forget(key)
        return sendings

    def _sendings(
        self, event: Event, status: EventStatus, moment: int, after: float
    ) -> list[Sending]:
        """Return a report to every server that sent the event (DRLC-13)."""
        report = report_of(event.record, status, moment)
        return [Sending(sender, report, after) for sender in self._senders_of(event)]

    def _senders_of(self, event: Event) -> tuple[Peer, ...]:
        return self._senders.get(event.key, ())

    def _forget(self, key: int) -> None:
        self._choices.pop(key, None)
        self._senders.pop(key, None)

    def _refused(
        self,
        command: Command,
        record: LoadControlEventRecord,
        status: EventStatus,
        zcl_status: Status,
    ) -> Outcome:
        told = self.received(command, record, zcl_status)
        return Outcome((report_of(record, status, command.now),), signals=(told,))

    def _refused_cancel(
        self, command: Command, record: LoadControlEventRecord, status: EventStatus
    ) -> Outcome:
        return self._refused(command, record, status, Status.INVALID_FIELD)

    def _concerns_us(self, device_class: int, group: int) -> bool:
        ours = self._setting(GROUP)
        same_group = not group or not ours or group == ours
        return bool(device_class & self._setting(DEVICE_CLASS)) and same_group

    def _wants_out(self, record: LoadControlEventRecord) -> bool:
        voluntary = record.criticality_level <= LAST_VOLUNTARY_CRITICALITY
        return voluntary and self._opts_out(record)

    def _setting(self, attribute_id: int) -> int:
        return int(self.attributes.read(attribute_id).value)


def _is_mandatory(event: Event) -> bool:
    return event.record.criticality_level > LAST_VOLUNTARY_CRITICALITY


def _attributes(settings: LoadControlSettings, store: MutableMapping[int, Any]) -> LocalAttributes:
    start, duration = settings.start_randomization_minutes, settings.duration_randomization_minutes
    rows: tuple[tuple[int, int, int, int | None], ...] = (
        (GROUP, _UINT8, settings.group, None),
        (START_RANDOMIZATION_MINUTES, _UINT8, start, LONGEST_IN_MINUTES),
        (DURATION_RANDOMIZATION_MINUTES, _UINT8, duration, LONGEST_IN_MINUTES),
        (DEVICE_CLASS, _UINT16, settings.device_class, None),
    )
    return LocalAttributes(
        [LocalAttribute(i, kind, value, writable=True, highest=h) for i, kind, value, h in rows],
        store,
    )


def _cancelled_at(event: Event, at: int, cancel_control: int) -> int:
    """Return when a cancellation takes effect: bit 0 keeps the randomisation (DRLC-28)."""
    if not cancel_control & 1 or not event.running(at):
        return at
    return at + (event.end_delay or event.start_delay)
