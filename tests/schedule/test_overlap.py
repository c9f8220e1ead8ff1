"""The table of overlap rules."""

from itertools import product

from msgspec.structs import replace
import pytest

from sebridge.schedule.changes import Ended, Superseded
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import (
    CASES,
    Outcome,
    Policy,
    Situation,
    handed_over,
    judge,
    meet,
    overlap,
    situation,
)

A = ScheduledEvent(event_id=1, start=100, end=200, record="a", received=0)
B = ScheduledEvent(event_id=2, start=150, end=250, record="b", received=0)


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("columns", list(product([False, True], repeat=5)))
def test_the_table_has_a_row_for_every_situation(
    policy: Policy, columns: tuple[bool, bool, bool, bool, bool]
) -> None:
    case = judge(policy, Situation(*columns))

    assert case in CASES[policy]


@pytest.mark.parametrize(
    ("policy", "newer", "running", "later", "rule", "outcome"),
    [
        (Policy.PRICE, True, False, True, "PRC-5", Outcome.REPLACE),
        (Policy.PRICE, True, True, False, "PRC-5", Outcome.REPLACE),
        (Policy.PRICE, True, True, True, "PRC-6", Outcome.UNTIL_CHANGED),
        (Policy.PRICE, False, False, True, "PRC-7", Outcome.REFUSE),
        (Policy.PRICE, False, True, True, "PRC-7", Outcome.REFUSE),
        (Policy.LOAD_CONTROL, False, False, True, "DRLC-22", Outcome.REPLACE),
        (Policy.LOAD_CONTROL, True, True, True, "DRLC-23, DRLC-24", Outcome.KEEP),
        (Policy.LOAD_CONTROL, False, True, True, "DRLC-23, DRLC-24", Outcome.KEEP),
        (Policy.LOAD_CONTROL, True, True, False, "DRLC-23", Outcome.REPLACE),
        (Policy.MESSAGE, False, True, True, "MSG-1", Outcome.KEEP),
        (Policy.MESSAGE, False, True, False, "MSG-1", Outcome.REPLACE),
        (Policy.MESSAGE, True, False, True, "MSG-1", Outcome.KEEP),
    ],
)
def test_each_situation_has_its_rule(
    policy: Policy, rule: str, outcome: Outcome, *, newer: bool, running: bool, later: bool
) -> None:
    case = judge(policy, Situation(newer, running, later, together=False, handover=False))

    assert (case.rule, case.outcome) == (rule, outcome)


def test_a_newer_price_after_an_open_ended_one_is_no_conflict_by_gen_3() -> None:
    stored = replace(A, end=None)

    case = judge(Policy.PRICE, situation(stored, B, running=False, now=0))

    assert (case.rule, case.outcome) == ("GEN-3", Outcome.KEEP)


def test_the_order_of_arrival_does_not_matter_for_gen_3() -> None:
    received = replace(A, end=None)

    case = judge(Policy.PRICE, situation(B, received, running=False, now=0))

    assert case.outcome is Outcome.KEEP


def test_an_older_price_after_an_open_ended_one_is_refused() -> None:
    stored, received = replace(A, end=None, event_id=3), B

    case = judge(Policy.PRICE, situation(stored, received, running=False, now=0))

    assert case.rule == "PRC-7"


def test_a_situation_tells_whether_the_received_event_starts_later() -> None:
    late = replace(B, received=160)

    assert situation(A, B, running=True, now=149).later
    assert not situation(A, B, running=True, now=150).later
    assert not situation(A, late, running=True, now=160).later


@pytest.mark.parametrize(
    ("start", "end", "overlapping"),
    [
        (0, 100, False),
        (0, 101, True),
        (120, 130, True),
        (50, 250, True),
        (199, 300, True),
        (200, 300, False),
        (200, None, False),
        (0, None, True),
    ],
)
def test_periods_overlap_only_when_they_share_a_second(
    start: int, end: int | None, *, overlapping: bool
) -> None:
    other = replace(B, start=start, end=end)

    assert overlap(A, other) is overlapping
    assert overlap(other, A) is overlapping


def test_a_cancellation_shortens_the_period() -> None:
    cancelled = replace(A, cancelled_at=150)

    assert not overlap(cancelled, B)


def test_load_control_events_meet_in_a_common_class_by_drlc_25() -> None:
    hvac, pump = replace(A, classes=0b001), replace(B, classes=0b100)

    assert not meet(Policy.LOAD_CONTROL, hvac, pump)
    assert meet(Policy.LOAD_CONTROL, hvac, replace(pump, classes=0b101))


@pytest.mark.parametrize(
    ("one", "other", "meeting"), [(0, 0, True), (0, 5, True), (5, 5, True), (5, 6, False)]
)
def test_load_control_events_of_two_groups_do_not_meet(
    one: int, other: int, *, meeting: bool
) -> None:
    first, second = replace(A, group=one), replace(B, group=other)

    assert meet(Policy.LOAD_CONTROL, first, second) is meeting


def test_load_control_events_of_two_servers_meet() -> None:
    assert meet(Policy.LOAD_CONTROL, replace(A, source="x"), replace(B, source="y"))


@pytest.mark.parametrize("policy", [Policy.PRICE, Policy.MESSAGE])
def test_prices_and_messages_of_two_servers_do_not_meet_by_gen_8(policy: Policy) -> None:
    one, other = replace(A, source="x", classes=1), replace(B, source="x", classes=2)

    assert meet(policy, one, other)
    assert not meet(policy, one, replace(other, source="y"))


def test_a_price_ends_where_the_next_begins() -> None:
    assert handed_over(Policy.PRICE, A, B) is Ended


def test_a_load_control_event_is_superseded_only_where_they_overlap() -> None:
    successor = replace(B, start=200, end=300)

    assert handed_over(Policy.LOAD_CONTROL, A, B) is Superseded
    assert handed_over(Policy.LOAD_CONTROL, A, successor) is Ended
