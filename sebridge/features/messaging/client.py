"""Show messages, confirm them: rules MSG-1 to MSG-10."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from typing_extensions import override

from sebridge.base.errors import (
    RefusedError,
    RequestError,
    UnknownEventError,
    UnsupportedCommandError,
)
from sebridge.base.secret import Secret
from sebridge.features.messaging.answer import Answer, confirmation_of
from sebridge.features.messaging.pin_attempts import WrongPinError
from sebridge.features.messaging.records import (
    CONFIRMATION_REQUIRED,
    CONFIRMED_ALREADY,
    INTER_PAN_ONLY,
    MESSAGING_CLUSTER,
    TRANSMISSION_BITS,
    CancelAllMessagesRecord,
    CancelledMessageRecord,
    CancelMessageRecord,
    DisplayMessageRecord,
    DisplayProtectedMessageRecord,
)
from sebridge.gateway.cluster import Command, Outcome, Sending
from sebridge.gateway.events.event_client import EventClient, cut
from sebridge.gateway.events.event_cluster import NEVER, end_of
from sebridge.model.record import fields_by_name
from sebridge.network.peer import Peer
from sebridge.schedule.changes import Change, Postponed, Started
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.status import Status

Event = ScheduledEvent[DisplayMessageRecord]

_LONGEST_TEXT: Final = 254  # octets: as many as a text on the air can have


class MessagingClient(EventClient[DisplayMessageRecord]):
    """The message on display, one from each server, and those to come.

    `room` is the longest text that the display can show, in octets of UTF-8. Protected messages
    are shown without their text until `unlock` was given the `pin`, each message anew; without a
    pin, always.
    """

    definition = MESSAGING_CLUSTER

    def __init__(
        self,
        local_endpoint: int,
        schedule: Schedule[DisplayMessageRecord],
        room: int = _LONGEST_TEXT,
        pin: Secret | None = None,
        *,
        time_is_known: Callable[[], bool],
    ) -> None:
        super().__init__(local_endpoint, schedule, time_is_known=time_is_known)
        self._room = room
        self._pin = pin
        # by the key of the message
        self._taken_back: dict[int, int] = {}  # the control octet of its cancellation
        self._confirmed: set[int] = set()
        self._protected: set[int] = set()
        self._unlocked: set[int] = set()

    # ------------------------------------------------------------------ what is on display

    @override
    def shown(self, event: Event) -> DisplayMessageRecord:
        """Return a message, with the cancellation that waits to be confirmed if there is one."""
        record, control = super().shown(event), self._taken_back.get(event.key)
        if self._is_hidden(event):
            record = record.replace(message="")
        if control is None:
            return record
        return CancelledMessageRecord(**fields_by_name(record), cancel_message_control=control)

    @override
    def mark(self, event: Event) -> Hashable:
        """Return what is shown of a message: it may change in place."""
        return (
            self._taken_back.get(event.key),
            str(event.record.message),
            event.record.message_control,
            self._is_hidden(event),
        )

    def waiting(self, now: int) -> list[DisplayMessageRecord]:
        """Return the messages on display that are still to be confirmed."""
        return [self.shown(event) for event in self.schedule.active(now) if self._asks(event)]

    def unlock(self, pin: Secret, now: int) -> Outcome:
        """Show the text of the protected messages there are (MSG-10).

        Raises WrongPinError, and RefusedError where this display has none.
        """
        if self._pin is None:
            raise RefusedError("this display has no PIN, and shows no protected message")
        if pin != self._pin:
            raise WrongPinError("the PIN is not the one of this display")
        self._unlocked |= self._protected
        return self.with_list(self.news((), now), now)

    def _is_hidden(self, event: Event) -> bool:
        return event.key in self._protected and event.key not in self._unlocked

    # ------------------------------------------------------------------ from the server

    @override
    def receive(self, command: Command) -> Outcome:
        """Take a message, or a cancellation."""
        record: Any = command.record
        told = record
        match record:
            case DisplayProtectedMessageRecord():
                plain = DisplayMessageRecord(**fields_by_name(record))
                status, news = self._show(plain, command, protected=True)
                told = plain.replace(message="")
            case DisplayMessageRecord():
                status, news = self._show(record, command, protected=False)
            case CancelMessageRecord():
                status, news = self._cancel(record, command)
            case CancelAllMessagesRecord():
                return self._cancel_all(record, command)
            case _:
                raise UnsupportedCommandError(type(record).__name__)
        received = self.received(command, told, status)
        return Outcome(status=status, signals=(received, *news.signals))

    def _show(
        self, message: DisplayMessageRecord, command: Command, *, protected: bool
    ) -> tuple[Status, Outcome]:
        now, start = command.now, message.start_time or command.now
        end = end_of(start, message.duration_in_minutes)
        only_inter_pan = message.message_control & TRANSMISSION_BITS == INTER_PAN_ONLY
        if start == NEVER or only_inter_pan or (end is not None and end <= now):
            return Status.INVALID_FIELD, Outcome()
        fitting = message.replace(message=cut(message.message, self._room))
        event = self.heard_event(command, message.message_id, start=start, end=end, record=fitting)
        try:
            self.check_time(message.start_time)
            known = self.schedule.get(event.key)
            changes = self._put(event, known, now)
        except RequestError as error:
            return zcl_status(error), Outcome()
        self._note(event, protected=protected)
        news = self.news(changes, now)
        unchanged = known is not None and self.schedule.get(event.key) == known
        return Status.SUCCESS, news if unchanged else self.with_list(news, now, (event.event_id,))

    def _put(self, event: Event, known: Event | None, now: int) -> Sequence[Change]:
        """Take a new message, or set it in place of the one with its id (MSG-4)."""
        if known is None:
            return self.schedule.add(event, now)
        if event.record.replace(start_time=0) == known.record.replace(start_time=0) and (
            event.record.start_time in {0, known.start}
        ):
            return self.schedule.advance(now)  # told again, and not to start again (GEN-5)
        return self.schedule.update(event, now)

    def _note(self, event: Event, *, protected: bool) -> None:
        if (event.record.extended_message_control or 0) & CONFIRMED_ALREADY:
            self._confirmed.add(event.key)
        if protected:
            self._protected.add(event.key)

    def _cancel(self, record: CancelMessageRecord, command: Command) -> tuple[Status, Outcome]:
        event = self.sent_by(command.source, record.message_id)
        if event is None:
            return Status.NOT_FOUND, Outcome()
        if record.message_control & CONFIRMATION_REQUIRED and event.running(command.now):
            self._taken_back[event.key] = record.message_control
            return Status.SUCCESS, self.news((), command.now)
        changes = self.schedule.cancel(event.key, command.now, command.now)
        return Status.SUCCESS, self.news(changes, command.now)

    def _cancel_all(self, record: CancelAllMessagesRecord, command: Command) -> Outcome:
        now, at = command.now, record.implementation_date_time
        changes = list(self.schedule.advance(now))
        for event in self.schedule.not_ended(now):
            if event.source == command.source and at != NEVER:
                changes += self.schedule.cancel(event.key, max(at, now), now)
        news = self.news(changes, now)
        told = self.received(command, record, Status.SUCCESS)
        return Outcome(signals=(told, *news.signals))

    @override
    def consequences(self, changes: Sequence[Change], now: int) -> Sequence[Sending]:
        """Forget what was noted of messages that are over; nothing is sent."""
        del now
        for change in changes:
            if not isinstance(change, (Started, Postponed)):
                self._taken_back.pop(change.event.key, None)
                self._confirmed.discard(change.event.key)
                self._protected.discard(change.event.key)
                self._unlocked.discard(change.event.key)
        return ()

    # ------------------------------------------------------------------ from the user

    def confirm(self, message_id: int, now: int, answer: Answer | None = None) -> Outcome:
        """Confirm a message to every server that it came from (MSG-7, MSG-8).

        Raises UnknownEventError when it is not on display or does not ask for confirmation (any
        more), InvalidFieldError for an answer that it does not ask for.
        """
        events = [e for e in self.named(message_id, now) if e.running(now)]
        if not events:
            raise UnknownEventError(f"message {message_id} is not on display")
        asking = [event for event in events if self._asks(event)]
        if not asking:
            raise UnknownEventError(f"no message {message_id} waits for confirmation")
        sendings = []
        for event in asking:
            assert isinstance(event.source, Peer)
            confirmation = confirmation_of(event.record, now, answer)
            sendings.append(Sending(event.source, confirmation))
        self._confirmed |= {event.key for event in asking}
        return Outcome(sendings=tuple(sendings))

    def confirmed(self, message_id: int, now: int) -> Outcome:
        """Note that the user confirmed: a message that was taken back goes now."""
        changes: list[Change] = []
        for event in self.named(message_id, now):
            self._confirmed.add(event.key)
            if event.key in self._taken_back:
                changes += self.schedule.cancel(event.key, now, now)
        return self.news(changes, now) if changes else Outcome()

    def _asks(self, event: Event) -> bool:
        wanted = bool(event.record.message_control & CONFIRMATION_REQUIRED)
        return wanted and event.key not in self._confirmed
