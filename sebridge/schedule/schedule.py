"""The event engine: add, cancel, active(now), advance(now) -> changes, next_change(now). Pure."""

from collections.abc import MutableMapping
from typing import Any, Final, Generic

from msgspec.structs import replace
from sortedcontainers import SortedList

from sebridge.base.errors import (
    DuplicateError,
    FullError,
    InvalidFieldError,
    OutdatedError,
    UnknownEventError,
)
from sebridge.schedule.changes import Cancelled, Change, Ended, Postponed, Started, Superseded
from sebridge.schedule.event import R, ScheduledEvent
from sebridge.schedule.overlap import (
    Outcome,
    Policy,
    handed_over,
    judge,
    left_to,
    meet,
    overlap,
    situation,
)
from sebridge.schedule.overlap_index import OverlapIndex

NEVER: Final = 0xFFFFFFFF  # not a time at which an event can start (GEN-2)
LONGEST_LOAD_CONTROL: Final = 86_400  # seconds: 1440 minutes (DRLC-2)
MOST_EVENTS: Final = 10_000
_LAST: Final = 1 << 128  # above every start and key


class Schedule(Generic[R]):
    """Events in force and to come, kept by their keys in a mapping that may survive a restart.

    Times are whole seconds since 2000 UTC, and the caller brings them. Whatever happens is told
    as changes, each once, in the order of their moments, by the next method that returns changes:
    `add`, `cancel`, `cancel_all` or `advance`. Queries change nothing, and may ask for any time.

    An event that meets others (see `overlap.meet`) takes their place when it starts; no event
    waits for another to end. A load-control event which is left some of its device classes stays
    for these. Events that are over leave the mapping.

    The clock may jump (TIME-8). Forward: what became due in between is told with its moment. Back:
    what is over stays over, and a running event whose start lies ahead again is postponed. After a
    restart it is the same: nothing runs until the first `advance`, which tells of all that has
    started since the events were added, also of what was told before the restart.
    """

    def __init__(
        self,
        policy: Policy,
        store: MutableMapping[int, ScheduledEvent[R]],
        most: int = MOST_EVENTS,
    ) -> None:
        self._policy = policy
        self._most = most
        self._store = store
        self._events: dict[int, ScheduledEvent[R]] = {}
        self._running: set[int] = set()
        self._by_start: Any = SortedList()  # (start, key) of all
        self._begins: Any = SortedList()  # (begin, start, key) of those that wait
        self._dues: Any = SortedList()  # (due, key); of those that wait, only when cancelled
        self._overlaps = OverlapIndex(policy)
        self._untold: list[Change] = []
        for event in store.values():
            self._take_in(event)

    # ------------------------------------------------------------------ queries

    def __len__(self) -> int:
        return len(self._events)

    def get(self, key: int) -> ScheduledEvent[R] | None:
        """Return an event that has not been told to be over."""
        return self._events.get(key)

    @property
    def newest_id(self) -> int:
        """The largest id of an event, which is that of the newest (GEN-4); 0 without any."""
        return max((event.event_id for event in self._events.values()), default=0)

    def active(self, now: int) -> list[ScheduledEvent[R]]:
        """Return the events in force, by start, then server and id."""
        on, _ = self._outlook(now)
        in_force = [event for event in on.values() if event.running(now)]
        return sorted(in_force, key=lambda event: (event.start, event.key))

    def not_ended(self, now: int) -> list[ScheduledEvent[R]]:
        """Return the events that end after a moment, by start, then server and id."""
        on, over = self._outlook(now)
        return [on.get(i, self._events[i]) for _, i in self._by_start if i not in over]

    def next_change(self, now: int) -> int | None:
        """Return when something will change, `now` or earlier when that is due; None for never."""
        if self._untold or any(self._events[i].effective_start > now for i in self._running):
            return now
        return self._next_due()

    def neighbour(self, event: ScheduledEvent[R]) -> ScheduledEvent[R] | None:
        """Return the event that ends as this one starts, else one that starts as it ends.

        For load control: the two must not be torn apart by randomisation (DRLC-18).
        """
        beside = [self._events[i] for i in (*self._met_by(event), *self._overlaps.beside(event))]
        before = [other for other in beside if other.end == event.start]
        after = [other for other in beside if other.start == event.end]
        return next(iter(before + after), None)

    # ------------------------------------------------------------------ what callers do

    def add(self, event: ScheduledEvent[R], now: int) -> list[Change]:
        """Take an event in; return what changed up to now.

        Raises DuplicateError for a key that is there already (GEN-5), InvalidFieldError for times
        that no event may have, OutdatedError for an event that is over (PRC-9) or that a newer one
        stands against (PRC-7), FullError when there is no room (GEN-6). The schedule is then as it
        was.
        """
        self._catch_up(now)
        if event.key in self._events:
            raise DuplicateError(f"event {event.event_id} exists already")
        self._check(event, now)
        judged = self._judged(event, now)
        going = sum(
            outcome is Outcome.REPLACE and not left_to(self._policy, stored, event)
            for stored, outcome in judged
        )
        if len(self._events) - going >= self._most:
            raise FullError(f"there are {self._most} events already, and no room for more")
        self._store[event.key] = event
        for stored, outcome in judged:
            if outcome is Outcome.REPLACE:
                self._give_way(stored, event, Superseded, now)
            elif outcome is Outcome.UNTIL_CHANGED:
                self._put(replace(stored, end=None))
        self._take_in(event)
        return self.advance(now)

    def update(self, event: ScheduledEvent[R], now: int) -> list[Change]:
        """Set a message in place of the one with its key (MSG-4); return what changed up to now.

        A running one runs on, unless its new start lies ahead. Raises UnknownEventError when there
        is none, and as `add` does for times that no event may have.
        """
        self._catch_up(now)
        if event.key not in self._events:
            raise UnknownEventError(f"there is no event {event.event_id}")
        self._check(event, now)
        self._put(event)
        return self.advance(now)

    def cancel(self, key: int, at: int, now: int) -> list[Change]:
        """Take an event back: now, or at a later moment, at its end at the latest.

        Of several cancellations the earliest counts. Raises UnknownEventError for a key that is
        not there; an event that turns out to be over by now is just told to have ended.
        """
        if key not in self._events:
            raise UnknownEventError(f"there is no event {key}")
        self._catch_up(now)
        event = self._events.get(key)
        if event is not None and at <= now:
            self._leave(event, Cancelled, now)
        elif event is not None:
            self._put(replace(event, cancelled_at=min(at, event.due or at)))
        return self._told()

    def cancel_all(self, now: int) -> list[Change]:
        """Take every event back, at once."""
        self._catch_up(now)
        for _, key in tuple(self._by_start):
            self._leave(self._events[key], Cancelled, now)
        return self._told()

    def advance(self, now: int) -> list[Change]:
        """Return what changed until now and was not told yet."""
        self._catch_up(now)
        return self._told()

    # ------------------------------------------------------------------ rules

    def _check(self, event: ScheduledEvent[R], now: int) -> None:
        if not 0 <= event.start < NEVER:
            raise InvalidFieldError(f"{event.start:#x} is not a time at which an event can start")
        if event.end is not None and event.end <= event.start:
            raise InvalidFieldError("an event must last longer than nothing")
        if min(event.start_delay, event.end_delay) < 0:
            raise InvalidFieldError("an event cannot be delayed by less than nothing")
        if self._policy is Policy.LOAD_CONTROL and not _is_short(event):
            raise InvalidFieldError("a load-control event lasts 1 to 1440 minutes")
        if event.end is not None and event.end <= now:
            raise OutdatedError(f"event {event.event_id} is over already")

    def _judged(
        self, event: ScheduledEvent[R], now: int
    ) -> list[tuple[ScheduledEvent[R], Outcome]]:
        """Return what becomes of the events in the way; raise OutdatedError when they stay."""
        judged: dict[int, tuple[ScheduledEvent[R], Outcome]] = {}
        for stored in self._in_the_way(event):
            seen = situation(stored, event, running=stored.key in self._running, now=now)
            case = judge(self._policy, seen)
            if case.outcome is Outcome.REFUSE:
                raise OutdatedError(
                    f"event {event.event_id} overlaps event {stored.event_id}, which is newer"
                )
            judged[stored.key] = (stored, case.outcome)
            if event.end is None and stored.start > event.start and case.outcome is Outcome.KEEP:
                break  # that one ends it, so those after it are not in the way
        return list(judged.values())

    def _in_the_way(self, event: ScheduledEvent[R]) -> list[ScheduledEvent[R]]:
        """Return the stored events whose place it wants, the running ones first."""
        waiting = [self._events[i] for i in self._overlaps.near(event)]
        # what starts between a running event and this one keeps the two apart
        taken_over = self._policy is Policy.PRICE and any(w.start < event.start for w in waiting)
        running = [] if taken_over else [self._events[i] for i in self._met_by(event)]
        return [other for other in (*running, *waiting) if overlap(other, event)]

    def _met_by(self, event: ScheduledEvent[R]) -> list[int]:
        return [i for i in sorted(self._running) if meet(self._policy, self._events[i], event)]

    # ------------------------------------------------------------------ time

    def _next_due(self) -> int | None:
        firsts = [line[0][0] for line in (self._dues, self._begins) if line]
        return min(firsts, default=None)

    def _catch_up(self, now: int) -> None:
        """Do all that is due, in the order of time; at one moment ends come before starts."""
        for key in sorted(self._running):
            event = self._events[key]
            if event.effective_start > now:
                self._postpone(event, now)
        while (due := self._next_due()) is not None and due <= now:
            if self._dues and self._dues[0][0] == due:
                event = self._events[self._dues[0][1]]
                self._leave(event, Cancelled if event.cancelled_at == due else Ended, due)
            else:
                self._start(self._events[self._begins[0][2]], due)

    def _start(self, event: ScheduledEvent[R], moment: int) -> None:
        for other in [self._events[i] for i in self._met_by(event)]:
            self._give_way(other, event, handed_over(self._policy, other, event), moment)
        self._take_out(event)
        self._running.add(event.key)
        self._take_in(event)
        self._untold.append(Started(event, moment))

    def _postpone(self, event: ScheduledEvent[R], now: int) -> None:
        self._take_out(event)
        self._running.discard(event.key)
        self._take_in(event)
        self._untold.append(Postponed(event, now))

    def _give_way(
        self,
        event: ScheduledEvent[R],
        successor: ScheduledEvent[R],
        change: type[Change],
        moment: int,
    ) -> None:
        """Let another event take the place of one, which may be left with less."""
        left = left_to(self._policy, event, successor)
        if not left:
            self._leave(event, change, moment)
        elif left != event.remaining:
            self._put(replace(event, superseded=event.classes & ~left))

    def _leave(self, event: ScheduledEvent[R], change: type[Change], moment: int) -> None:
        self._take_out(event)
        self._running.discard(event.key)
        self._untold.append(change(event, moment))
        del self._store[event.key]

    def _outlook(self, moment: int) -> tuple[dict[int, ScheduledEvent[R]], set[int]]:
        """Return what has started by a moment and not been replaced, and the keys of what is over.

        Both by their keys; what has started as it will be then.
        """
        on: dict[int, ScheduledEvent[R]] = {i: self._events[i] for i in self._running}
        over: set[int] = set()
        for begin, _, key in self._begins.irange(None, (moment, _LAST, _LAST)):
            event = self._events[key]
            if event.cancelled_at is None or event.cancelled_at > begin:
                kept = {i: o for i, other in on.items() if (o := self._kept(other, event, begin))}
                over.update(on.keys() - kept.keys())
                on = kept
            on[key] = event
        over.update(i for i, event in on.items() if _is_over(event, moment))
        over.update(i for _, i in self._dues.irange(None, (moment, _LAST)))
        return on, over

    def _kept(
        self, event: ScheduledEvent[R], successor: ScheduledEvent[R], moment: int
    ) -> ScheduledEvent[R] | None:
        """Return what is left of an event in force when another starts; None where it is over."""
        if _is_over(event, moment):
            return None
        if not meet(self._policy, event, successor):
            return event
        left = left_to(self._policy, event, successor)
        return replace(event, superseded=event.classes & ~left) if left else None

    # ------------------------------------------------------------------ books

    def _told(self) -> list[Change]:
        changes, self._untold = self._untold, []
        return changes

    def _put(self, event: ScheduledEvent[R]) -> None:
        """Set an event in place of the one with its key."""
        self._store[event.key] = event
        self._take_out(self._events[event.key])
        self._take_in(event)

    def _take_in(self, event: ScheduledEvent[R]) -> None:
        key = event.key
        self._events[key] = event
        self._by_start.add((event.start, key))
        if (due := self._booked_due(event)) is not None:
            self._dues.add((due, key))
        if key not in self._running:
            self._begins.add((event.begin, event.start, key))
            self._overlaps.add(event)

    def _take_out(self, event: ScheduledEvent[R]) -> None:
        key = event.key
        del self._events[key]
        self._by_start.remove((event.start, key))
        if (due := self._booked_due(event)) is not None:
            self._dues.remove((due, key))
        if key not in self._running:
            self._begins.remove((event.begin, event.start, key))
            self._overlaps.remove(event)

    def _booked_due(self, event: ScheduledEvent[R]) -> int | None:
        """Return when the event leaves; one that waits leaves only by cancellation."""
        return event.due if event.key in self._running else event.cancelled_at


def _is_short(event: ScheduledEvent[Any]) -> bool:
    return event.end is not None and event.end - event.start <= LONGEST_LOAD_CONTROL


def _is_over(event: ScheduledEvent[Any], moment: int) -> bool:
    return event.due is not None and event.due <= moment
