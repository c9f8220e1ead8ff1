"""The Messaging cluster as the gateway serves it: rules MSG-1 to MSG-10."""

from typing import Final

from typing_extensions import override
from zigpy.zcl.foundation import Status

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.clusters.cluster import Command, Outcome
from sebridge.clusters.event_cluster import end_of
from sebridge.clusters.event_server import EventServer
from sebridge.clusters.signals import MessageConfirmed
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.schedule import Schedule
from sebridge.smartenergy.messaging import (
    CONFIRMED_ALREADY,
    INTER_PAN_ONLY,
    TRANSMISSION_BITS,
    CancelAllMessagesRecord,
    DisplayMessageRecord,
    GetLastMessageRecord,
    GetMessageCancellationRecord,
    MessageConfirmationRecord,
    Messaging,
)
from sebridge.zcl.record import Record

_LONGEST_TEXT: Final = 59  # octets that fit an unfragmented secured frame (MSG-9)


class MessagingServer(EventServer[DisplayMessageRecord]):
    """Keeps the message of the home, hears who confirmed it."""

    definition = Messaging

    def __init__(self, local_endpoint: int, schedule: Schedule[DisplayMessageRecord]) -> None:
        super().__init__(local_endpoint, schedule)
        self._confirmed: int | None = None  # the message that a user confirmed
        self._cancellation: CancelAllMessagesRecord | None = None

    @override
    def cancel_all(self, now: int) -> Outcome:
        """Take the message back, and keep that for those who ask (MSG-10)."""
        self._cancellation = CancelAllMessagesRecord(implementation_date_time=now)
        return super().cancel_all(now)

    @override
    def check(self, record: DisplayMessageRecord, now: int) -> None:
        """Raise InvalidFieldError for a message that no display would take."""
        if record.duration_in_minutes == 0:
            raise InvalidFieldError("duration_in_minutes must be 1..65535 (65535: until changed)")
        if record.message_control & TRANSMISSION_BITS == INTER_PAN_ONLY:
            raise InvalidFieldError("message_control asks for inter-PAN transmission only")
        if len(record.message.encode()) > _LONGEST_TEXT:
            raise InvalidFieldError(f"message is longer than {_LONGEST_TEXT} octets of UTF-8")

    @override
    def identifier(self, record: DisplayMessageRecord) -> int:
        """Return message_id."""
        return int(record.message_id)

    @override
    def scheduled(
        self, record: DisplayMessageRecord, start: int, now: int
    ) -> ScheduledEvent[DisplayMessageRecord]:
        """Return the message as the schedule keeps it."""
        return ScheduledEvent(
            event_id=int(record.message_id),
            start=start,
            end=end_of(start, record.duration_in_minutes),
            record=record,
            received=now,
        )

    @override
    def publication(self, event: ScheduledEvent[DisplayMessageRecord], now: int) -> Record:
        """Return Display Message with its absolute start (GEN-1).

        A message that a user confirmed says so, so that no display asks again (MSG-4).
        """
        record = self.shown(event)
        if event.event_id != self._confirmed:
            return record
        control = (record.extended_message_control or 0) | CONFIRMED_ALREADY
        return record.but(extended_message_control=control)

    @override
    def receive(self, command: Command) -> Outcome:
        """Answer a display, or hear that its user confirmed."""
        match command.record:
            case GetLastMessageRecord():
                return self.served(command, self.schedule.not_ended(command.now), 1)
            case MessageConfirmationRecord():
                source, record = command.source, command.record
                if self.schedule.get(int(record.message_id)) is not None:
                    self._confirmed = int(record.message_id)
                confirmed = MessageConfirmed(
                    source.device, source.endpoint, self.local_endpoint, record
                )
                return Outcome(signals=(self.heard(command, [int(record.message_id)]), confirmed))
            case GetMessageCancellationRecord(earliest_implementation_time=earliest):
                return self._last_cancellation(int(earliest))
        raise UnsupportedCommandError(type(command.record).__name__)

    def _last_cancellation(self, earliest: int) -> Outcome:
        last = self._cancellation
        if last is None or last.implementation_date_time < earliest:
            return Outcome(status=Status.NOT_FOUND)
        return Outcome((last,))
