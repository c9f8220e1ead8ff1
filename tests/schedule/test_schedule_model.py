"""The engine against a model that looks at every event at every moment."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from sebridge.base.errors import DuplicateError, FullError, OutdatedError, UnknownEventError
from sebridge.schedule.changes import Change
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule

Event = ScheduledEvent[str]
Told = tuple[int, str, int]


@dataclass
class Kept:
    """An event of the model."""

    event: Event
    running: bool = False

    @property
    def begin(self) -> int:
        return max(self.event.start + self.event.start_delay, self.event.received)

    @property
    def end(self) -> int | None:
        event = self.event
        return None if event.end is None else event.end + event.start_delay + event.end_delay


def lanes(policy: Policy, event: Event) -> set[object]:
    """Return the lanes an event is in; those of group 0 are met by all groups."""
    if policy is not Policy.LOAD_CONTROL:
        return {(event.source, event.commodity)}
    return {(bit, event.group) for bit in range(3) if classes_of(event) >> bit & 1}


def classes_of(event: Event) -> int:
    return event.classes & ~event.superseded


def meet(policy: Policy, one: Event, other: Event) -> bool:
    if policy is not Policy.LOAD_CONTROL:
        return (one.source, one.commodity) == (other.source, other.commodity)
    same_group = one.group == other.group or 0 in {one.group, other.group}
    return same_group and classes_of(one) & classes_of(other) != 0


def left_to(policy: Policy, event: Event, successor: Event) -> Event | None:
    """Return an event as it goes on when another starts; None where it is over."""
    if not meet(policy, event, successor):
        return event
    if policy is not Policy.LOAD_CONTROL:
        return None
    if successor.group not in {0, event.group}:
        return event
    left = classes_of(event) & ~classes_of(successor)
    return replace(event, superseded=event.classes & ~left) if left else None


def seconds_of(event: Event) -> set[int]:
    end = min(m for m in (event.end, event.cancelled_at, 3000) if m is not None)
    return set(range(event.start, end))


def overlap(one: Event, other: Event) -> bool:
    return not seconds_of(one).isdisjoint(seconds_of(other))


def handover(one: Event, other: Event) -> bool:
    first, second = sorted((one, other), key=lambda event: event.start)
    return first.end is None and first.start < second.start and first.event_id < second.event_id


class Model:
    """Brute force: a list of events, and a walk through all moments."""

    def __init__(self, policy: Policy, most: int) -> None:
        self.policy = policy
        self.most = most
        self.kept: list[Kept] = []
        self.told: list[Told] = []
        self.last = 0

    def find(self, key: int) -> Kept | None:
        return next((k for k in self.kept if k.event.key == key), None)

    def leave(self, kept: Kept, change: str, moment: int) -> None:
        self.kept.remove(kept)
        self.told.append((moment, change, kept.event.key))

    # ------------------------------------------------------------------ time

    def restart(self) -> None:
        self.last = 0
        for kept in self.kept:
            kept.running = False

    def pass_until(self, now: int) -> None:
        for kept in self.kept:
            if kept.running and kept.event.start + kept.event.start_delay > now:
                kept.running = False
                self.told.append((now, "Postponed", kept.event.key))
        moments = {m for k in self.kept for m in (k.begin, k.end, k.event.cancelled_at)}
        for moment in sorted(m for m in moments if m is not None and m <= now):
            if moment >= self.last:
                self._end(moment)
                self._start(moment)
        self.last = now

    def _end(self, moment: int) -> None:
        for kept in list(self.kept):
            if kept.event.cancelled_at == moment:
                self.leave(kept, "Cancelled", moment)
            elif kept.running and kept.end == moment:
                self.leave(kept, "Ended", moment)

    def _start(self, moment: int) -> None:
        waiting = [k for k in self.kept if not k.running and k.begin == moment]
        for kept in sorted(waiting, key=lambda k: (k.event.start, k.event.key)):
            for other in [k for k in self.kept if k.running]:
                left = left_to(self.policy, other.event, kept.event)
                if left is not None:
                    other.event = left
                else:
                    ended = self.policy is Policy.PRICE or not overlap(other.event, kept.event)
                    self.leave(other, "Ended" if ended else "Superseded", moment)
            kept.running = True
            self.told.append((moment, "Started", kept.event.key))

    # ------------------------------------------------------------------ callers

    def add(self, event: Event, now: int) -> bool:
        """Say whether the event is taken."""
        self.pass_until(now)
        if self.find(event.key) is not None or (event.end is not None and event.end <= now):
            return False
        met = [kept for kept in self.kept if self._in_the_way(kept, event)]
        met = self._until_the_next_newer(met, event)
        conflicts = [kept for kept in met if not handover(kept.event, event)]
        is_price = self.policy is Policy.PRICE
        if is_price and any(kept.event.event_id > event.event_id for kept in conflicts):
            return False
        giving_way = conflicts if is_price else met
        going = [kept for kept in giving_way if self._goes(kept, event, now)]
        if len(self.kept) - len(going) >= self.most:
            return False
        for kept in giving_way:
            self._make_way(kept, event, now)
        self.kept.append(Kept(event))
        self.pass_until(now)
        return True

    def _in_the_way(self, kept: Kept, event: Event) -> bool:
        if not meet(self.policy, kept.event, event):
            return False
        if not overlap(kept.event, event):
            return False
        return self.policy is Policy.MESSAGE or not self._taken_over_before(kept, event)

    def _taken_over_before(self, kept: Kept, event: Event) -> bool:
        """Say whether another takes the place of `kept` before the start of the event."""
        if kept.running and self.policy is Policy.LOAD_CONTROL:
            return False
        place = (kept.event.start, kept.event.key)
        return all(
            any(
                lane in lanes(self.policy, other.event)
                for other in self.kept
                if not other.running
                and (kept.running or place < (other.event.start, other.event.key))
                and other.event.start < event.start
            )
            for lane in lanes(self.policy, kept.event)
            if self.policy is Policy.PRICE or self._sees(event, lane)
        )

    def _sees(self, event: Event, lane: Any) -> bool:
        bit, group = lane
        return event.classes >> bit & 1 == 1 and (group == event.group or 0 in {group, event.group})

    def _until_the_next_newer(self, met: list[Kept], event: Event) -> list[Kept]:
        """Leave out what lies beyond the newer price that ends an open-ended one."""
        if self.policy is not Policy.PRICE or event.end is not None:
            return met
        ending = [
            kept.event.start
            for kept in met
            if kept.event.start > event.start and kept.event.event_id > event.event_id
        ]
        return [kept for kept in met if kept.event.start < min(ending, default=9999)]

    def _goes(self, kept: Kept, event: Event, now: int) -> bool:
        if self.policy is Policy.MESSAGE and not kept.running:
            return kept.event.start == event.start
        if kept.running and Kept(event).begin > now:
            return False
        return left_to(self.policy, kept.event, event) is None

    def _loses(self, kept: Kept, event: Event, now: int) -> bool:
        return self.policy is Policy.LOAD_CONTROL and not (kept.running and Kept(event).begin > now)

    def _make_way(self, kept: Kept, event: Event, now: int) -> None:
        if self._goes(kept, event, now):
            self.leave(kept, "Superseded", now)
        elif self.policy is Policy.PRICE:
            kept.event = replace(kept.event, end=None)
        elif self._loses(kept, event, now):
            kept.event = left_to(self.policy, kept.event, event) or kept.event

    def update(self, event: Event, now: int) -> bool:
        """Say whether the event is taken."""
        self.pass_until(now)
        kept = self.find(event.key)
        if kept is None or (event.end is not None and event.end <= now):
            return False
        kept.event = event
        self.last = min(self.last, Kept(event).begin)
        self.pass_until(now)
        return True

    def cancel(self, key: int, at: int, now: int) -> bool:
        """Say whether the event is known."""
        if self.find(key) is None:
            return False
        self.pass_until(now)
        kept = self.find(key)
        if kept is not None and at <= now:
            self.leave(kept, "Cancelled", now)
        elif kept is not None:
            moments = [m for m in (at, kept.end, kept.event.cancelled_at) if m is not None]
            kept.event = replace(kept.event, cancelled_at=min(moments))
        return True

    def cancel_all(self, now: int) -> None:
        self.pass_until(now)
        for kept in list(self.kept):
            self.leave(kept, "Cancelled", now)


class EngineMachine(RuleBasedStateMachine):
    """Do the same with the engine and with the model."""

    @initialize(policy=st.sampled_from(Policy), most=st.sampled_from([3, 50]))
    def begin(self, policy: Policy, most: int) -> None:
        self.store: dict[int, Event] = {}
        self.policy = policy
        self.most = most
        self.engine = Schedule(policy, self.store, most)
        self.model = Model(policy, most)
        self.now = 100

    @rule(
        event_id=st.integers(1, 12),
        after=st.integers(-10, 60),
        duration=st.integers(1, 40) | st.none(),
        classes=st.sampled_from([0b001, 0b010, 0b011, 0b111]),
        group=st.sampled_from([0, 0, 1, 2]),
        place=st.sampled_from([("here", 0), ("here", 0), ("there", 1)]),
        commodity=st.sampled_from(["", "", "gas"]),
        delays=st.tuples(st.sampled_from([0, 0, 5]), st.sampled_from([0, 0, 7])),
    )
    def add(
        self,
        event_id: int,
        after: int,
        duration: int | None,
        classes: int,
        group: int,
        place: tuple[str, int],
        commodity: str,
        delays: tuple[int, int],
    ) -> None:
        load_control = self.policy is Policy.LOAD_CONTROL
        start = self.now + after
        length = 20 if duration is None and load_control else duration
        event = ScheduledEvent(
            event_id=event_id,
            start=start,
            end=None if length is None else start + length,
            record="r",
            received=self.now,
            classes=classes,
            group=group,
            source=place[0],
            origin=place[1],
            commodity=commodity if self.policy is Policy.PRICE else "",
            start_delay=delays[0] if load_control else 0,
            end_delay=delays[1] if load_control else 0,
        )
        try:
            changes = self.engine.add(event, self.now)
            taken = True
        except (DuplicateError, FullError, OutdatedError):
            changes = self.engine.advance(self.now)
            taken = False

        assert taken == self.model.add(event, self.now)
        self._is_told(changes)

    @rule(
        message_id=st.integers(1, 12),
        after=st.integers(-10, 60),
        duration=st.integers(1, 40) | st.none(),
    )
    def update(self, message_id: int, after: int, duration: int | None) -> None:
        if self.policy is not Policy.MESSAGE:
            return
        start = self.now + after
        event = ScheduledEvent(
            event_id=message_id,
            start=start,
            end=None if duration is None else start + duration,
            record="new",
            received=self.now,
            source="here",
        )
        try:
            changes = self.engine.update(event, self.now)
            taken = True
        except (UnknownEventError, OutdatedError):
            changes = self.engine.advance(self.now)
            taken = False

        assert taken == self.model.update(event, self.now)
        self._is_told(changes)

    @rule(
        event_id=st.integers(1, 12),
        origin=st.sampled_from([0, 0, 1]),
        after=st.integers(-5, 50),
    )
    def cancel(self, event_id: int, origin: int, after: int) -> None:
        key = (origin << 32) + event_id
        try:
            changes = self.engine.cancel(key, self.now + after, self.now)
            known = True
        except UnknownEventError:
            changes = []
            known = False

        assert known == self.model.cancel(key, self.now + after, self.now)
        self._is_told(changes)

    @rule(sure=st.sampled_from([False, False, True]))
    def cancel_all(self, sure: bool) -> None:  # noqa: FBT001  # hypothesis gives it by name
        if sure:
            changes = self.engine.cancel_all(self.now)
            self.model.cancel_all(self.now)
            self._is_told(changes)

    @rule(seconds=st.integers(-40, 60))
    def set_the_clock(self, seconds: int) -> None:
        self.now = max(self.now + seconds, 100)
        self.advance()

    @rule(seconds=st.integers(0, 30))
    def time_passes_unseen(self, seconds: int) -> None:
        self.now += seconds

    @rule()
    def restart(self) -> None:
        self.advance()
        self.engine = Schedule(self.policy, self.store, self.most)
        self.model.restart()
        self.advance()

    @rule()
    def advance(self) -> None:
        changes = self.engine.advance(self.now)
        self.model.pass_until(self.now)
        self._is_told(changes)

    def _is_told(self, changes: list[Change]) -> None:
        told = [(change.moment, type(change).__name__, change.event.key) for change in changes]
        assert sorted(told) == sorted(self.model.told)
        assert [moment for moment, _, _ in told] == sorted(moment for moment, _, _ in told)
        self.model.told = []

    @invariant()
    def the_store_is_what_the_engine_knows(self) -> None:
        if hasattr(self, "engine"):
            assert self.store == {k.event.key: k.event for k in self.model.kept}
            assert len(self.engine) == len(self.store)

    @rule(ahead=st.integers(0, 80))
    def queries_foresee_what_will_be(self, ahead: int) -> None:
        future = deepcopy(self.model)
        moment = self.now + ahead

        future.pass_until(moment)

        in_force = [k.event for k in future.kept if k.running and k.event.running(moment)]
        by_start = sorted(
            (k.event for k in future.kept), key=lambda event: (event.start, event.key)
        )
        assert self.engine.not_ended(moment) == by_start
        assert self.engine.active(moment) == [event for event in by_start if event in in_force]

    @rule()
    def the_next_change_is_the_next(self) -> None:
        self.advance()
        moment = self.engine.next_change(self.now)
        future = deepcopy(self.model)

        future.pass_until(3000 if moment is None else moment - 1)

        assert future.told == []
        if moment is not None:
            future.pass_until(moment)
            assert future.told != []


TestEngine: Any = EngineMachine.TestCase
