"""What the servers and clients of Price, DRLC and Messaging share: a schedule and its news."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from sebridge.clusters.attributes import LocalAttributes
from sebridge.clusters.cluster import LocalCluster, Outcome, Sending
from sebridge.clusters.signals import ActiveEventsChanged, EventsChanged
from sebridge.schedule.changes import Change
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.record import Record

R = TypeVar("R", bound=Record)

UNTIL_CHANGED = 0xFFFF  # duration_in_minutes of what lasts until another comes
NEVER = 0xFFFFFFFF  # not a time at which an event can start (GEN-2)


def end_of(start: int, duration_in_minutes: int) -> int | None:
    """Return when an event ends, in seconds since 2000; None for "until changed" (GEN-3)."""
    return None if duration_in_minutes == UNTIL_CHANGED else start + 60 * duration_in_minutes


class EventCluster(LocalCluster, Generic[R]):
    """A local cluster that keeps events and notices when the list of active ones changes.

    All times are seconds since 2000 UTC.
    """

    def __init__(
        self, local_endpoint: int, schedule: Schedule[R], attributes: LocalAttributes | None = None
    ) -> None:
        super().__init__(attributes)
        self.local_endpoint = local_endpoint
        self.schedule = schedule
        self._active: tuple[tuple[int, int | None], ...] = ()

    def valid(self, now: int) -> list[R]:
        """Return the events in force and to come, by their start."""
        return [self.shown(event) for event in self.schedule.not_ended(now)]

    def active(self, now: int) -> list[R]:
        """Return the events in force."""
        return [self.shown(event) for event in self.schedule.active(now)]

    def shown(self, event: ScheduledEvent[R]) -> R:
        """Return an event's record with its absolute start, and its end as it has become."""
        if event.end is None:  # also of a price that a newer one will end (PRC-6)
            return event.record.but(start_time=event.start, duration_in_minutes=UNTIL_CHANGED)
        return event.record.but(start_time=event.start)

    def next_change(self, now: int) -> int | None:
        """Return when something will start or end."""
        return self.schedule.next_change(now)

    def advance(self, now: int) -> Outcome:
        """Do what became due."""
        changes = self.schedule.advance(now)
        return self.news(changes, now)

    def news(self, changes: Sequence[Change], now: int) -> Outcome:
        """Return what is to be told after these changes."""
        sendings = self.consequences(changes, now)
        signals: list[object] = []
        if changes:
            signals.append(self.list_changed(now))
        active = tuple((event.event_id, event.end) for event in self.schedule.active(now))
        if active != self._active:
            self._active = active
            records = self.active(now)
            signals.append(ActiveEventsChanged(self.local_endpoint, self.cluster_id, records))
        return Outcome(sendings=tuple(sendings), signals=tuple(signals))

    def list_changed(self, now: int) -> EventsChanged:
        """Return the news of the whole list."""
        return EventsChanged(self.local_endpoint, self.cluster_id, self.valid(now))

    def consequences(self, changes: Sequence[Change], now: int) -> Sequence[Sending]:
        """Return what peers must hear of these changes; by itself, nothing."""
        del changes, now
        return ()
