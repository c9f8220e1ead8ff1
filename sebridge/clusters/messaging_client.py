"""Show messages, confirm them: rules MSG-1 to MSG-8."""

from typing_extensions import override
from zigpy.zcl.foundation import Status

from sebridge.base.errors import RequestError, UnknownEventError, UnsupportedCommandError
from sebridge.clusters.cluster import Command, Outcome, Sending
from sebridge.clusters.event_cluster import NEVER, EventCluster, end_of
from sebridge.clusters.signals import EventReceived
from sebridge.devices.peer import Peer
from sebridge.schedule.event import ScheduledEvent
from sebridge.smartenergy.messaging import (
    CONFIRMATION_REQUIRED,
    INTER_PAN_ONLY,
    TRANSMISSION_BITS,
    CancelMessageRecord,
    DisplayMessageRecord,
    MessageConfirmationRecord,
    Messaging,
)
from sebridge.zcl.record import Record


class MessagingClient(EventCluster[DisplayMessageRecord]):
    """The message on display."""

    definition = Messaging
    server = False

    @override
    def receive(self, command: Command) -> Outcome:
        """Take a message, or a cancellation."""
        match command.record:
            case DisplayMessageRecord():
                status, news = self._show(command.record, command)
            case CancelMessageRecord():
                status, news = self._cancel(command.record, command)
            case _:
                raise UnsupportedCommandError(type(command.record).__name__)
        told = self._received(command, command.record, status)
        return Outcome(status=status, signals=(told, *news.signals))

    def confirm(self, message_id: int, now: int) -> Outcome:
        """Confirm a message to the server it came from (MSG-7, MSG-8).

        Raises UnknownEventError when it is not on display or asks for no confirmation.
        """
        event = self.schedule.get(message_id)
        if event is None or not event.running(now):
            raise UnknownEventError(f"message {message_id} is not on display")
        if not event.record.message_control & CONFIRMATION_REQUIRED:
            raise UnknownEventError(f"no message {message_id} waits for confirmation")
        confirmation = MessageConfirmationRecord(message_id=message_id, confirmation_time=now)
        assert isinstance(event.source, Peer)
        return Outcome(sendings=(Sending(event.source, confirmation),))

    def _show(self, message: DisplayMessageRecord, command: Command) -> tuple[Status, Outcome]:
        start = int(message.start_time) or command.now
        end = end_of(start, message.duration_in_minutes)
        only_inter_pan = message.message_control & TRANSMISSION_BITS == INTER_PAN_ONLY
        if start == NEVER or only_inter_pan or (end is not None and end <= command.now):
            return Status.INVALID_FIELD, Outcome()
        if self.schedule.get(int(message.message_id)) is not None:
            return Status.SUCCESS, Outcome()  # the same message again (MSG-4)
        event = ScheduledEvent(
            event_id=int(message.message_id),
            start=start,
            end=end,
            record=message,
            received=command.now,
            source=command.source,
        )
        try:
            changes = self.schedule.add(event, command.now)
        except RequestError as error:
            return error.status, Outcome()
        return Status.SUCCESS, self.news(changes, command.now)

    def _cancel(self, record: CancelMessageRecord, command: Command) -> tuple[Status, Outcome]:
        if self.schedule.get(int(record.message_id)) is None:
            return Status.NOT_FOUND, Outcome()
        changes = self.schedule.cancel(int(record.message_id), command.now, command.now)
        return Status.SUCCESS, self.news(changes, command.now)

    def _received(self, command: Command, record: Record, status: Status) -> EventReceived:
        source = command.source
        return EventReceived(
            source.device, source.endpoint, self.local_endpoint, self.cluster_id, status, record
        )
