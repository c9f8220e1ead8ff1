"""The Messaging cluster as the gateway serves it: rules MSG-1 to MSG-10."""

from collections.abc import Callable, MutableMapping, Sequence
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.errors import InvalidFieldError, RequestError, UnsupportedCommandError
from sebridge.features.messaging.records import (
    CONFIRMED_ALREADY,
    INTER_PAN_ONLY,
    MESSAGING_CLUSTER,
    TRANSMISSION_BITS,
    CancelAllMessagesRecord,
    DisplayMessageRecord,
    DisplayProtectedMessageRecord,
    GetLastMessageRecord,
    GetMessageCancellationRecord,
    MessageConfirmationRecord,
)
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.gateway.cluster import Command, Outcome, Sending
from sebridge.gateway.events.event_cluster import end_of
from sebridge.gateway.events.event_server import EventServer
from sebridge.model.data_types import LONGEST
from sebridge.model.record import Record, fields_by_name
from sebridge.schedule.changes import Change, Postponed, Started
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.status import Status

_LAST: Final = "last"  # the key of the last cancellation
_AROUND_TEXT: Final = 16
"""Octets of a frame around its text: its ZCL header, and the other fields."""


class MessageMemory(msgspec.Struct, frozen=True):
    """What a server should know after a power failure; hand in power-safe mappings.

    By message id: the messages that are `protected`, and those that a user `confirmed`.
    `cancellation` holds, under one key, when all messages were taken back the last time.
    """

    protected: MutableMapping[int, bool] = msgspec.field(default_factory=dict)
    confirmed: MutableMapping[int, bool] = msgspec.field(default_factory=dict)
    cancellation: MutableMapping[str, int] = msgspec.field(default_factory=dict)


class MessagingServer(EventServer[DisplayMessageRecord]):
    """Keeps the message on display and those to come, hears who confirmed one.

    The text of a protected message goes out to displays, and is shown nowhere here. It may be as
    long as the frame that the radio takes has room for: `longest_frame` says its octets (MSG-9).
    """

    definition = MESSAGING_CLUSTER
    identified_by = "message_id"

    def __init__(
        self,
        local_endpoint: int,
        schedule: Schedule[DisplayMessageRecord],
        memory: MessageMemory | None = None,
        *,
        longest_frame: Callable[[], int],
    ) -> None:
        super().__init__(local_endpoint, schedule)
        self._longest_frame = longest_frame
        memory = MessageMemory() if memory is None else memory
        self._protected = memory.protected
        self._confirmed = memory.confirmed
        self._cancellation = memory.cancellation
        for message_id in {*self._protected, *self._confirmed}:
            if schedule.get(message_id) is None:
                self._forget(message_id)  # it was over before the power failed

    @override
    def add(self, record: DisplayMessageRecord, now: int) -> tuple[DisplayMessageRecord, Outcome]:
        """Take a message, which may be a protected one (MSG-10)."""
        protected = isinstance(record, DisplayProtectedMessageRecord)
        plain = DisplayMessageRecord(**fields_by_name(record)) if protected else record
        if protected and self.schedule.get(self.identifier(record)) is None:
            self._protected[self.identifier(record)] = True  # before anybody is told of it
        try:
            added = super().add(plain, now)
        except RequestError:
            if self.schedule.get(self.identifier(record)) is None:
                self._forget(self.identifier(record))
            raise
        self._cancellation.pop(_LAST, None)  # who hears of it now would lose this message, too
        return added

    @override
    def shown(self, event: ScheduledEvent[DisplayMessageRecord]) -> DisplayMessageRecord:
        """Return the message; of a protected one, all but its text."""
        record = super().shown(event)
        return record.replace(message="") if event.event_id in self._protected else record

    @override
    def cancel(self, event_id: int, at: int, now: int) -> Outcome:
        """Take a message back; keep for those who ask that all are, once there is none (MSG-10)."""
        known = self.schedule.get(event_id) is not None
        outcome = super().cancel(event_id, at, now)
        if known and not self.schedule.not_ended(now):
            self._cancellation[_LAST] = at or now
        return outcome

    @override
    def cancel_all(self, now: int) -> Outcome:
        """Take all messages back, and keep that for those who ask (MSG-10)."""
        self._cancellation[_LAST] = now
        return super().cancel_all(now)

    @override
    def consequences(self, changes: Sequence[Change], now: int) -> Sequence[Sending]:
        """Forget what was noted of messages that are over; nothing is sent."""
        del now
        for change in changes:
            if not isinstance(change, (Started, Postponed)):
                self._forget(change.event.event_id)
        return ()

    def _forget(self, message_id: int) -> None:
        self._protected.pop(message_id, None)
        self._confirmed.pop(message_id, None)

    @override
    def check(self, record: DisplayMessageRecord, now: int) -> None:
        """Raise InvalidFieldError for a message that no display would take."""
        if record.duration_in_minutes == 0:
            raise InvalidFieldError("duration_in_minutes must be 1..65535 (65535: until changed)")
        if record.message_control & TRANSMISSION_BITS == INTER_PAN_ONLY:
            raise InvalidFieldError("message_control asks for inter-PAN transmission only")
        octets = len(record.message.encode())
        if octets > LONGEST:
            raise InvalidFieldError(f"message has {octets} octets of UTF-8, more than {LONGEST}")
        room = self._longest_frame() - _AROUND_TEXT
        if octets > room:
            raise InvalidFieldError(
                f"message has {octets} octets of UTF-8, and this radio sends no more than {room}"
            )

    @override
    def scheduled(
        self, record: DisplayMessageRecord, start: int, now: int
    ) -> ScheduledEvent[DisplayMessageRecord]:
        """Return the message as the schedule keeps it."""
        return ScheduledEvent(
            event_id=record.message_id,
            start=start,
            end=end_of(start, record.duration_in_minutes),
            record=record,
            received=now,
        )

    @override
    def publication(self, event: ScheduledEvent[DisplayMessageRecord], now: int) -> Record:
        """Return Display Message, or Display Protected Message, with its absolute start (GEN-1).

        A message that a user confirmed says so, so that no display asks again (MSG-4).
        """
        record = super().shown(event)
        if event.event_id in self._confirmed:
            control = (record.extended_message_control or 0) | CONFIRMED_ALREADY
            record = record.replace(extended_message_control=control)
        if event.event_id in self._protected:
            return DisplayProtectedMessageRecord(**fields_by_name(record))
        return record

    @override
    def receive(self, command: Command) -> Outcome:
        """Answer a display, or hear that its user confirmed."""
        match command.record:
            case GetLastMessageRecord():
                return self.served(command, self.schedule.not_ended(command.now), 1)
            case MessageConfirmationRecord():
                source, record = command.source, command.record
                if self.schedule.get(record.message_id) is not None:
                    self._confirmed[record.message_id] = True
                confirmed = MessageConfirmed(
                    source.device, source.endpoint, self.local_endpoint, record
                )
                heard = self.heard(source, [record.message_id])
                answer = self.answered(source, record.message_id, "confirmed")
                return Outcome(signals=(heard, answer, confirmed))
            case GetMessageCancellationRecord(earliest_implementation_time=earliest):
                return self._last_cancellation(earliest)
        raise UnsupportedCommandError(type(command.record).__name__)

    def _last_cancellation(self, earliest: int) -> Outcome:
        last = self._cancellation.get(_LAST)
        if last is None or last < earliest:
            return Outcome(status=Status.NOT_FOUND)
        return Outcome((CancelAllMessagesRecord(implementation_date_time=last),))
