"""The Messaging cluster as the gateway serves it: rules MSG-1 to MSG-10."""

from typing import Final

from typing_extensions import override

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.clusters.cluster import Command, Outcome
from sebridge.clusters.event_cluster import end_of
from sebridge.clusters.event_server import EventServer
from sebridge.clusters.signals import MessageConfirmed
from sebridge.schedule.event import ScheduledEvent
from sebridge.smartenergy.messaging import (
    INTER_PAN_ONLY,
    TRANSMISSION_BITS,
    DisplayMessageRecord,
    GetLastMessageRecord,
    MessageConfirmationRecord,
    Messaging,
)
from sebridge.zcl.record import Record

_LONGEST_TEXT: Final = 59  # octets that fit an unfragmented secured frame (MSG-9)


class MessagingServer(EventServer[DisplayMessageRecord]):
    """Keeps the message of the home, hears who confirmed it."""

    definition = Messaging

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
        """Return Display Message with its absolute start (GEN-1)."""
        return self.shown(event)

    @override
    def receive(self, command: Command) -> Outcome:
        """Answer a display, or hear that its user confirmed."""
        match command.record:
            case GetLastMessageRecord():
                return self.served(command, self.schedule.not_ended(command.now), 1)
            case MessageConfirmationRecord():
                source, record = command.source, command.record
                confirmed = MessageConfirmed(
                    source.device, source.endpoint, self.local_endpoint, record
                )
                return Outcome(signals=(self.heard(command, [int(record.message_id)]), confirmed))
        raise UnsupportedCommandError(type(command.record).__name__)
