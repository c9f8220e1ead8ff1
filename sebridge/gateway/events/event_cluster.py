"""What the servers and clients of Price, DRLC and Messaging share: a schedule and its news."""

from collections.abc import Hashable, Sequence
from typing import Any, Final, Generic, TypeVar

from msgspec.structs import replace
from typing_extensions import override

from sebridge.gateway.cluster import Outcome, Sending, TimedCluster
from sebridge.gateway.events.lazy_records import LazyRecords
from sebridge.gateway.events.signals import ActiveEventsChanged, EventsChanged
from sebridge.gateway.local_attributes import LocalAttributes
from sebridge.model.record import Record
from sebridge.schedule.changes import Cancelled, Change, Ended, Superseded
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.schedule import Schedule

R = TypeVar("R", bound=Record)

UNTIL_CHANGED = 0xFFFF  # duration_in_minutes of what lasts until another comes
NEVER = 0xFFFFFFFF  # not a time at which an event can start (GEN-2)
_OVER: Final = (Cancelled, Ended, Superseded)


def end_of(start: int, duration_in_minutes: int) -> int | None:
    """Return when an event ends, in seconds since 2000; None for "until changed" (GEN-3)."""
    return None if duration_in_minutes == UNTIL_CHANGED else start + 60 * duration_in_minutes


class EventCluster(TimedCluster, Generic[R]):
    """A local cluster that keeps events and notices when the list of active ones changes.

    All times are seconds since 2000 UTC.
    """

    def __init__(
        self, local_endpoint: int, schedule: Schedule[R], attributes: LocalAttributes | None = None
    ) -> None:
        super().__init__(attributes)
        self.local_endpoint = local_endpoint
        self.schedule = schedule
        self._active: tuple[tuple[int, int | None, int, Hashable], ...] = ()

    def valid(self, now: int) -> list[R]:
        """Return the events in force and to come, by their start."""
        return [self.shown(event) for event in self.schedule.not_ended(now)]

    def active(self, now: int) -> list[R]:
        """Return the events in force."""
        return [self.shown(event) for event in self.schedule.active(now)]

    def shown(self, event: ScheduledEvent[R]) -> R:
        """Return an event's record with its absolute start, and its end as it has become."""
        if event.end is None:  # also of a price that a newer one will end (PRC-6)
            return event.record.replace(start_time=event.start, duration_in_minutes=UNTIL_CHANGED)
        return event.record.replace(start_time=event.start)

    @override
    def next_change(self, now: int) -> int | None:
        """Return when something will start or end."""
        return self.schedule.next_change(now)

    @override
    def advance(self, now: int) -> Outcome:
        """Do what became due."""
        changes = self.schedule.advance(now)
        return self.news(changes, now)

    def news(self, changes: Sequence[Change], now: int) -> Outcome:
        """Return what is to be told after these changes."""
        sendings = self.consequences(changes, now)
        signals: list[object] = []
        if changes:
            over = tuple(c.event.event_id for c in changes if isinstance(c, _OVER))
            cancelled = tuple(c.event.event_id for c in changes if isinstance(c, Cancelled))
            signals.append(self.list_changed(now, over=over, cancelled=cancelled))
        active = tuple(
            (event.key, event.end, event.superseded, self.mark(event))
            for event in self.schedule.active(now)
        )
        if active != self._active:
            self._active = active
            signals.append(self.active_list(now))
        return Outcome(sendings=tuple(sendings), signals=tuple(signals))

    def clear(self, now: int) -> Outcome:
        """Forget all events here; peers are not told."""
        return replace(self.news(self.schedule.cancel_all(now), now), sendings=())

    def mark(self, event: ScheduledEvent[R]) -> Hashable:
        """Return what else, when it changes, makes an active event news; by itself, nothing."""
        del event
        return None

    def active_list(self, now: int) -> ActiveEventsChanged:
        """Return the news of the events in force."""
        place = (self.local_endpoint, self.cluster_id)
        return ActiveEventsChanged(*place, self.active(now), server=self.server)

    def list_changed(self, now: int, **ids: Any) -> EventsChanged:
        """Return the news of the whole list, with the ids of what was added and what is over."""
        listing = LazyRecords(lambda: self.valid(now))
        place = (self.local_endpoint, self.cluster_id)
        return EventsChanged(*place, listing, server=self.server, **ids)

    def told_at_start(self, now: int) -> Sequence[object]:
        """Return the news of what was kept over a restart: the whole list."""
        return (self.list_changed(now),)

    def with_list(self, outcome: Outcome, now: int, added: Sequence[int] = ()) -> Outcome:
        """Say that the list changed, also where nothing started or ended."""
        before = [s for s in outcome.signals if isinstance(s, EventsChanged)]
        over = [event_id for signal in before for event_id in signal.over]
        cancelled = [event_id for signal in before for event_id in signal.cancelled]
        others = tuple(s for s in outcome.signals if not isinstance(s, EventsChanged))
        changed = self.list_changed(now, added=added, over=over, cancelled=cancelled)
        return replace(outcome, signals=(changed, *others))

    def consequences(self, changes: Sequence[Change], now: int) -> Sequence[Sending]:
        """Return what peers must hear of these changes; by itself, nothing."""
        del changes, now
        return ()
