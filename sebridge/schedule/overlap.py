"""The overlap rules, as a table of cases to be laid beside the behaviour rules. Pure."""

from collections.abc import Mapping
import enum
from typing import Any, Final

import msgspec

from sebridge.schedule.changes import Change, Ended, Superseded
from sebridge.schedule.event import EVERY_GROUP, ScheduledEvent

Event = ScheduledEvent[Any]


class Policy(enum.Enum):
    """Whose rules a schedule follows."""

    PRICE = "price"
    LOAD_CONTROL = "load control"
    MESSAGE = "message"


class Outcome(enum.Enum):
    """What becomes of the event that is stored, and of the one that is received."""

    KEEP = "both stay; should the stored one still run, it ends when the received one starts"
    UNTIL_CHANGED = "the stored one loses its own end, and runs until the received one starts"
    REPLACE = "the stored one is superseded at once"
    REFUSE = "the received one is rejected, the stored one stays"


class Case(msgspec.Struct, frozen=True):
    """A row of the table; None means "either"."""

    rule: str
    outcome: Outcome
    newer: bool | None = None  # the received event has the larger issuer event id
    running: bool | None = None  # the stored event runs
    later: bool | None = None  # the received event starts later than now
    together: bool | None = None  # both start at the same moment
    handover: bool | None = None  # the first is open-ended, the newer one starts after it


CASES: Final[Mapping[Policy, tuple[Case, ...]]] = {
    # the first row that fits counts
    Policy.PRICE: (
        Case("GEN-3", Outcome.KEEP, handover=True),
        Case("PRC-7", Outcome.REFUSE, newer=False),
        Case("PRC-6", Outcome.UNTIL_CHANGED, newer=True, running=True, later=True),
        Case("PRC-5", Outcome.REPLACE, newer=True),
    ),
    Policy.LOAD_CONTROL: (
        # the one received last wins, whatever its id (DRLC-21)
        Case("DRLC-23, DRLC-24", Outcome.KEEP, running=True, later=True),
        Case("DRLC-23", Outcome.REPLACE, running=True, later=False),
        Case("DRLC-22", Outcome.REPLACE, running=False),
    ),
    Policy.MESSAGE: (
        # one is on display; one to come takes its place when it starts, and not before
        Case("MSG-1", Outcome.KEEP, running=True, later=True),
        Case("MSG-1", Outcome.REPLACE, running=True, later=False),
        Case("MSG-1", Outcome.REPLACE, running=False, together=True),
        Case("MSG-1", Outcome.KEEP, running=False, together=False),
    ),
}


class Situation(msgspec.Struct, frozen=True):
    """Two events that meet, as the columns of the table see them."""

    newer: bool
    running: bool
    later: bool
    together: bool
    handover: bool


def situation(stored: Event, received: Event, *, running: bool, now: int) -> Situation:
    """Describe how a received event meets a stored one."""
    first, second = sorted((stored, received), key=lambda event: event.start)
    return Situation(
        newer=received.event_id > stored.event_id,
        running=running,
        later=received.begin > now,
        together=received.start == stored.start,
        handover=(
            first.end is None and second.start > first.start and second.event_id > first.event_id
        ),
    )


def judge(policy: Policy, seen: Situation) -> Case:
    """Return the row that says what happens to two events that overlap."""
    return next(case for case in CASES[policy] if _fits(case, seen))


def _fits(case: Case, seen: Situation) -> bool:
    columns = (
        (case.newer, seen.newer),
        (case.running, seen.running),
        (case.later, seen.later),
        (case.together, seen.together),
        (case.handover, seen.handover),
    )
    return all(wanted is None or wanted == found for wanted, found in columns)


def meet(policy: Policy, one: Event, other: Event) -> bool:
    """Say whether two events cannot both be in force.

    Prices and messages of different servers do not concern each other (GEN-8), nor do prices of
    different commodities; load-control events do where they have a device class (DRLC-25) and an
    enrollment group in common.
    """
    if policy is not Policy.LOAD_CONTROL:
        return (one.source, one.commodity) == (other.source, other.commodity)
    groups = {one.group, other.group} - {EVERY_GROUP}
    return bool(one.remaining & other.remaining) and len(groups) <= 1  # not two different ones


def overlap(one: Event, other: Event) -> bool:
    """Say whether the scheduled periods intersect; one that ends as the other starts does not."""
    ends = [m for e in (one, other) for m in (e.end, e.cancelled_at) if m is not None]
    begin = max(one.start, other.start)
    return all(begin < end for end in ends)


def left_to(policy: Policy, stored: Event, successor: Event) -> int:
    """Return the device classes that a stored event keeps when one that it meets takes its place.

    A load-control event is superseded for the classes of the other only (DRLC-25), and not at all
    by one for another enrollment group than its own: then the other groups still have it.
    """
    if policy is not Policy.LOAD_CONTROL:
        return 0
    if successor.group not in {EVERY_GROUP, stored.group}:
        return stored.remaining
    return stored.remaining & ~successor.remaining


def handed_over(policy: Policy, stored: Event, successor: Event) -> type[Change]:
    """Return what becomes of a running event when another that meets it starts.

    A price simply ends (PRC-6, GEN-3). A load-control event is superseded when the two overlap
    (DRLC-23), and has ended when only its random delays reach into its successor (DRLC-18).
    """
    if policy is Policy.PRICE or not overlap(stored, successor):
        return Ended
    return Superseded
