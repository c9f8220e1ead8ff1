"""What the servers of Price, DRLC and Messaging share: adding, serving and sending events."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from sebridge.base.errors import InvalidFieldError, RequestError
from sebridge.gateway.cluster import Command, Outcome
from sebridge.gateway.events.event_cluster import NEVER, EventCluster, R, end_of
from sebridge.gateway.events.signals import (
    ActiveEventsChanged,
    EventAnswered,
    EventHeard,
    EventsChanged,
)
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.schedule.event import ScheduledEvent
from sebridge.zcl.status import Status


class EventServer(EventCluster[R]):
    """Keeps the events of the home and serves them to clients."""

    server = True
    identified_by: ClassVar[str] = "issuer_event_id"
    """The field with an event's identifier; 0 where the gateway is to assign it."""

    @abstractmethod
    def check(self, record: R, now: int) -> None:
        """Raise InvalidFieldError when no client could make sense of the record."""

    def identifier(self, record: R) -> int:
        """Return the event's identifier."""
        return int(getattr(record, self.identified_by))

    def identified(self, record: R, event_id: int) -> R:
        """Return the event with another identifier."""
        return record.replace(**{self.identified_by: event_id})

    @abstractmethod
    def scheduled(self, record: R, start: int, now: int) -> ScheduledEvent[R]:
        """Return the record as the schedule keeps it."""

    @abstractmethod
    def publication(self, event: ScheduledEvent[R], now: int) -> Record:
        """Return the command that brings the event to a client at this moment."""

    def add(self, record: R, now: int) -> tuple[R, Outcome]:
        """Take an event; return it with its absolute start, and the news.

        Raises InvalidFieldError, OutdatedError, DuplicateError or FullError; then nothing has
        changed.
        """
        given: Any = record  # every event has these two fields, and no base class for them
        start = given.start_time or now
        if start == NEVER:
            raise InvalidFieldError("start_time 0xFFFFFFFF is not a time")
        self.check(record, now)
        end = end_of(start, given.duration_in_minutes)
        if end is not None and end <= now:
            raise InvalidFieldError("the event would be over already")
        event = self.scheduled(record.replace(start_time=start), start, now)
        news = self.news(self.schedule.add(event, now), now)
        return self.shown(event), self.with_list(news, now, (event.event_id,))

    def change(
        self, records: Sequence[R], withdrawn: Sequence[int], now: int
    ) -> tuple[list[R], list[RequestError], Outcome]:
        """Take several events and take others back, as one piece of news.

        Returns those that were taken, as `add` does, why others were not, and the news.
        """
        taken: list[R] = []
        refused: list[RequestError] = []
        outcomes: list[Outcome] = []
        for record in records:
            try:
                stored, outcome = self.add(record, now)
            except RequestError as error:
                refused.append(error)
            else:
                taken.append(stored)
                outcomes.append(outcome)
        outcomes += [self.cancel(event_id, now, now) for event_id in withdrawn]
        news = [signal for outcome in outcomes for signal in outcome.signals]
        in_force = [signal for signal in news if isinstance(signal, ActiveEventsChanged)]
        lists = [signal for signal in news if isinstance(signal, EventsChanged)]
        outcome = Outcome(
            sendings=tuple(sending for outcome in outcomes for sending in outcome.sendings),
            signals=(*lists, *in_force[-1:]),
        )
        added = tuple(map(self.identifier, taken))
        return taken, refused, self.with_list(outcome, now, added) if lists else outcome

    def cancel(self, event_id: int, at: int, now: int) -> Outcome:
        """Take an event back at a moment; nothing happens when there is none."""
        if self.schedule.get(event_id) is None:
            return Outcome()
        return self.news(self.schedule.cancel(event_id, at or now, now), now)

    def cancel_all(self, now: int) -> Outcome:
        """Take every event back."""
        return self.news(self.schedule.cancel_all(now), now)

    def publications(self, event_ids: Sequence[int], now: int) -> list[Record]:
        """Return the commands that bring these events to a client; those gone are left out."""
        events = [self.schedule.get(event_id) for event_id in event_ids]
        return [self.publication(event, now) for event in events if event is not None]

    def served(
        self, command: Command, events: Sequence[ScheduledEvent[R]], most: int = 0
    ) -> Outcome:
        """Answer with these events, at most so many (0 = all); none is NOT_FOUND (GEN-9)."""
        chosen = list(events)[: most or None]
        if not chosen:
            return Outcome(status=Status.NOT_FOUND)
        answers: tuple[Record, ...] = tuple(
            self.publication(event, command.now) for event in chosen
        )
        event_ids = [event.event_id for event in chosen]
        return Outcome(answers, signals=(self.heard(command.source, event_ids),))

    def heard(self, client: Peer, event_ids: Sequence[int]) -> EventHeard:
        """Return the news that a client has these events."""
        known = (self.schedule.get(event_id) for event_id in event_ids)
        first = next((event for event in known if event is not None), None)
        return EventHeard(
            client.device,
            client.endpoint,
            self.local_endpoint,
            self.cluster_id,
            event_ids,
            None if first is None else self.shown(first),
        )

    def answered(self, client: Peer, event_id: int, answer: str) -> EventAnswered:
        """Return the news of what a client makes of an event, in a word."""
        place = (self.local_endpoint, self.cluster_id)
        return EventAnswered(client.device, client.endpoint, *place, event_id, answer)

    def oddity(self, record: R) -> str:
        """Say what its creator should know of an event that was taken; nothing by itself."""
        del record
        return ""

    def awaits_answer(self, event: ScheduledEvent[R]) -> bool:
        """Say whether an event counts as heard only when the client has answered it."""
        del event
        return False
