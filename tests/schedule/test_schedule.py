"""The event engine, rule by rule. Times are minutes where `minutes` says so, else seconds."""

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
import pytest

from sebridge.base.errors import (
    DuplicateError,
    FullError,
    InvalidFieldError,
    OutdatedError,
    UnknownEventError,
)
from sebridge.schedule.changes import Cancelled, Change, Ended, Postponed, Started, Superseded
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule

Event = ScheduledEvent[str]
NAMES = {
    Started: "started",
    Ended: "ended",
    Cancelled: "cancelled",
    Superseded: "superseded",
    Postponed: "postponed",
}


def make(event_id: int, start: int, end: int | None, **more: Any) -> Event:
    return ScheduledEvent(
        event_id=event_id,
        start=start,
        end=end,
        record=f"record {event_id}",
        **({"received": 0} | more),
    )


def told(changes: list[Change]) -> list[tuple[int, str, int]]:
    return [(change.moment, NAMES[type(change)], change.event.event_id) for change in changes]


def schedule(policy: Policy = Policy.LOAD_CONTROL, *events: Event) -> Schedule[str]:
    made: Schedule[str] = Schedule(policy, {})
    for event in events:
        made.add(event, event.received)
    return made


def ids(events: list[Event]) -> list[int]:
    return [event.event_id for event in events]


# ------------------------------------------------------------------ the life of one event


def test_an_event_starts_and_ends_on_time() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))

    assert told(engine.advance(99)) == []
    assert told(engine.advance(100)) == [(100, "started", 1)]
    assert ids(engine.active(199)) == [1]
    assert told(engine.advance(199)) == []
    assert told(engine.advance(200)) == [(200, "ended", 1)]
    assert engine.active(200) == []
    assert len(engine) == 0


def test_an_event_that_starts_now_is_told_when_it_is_added() -> None:
    engine = schedule()

    assert told(engine.add(make(1, 50, 150), 50)) == [(50, "started", 1)]


def test_each_change_is_told_once() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))
    engine.advance(100)

    assert engine.advance(100) == []
    assert engine.advance(150) == []


def test_an_event_until_changed_stays_by_gen_3() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, None))

    assert told(engine.advance(10**9)) == [(100, "started", 1)]
    assert engine.next_change(10**9) is None
    assert ids(engine.not_ended(10**9)) == [1]


def test_random_delays_move_start_and_end_by_drlc_16_and_17() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 100, 200, start_delay=10, end_delay=5))

    changes = engine.advance(1000)

    assert told(changes) == [(110, "started", 1), (215, "ended", 1)]


def test_next_change_is_the_first_thing_that_is_due() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200), make(2, 300, 400))

    assert schedule().next_change(0) is None
    assert engine.next_change(0) == 100
    engine.advance(100)
    assert engine.next_change(100) == 200
    engine.advance(200)
    assert engine.next_change(200) == 300


def test_an_event_can_be_looked_up_until_it_is_over() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))

    found = engine.get(1)

    assert found is not None
    assert found.record == "record 1"
    assert engine.get(2) is None
    engine.advance(200)
    assert engine.get(1) is None


# ------------------------------------------------------------------ what is refused


def test_a_duplicate_is_refused_and_changes_nothing_by_gen_5_and_prc_8() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))

    with pytest.raises(DuplicateError, match="event 1 exists already"):
        engine.add(make(1, 500, 600), 0)

    assert engine.next_change(0) == 100


def test_an_event_that_is_over_is_refused_by_prc_9_and_drlc_3() -> None:
    engine = schedule()

    with pytest.raises(OutdatedError, match="over already"):
        engine.add(make(1, 100, 200), 200)

    assert len(engine) == 0


@pytest.mark.parametrize(
    ("event", "policy", "problem"),
    [
        (make(1, 0xFFFFFFFF, None), Policy.PRICE, "not a time"),
        (make(1, -1, 5), Policy.PRICE, "not a time"),
        (make(1, 100, 100), Policy.PRICE, "longer than nothing"),
        (make(1, 100, 200, start_delay=-1), Policy.PRICE, "less than nothing"),
        (make(1, 100, 200, end_delay=-1), Policy.PRICE, "less than nothing"),
        (make(1, 100, None), Policy.LOAD_CONTROL, "1440 minutes"),
        (make(1, 100, 100 + 86_401), Policy.LOAD_CONTROL, "1440 minutes"),
    ],
)
def test_times_that_no_event_may_have_are_refused_by_gen_2_gen_3_and_drlc_2(
    event: Event, policy: Policy, problem: str
) -> None:
    engine = schedule(policy)

    with pytest.raises(InvalidFieldError, match=problem):
        engine.add(event, 0)


def test_what_became_due_is_told_also_after_a_refusal() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))

    with pytest.raises(DuplicateError):
        engine.add(make(1, 300, 400), 150)

    assert engine.next_change(150) == 150
    assert told(engine.advance(150)) == [(100, "started", 1)]


# ------------------------------------------------------------------ prices


def test_successive_prices_change_over_in_one_advance() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200), make(2, 200, 300))
    engine.advance(100)

    assert told(engine.advance(200)) == [(200, "ended", 1), (200, "started", 2)]


def test_a_newer_price_deletes_an_older_one_it_overlaps_by_prc_5() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200), make(2, 200, 300), make(3, 400, 500))

    changes = engine.add(make(4, 150, 250), 0)

    assert told(changes) == [(0, "superseded", 1), (0, "superseded", 2)]
    assert ids(engine.not_ended(0)) == [4, 3]


def test_a_newer_price_that_starts_now_takes_over_at_once_by_prc_5() -> None:
    engine = schedule(Policy.PRICE, make(1, 0, 200))

    changes = engine.add(make(2, 50, 250), 50)

    assert told(changes) == [(50, "superseded", 1), (50, "started", 2)]


def test_an_active_price_runs_until_the_newer_one_starts_by_prc_6() -> None:
    engine = schedule(Policy.PRICE, make(1, 0, 200))

    assert engine.add(make(2, 150, 250), 50) == []
    stays = engine.get(1)
    assert stays is not None
    assert stays.end is None
    assert told(engine.advance(149)) == []
    assert told(engine.advance(150)) == [(150, "ended", 1), (150, "started", 2)]


def test_an_active_price_stays_until_changed_when_the_newer_one_is_cancelled() -> None:
    engine = schedule(Policy.PRICE, make(1, 0, 200))
    engine.add(make(2, 150, 250), 50)

    engine.cancel(2, 60, 60)

    assert ids(engine.active(10**6)) == [1]


def test_a_price_that_overlaps_a_newer_one_is_refused_by_prc_7() -> None:
    engine = schedule(Policy.PRICE, make(5, 100, 200), make(1, 300, 400))

    with pytest.raises(OutdatedError, match="event 3 overlaps event 5, which is newer"):
        engine.add(make(3, 150, 350), 0)

    assert ids(engine.not_ended(0)) == [5, 1]


def test_an_open_ended_price_ends_when_a_newer_one_starts_by_gen_3() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, None))

    assert engine.add(make(2, 200, None), 0) == []
    assert told(engine.advance(300)) == [
        (100, "started", 1),
        (200, "ended", 1),
        (200, "started", 2),
    ]


def test_open_ended_prices_may_come_in_any_order_by_gen_3() -> None:
    engine = schedule(Policy.PRICE, make(3, 300, None), make(2, 200, None), make(1, 100, None))

    changes = engine.advance(300)

    assert [change.event.event_id for change in changes] == [1, 1, 2, 2, 3]
    assert ids(engine.active(300)) == [3]


def test_an_open_ended_price_does_not_reach_beyond_the_next_newer_one() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200), make(7, 300, 400), make(2, 500, 600))

    changes = engine.add(make(5, 150, None), 0)

    assert told(changes) == [(0, "superseded", 1)]
    assert ids(engine.not_ended(0)) == [5, 7, 2]


def test_a_price_behind_the_successor_of_a_running_one_is_no_conflict() -> None:
    engine = schedule(Policy.PRICE, make(5, 0, 1000))
    engine.add(make(6, 500, 600), 10)

    changes = engine.add(make(3, 700, 800), 20)

    assert changes == []
    assert ids(engine.not_ended(20)) == [5, 6, 3]


def test_prices_of_two_servers_run_side_by_side_by_gen_8() -> None:
    engine = schedule(
        Policy.PRICE, make(1, 0, 100, source="here"), make(2, 50, 150, source="there")
    )

    assert ids(engine.active(60)) == [1, 2]


# ------------------------------------------------------------------ load control


def test_an_overlapped_event_that_has_not_started_goes_at_once_by_drlc_22() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(9, 100, 300))

    changes = engine.add(make(2, 200, 400), 50)

    assert told(changes) == [(50, "superseded", 9)]


def test_a_running_event_goes_on_until_the_newer_one_starts_by_drlc_23() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(9, 100, 300))
    engine.advance(100)

    assert engine.add(make(2, 200, 400), 150) == []
    assert told(engine.advance(200)) == [(200, "superseded", 9), (200, "started", 2)]


def test_a_running_event_goes_on_through_the_start_delay_of_the_newer_by_drlc_17() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 3600))

    assert engine.add(make(2, 0, 3600, start_delay=600, received=5), 5) == []
    assert told(engine.advance(3600)) == [(600, "superseded", 1), (600, "started", 2)]


def test_a_running_event_gives_way_at_once_to_one_that_starts_now() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 300))

    changes = engine.add(make(2, 100, 400, received=150), 150)

    assert told(changes) == [(150, "superseded", 1), (150, "started", 2)]


def test_a_nested_event_ends_the_outer_one_for_good_by_drlc_24() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 3600))
    engine.add(make(2, 1200, 1800), 300)

    assert told(engine.advance(3600)) == [
        (1200, "superseded", 1),
        (1200, "started", 2),
        (1800, "ended", 2),
    ]


def test_a_running_event_keeps_its_end_when_the_newer_one_is_cancelled_before_its_start() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 300))
    engine.add(make(2, 200, 400), 100)

    engine.cancel(2, 150, 150)

    assert told(engine.advance(400)) == [(300, "ended", 1)]


def test_an_event_stays_for_the_classes_that_another_does_not_take_by_drlc_25() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(0x3002, 600, 4200, classes=0x0FFF))

    assert told(engine.add(make(0x3003, 1200, 2400, classes=0x0008), 0)) == []

    assert [(e.event_id, e.remaining) for e in engine.not_ended(0)] == [
        (0x3002, 0x0FF7),
        (0x3003, 0x0008),
    ]
    assert told(engine.advance(4200)) == [
        (600, "started", 0x3002),
        (1200, "started", 0x3003),
        (2400, "ended", 0x3003),
        (4200, "ended", 0x3002),
    ]


def test_a_running_event_gives_a_class_up_when_the_other_starts_by_drlc_23() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(0x3002, 0, 600, classes=0x0FFF))
    engine.advance(0)

    engine.add(make(0x3003, 100, 200, classes=0x0008), 10)

    assert [e.remaining for e in engine.active(99)] == [0x0FFF]
    assert [e.remaining for e in engine.active(100)] == [0x0FF7, 0x0008]
    assert told(engine.advance(200)) == [(100, "started", 0x3003), (200, "ended", 0x3003)]
    assert [e.remaining for e in engine.active(200)] == [0x0FF7]


def test_an_event_of_which_nothing_is_left_is_superseded_by_drlc_21() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 100, 200, classes=0b011))
    engine.add(make(2, 150, 250, classes=0b001), 0)

    assert told(engine.add(make(3, 150, 250, classes=0b110), 0)) == [(0, "superseded", 1)]


def test_an_event_for_every_group_stays_for_the_groups_that_another_does_not_take() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 100, 200, classes=1))
    engine.add(make(2, 100, 200, classes=1, group=5), 0)

    assert [(e.event_id, e.group, e.remaining) for e in engine.active(150)] == [
        (1, 0, 1),
        (2, 5, 1),
    ]
    assert told(engine.add(make(3, 100, 200, classes=1), 0)) == [
        (0, "superseded", 1),
        (0, "superseded", 2),
    ]


def test_superseding_is_per_device_class_by_drlc_25() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 300, classes=0b0011))

    engine.add(make(2, 100, 200, classes=0b0100), 50)

    assert ids(engine.active(150)) == [1, 2]
    assert told(engine.add(make(3, 150, 400, classes=0b0110, received=150), 150)) == [
        (100, "started", 2),
        (150, "superseded", 2),
        (150, "started", 3),
    ]
    assert [event.remaining for event in engine.active(150)] == [0b0001, 0b0110]


def test_events_of_different_enrollment_groups_run_side_by_side() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 300, group=1), make(2, 100, 400, group=2))

    assert ids(engine.active(200)) == [1, 2]
    assert told(engine.add(make(3, 200, 300, received=200), 200)) == [
        (100, "started", 2),
        (200, "superseded", 1),
        (200, "superseded", 2),
        (200, "started", 3),
    ]


def test_a_successor_ends_a_delayed_predecessor_as_completed_by_drlc_18() -> None:
    engine = schedule(
        Policy.LOAD_CONTROL,
        make(1, 600, 1200, start_delay=60, end_delay=300),
        make(2, 1200, 1800, start_delay=60),
    )

    assert told(engine.advance(1800)) == [
        (660, "started", 1),
        (1260, "ended", 1),
        (1260, "started", 2),
    ]


def test_the_neighbour_is_the_event_before_then_the_one_after_by_drlc_18() -> None:
    before, after = make(1, 100, 200, classes=1), make(3, 300, 400, classes=1)
    engine = schedule(Policy.LOAD_CONTROL, before, after)
    between = make(2, 200, 300, classes=1)

    assert engine.neighbour(between) == before
    assert engine.neighbour(replace(between, start=250)) == after
    assert engine.neighbour(replace(between, end=299)) == before
    assert engine.neighbour(replace(between, start=250, end=299)) is None
    assert engine.neighbour(replace(between, classes=2)) is None
    engine.advance(150)
    assert engine.neighbour(between) == before


# ------------------------------------------------------------------ messages


def test_a_new_message_replaces_the_one_before_by_msg_1() -> None:
    engine = schedule(Policy.MESSAGE, make(9, 0, None))

    changes = engine.add(make(2, 10, 100), 10)

    assert told(changes) == [(10, "superseded", 9), (10, "started", 2)]


def test_a_message_to_come_leaves_the_one_on_display_until_it_starts_msg_1() -> None:
    engine = schedule(Policy.MESSAGE, make(1, 0, None))

    changes = engine.add(make(2, 100, 200), 10)

    assert told(changes) == []
    assert ids(engine.not_ended(10)) == [1, 2]
    assert ids(engine.active(99)) == [1]
    assert told(engine.advance(100)) == [(100, "superseded", 1), (100, "started", 2)]


def test_a_message_now_leaves_the_one_to_come_and_ends_before_it() -> None:
    engine = schedule(Policy.MESSAGE, make(2, 100, 200))

    assert told(engine.add(make(1, 10, 50), 10)) == [(10, "started", 1)]
    assert told(engine.advance(200)) == [
        (50, "ended", 1),
        (100, "started", 2),
        (200, "ended", 2),
    ]


def test_of_two_messages_for_one_moment_the_one_received_last_stays_msg_1() -> None:
    engine = schedule(Policy.MESSAGE, make(9, 100, 200))

    assert told(engine.add(make(2, 100, 400), 10)) == [(10, "superseded", 9)]


def test_each_server_has_its_message() -> None:
    engine = schedule(
        Policy.MESSAGE, make(1, 0, None, source="here"), make(2, 0, None, source="there")
    )

    assert ids(engine.active(0)) == [1, 2]


# ------------------------------------------------------------------ cancelling


def test_a_cancellation_takes_effect_at_once_by_drlc_29() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 300), make(2, 400, 500))

    assert told(engine.cancel(1, 100, 100)) == [(100, "cancelled", 1)]
    assert told(engine.cancel(2, 0, 100)) == [(100, "cancelled", 2)]
    assert engine.advance(1000) == []


def test_a_cancellation_takes_effect_later_by_drlc_27() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 300))

    assert engine.cancel(1, 200, 100) == []
    assert engine.next_change(100) == 200
    assert ids(engine.not_ended(199)) == [1]
    assert engine.not_ended(200) == []
    assert told(engine.advance(1000)) == [(200, "cancelled", 1)]


def test_a_cancellation_before_the_start_keeps_the_event_from_starting() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 300, 600))
    engine.cancel(1, 300, 100)

    assert engine.active(300) == []
    assert engine.not_ended(300) == []
    assert told(engine.advance(1000)) == [(300, "cancelled", 1)]


def test_a_cancelled_event_ends_nobody_else() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 600))
    engine.add(make(2, 300, 500), 100)
    engine.cancel(2, 200, 100)

    assert ids(engine.active(400)) == [1]
    assert told(engine.advance(1000)) == [(200, "cancelled", 2), (600, "ended", 1)]


def test_the_earliest_of_several_cancellations_counts() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 300))
    engine.cancel(1, 200, 100)
    engine.cancel(1, 250, 100)

    assert told(engine.advance(1000)) == [(200, "cancelled", 1)]


def test_a_cancellation_after_the_end_takes_effect_at_the_end() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 300))
    engine.cancel(1, 5000, 100)

    assert told(engine.advance(1000)) == [(300, "cancelled", 1)]


def test_an_open_ended_event_can_be_cancelled_for_later() -> None:
    engine = schedule(Policy.PRICE, make(1, 0, None))
    engine.cancel(1, 500, 0)

    assert told(engine.advance(1000)) == [(500, "cancelled", 1)]


def test_cancelling_an_unknown_event_is_an_error() -> None:
    engine = schedule()

    with pytest.raises(UnknownEventError, match="no event 99"):
        engine.cancel(99, 0, 0)


@pytest.mark.parametrize("at", [300, 500])
def test_cancelling_an_event_that_just_ended_tells_its_end(at: int) -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 0, 300))

    assert told(engine.cancel(1, at, 300)) == [(300, "ended", 1)]


def test_cancelling_all_takes_every_event_back_by_drlc_30() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(2, 0, 300), make(1, 400, 500))

    assert told(engine.cancel_all(100)) == [(100, "cancelled", 2), (100, "cancelled", 1)]
    assert len(engine) == 0
    assert engine.cancel_all(100) == []


# ------------------------------------------------------------------ queries


def test_queries_look_ahead_and_change_nothing() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200), make(2, 200, None), make(3, 300, 400))

    assert ids(engine.not_ended(0)) == [1, 2, 3]
    assert ids(engine.not_ended(200)) == [2, 3]
    assert ids(engine.active(250)) == [2]
    assert ids(engine.not_ended(300)) == [3]
    assert ids(engine.active(350)) == [3]
    assert engine.not_ended(400) == []
    assert [name for _, name, _ in told(engine.advance(200))] == ["started", "ended", "started"]


def test_events_of_one_start_are_listed_by_their_id() -> None:
    engine = schedule(
        Policy.LOAD_CONTROL,
        make(3, 100, 200, classes=1),
        make(1, 100, 200, classes=2),
        make(2, 50, 200, classes=4),
    )

    assert ids(engine.not_ended(0)) == [2, 1, 3]
    assert ids(engine.active(100)) == [2, 1, 3]


def test_an_event_is_not_active_before_it_started_even_when_the_question_comes_late() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))
    engine.advance(150)

    assert engine.active(50) == []
    assert ids(engine.not_ended(50)) == [1]


# ------------------------------------------------------------------ clock jumps and restarts


def test_a_jump_forward_tells_everything_in_the_order_of_time_by_time_8() -> None:
    engine = schedule(
        Policy.PRICE, make(1, 100, 200), make(2, 200, 300), make(3, 300, None), make(4, 900, 950)
    )
    engine.advance(150)

    assert told(engine.advance(500)) == [
        (200, "ended", 1),
        (200, "started", 2),
        (300, "ended", 2),
        (300, "started", 3),
    ]


def test_a_jump_back_postpones_what_runs_by_time_8() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))
    engine.advance(150)

    assert engine.next_change(50) == 50
    assert told(engine.advance(50)) == [(50, "postponed", 1)]
    assert engine.active(50) == []
    assert engine.next_change(50) == 100
    assert told(engine.advance(100)) == [(100, "started", 1)]


def test_a_jump_back_within_an_event_changes_nothing() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))
    engine.advance(150)

    assert engine.advance(110) == []
    assert ids(engine.active(110)) == [1]


def test_a_jump_back_does_not_bring_back_what_is_over() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))
    engine.advance(250)

    assert engine.advance(50) == []
    assert len(engine) == 0


def test_a_postponed_event_still_gives_way_to_the_one_that_overlaps_it() -> None:
    engine = schedule(Policy.LOAD_CONTROL, make(1, 100, 300))
    engine.advance(150)
    engine.add(make(2, 200, 400), 150)
    engine.advance(50)

    assert told(engine.advance(400)) == [
        (100, "started", 1),
        (200, "superseded", 1),
        (200, "started", 2),
        (400, "ended", 2),
    ]


def test_a_cancellation_survives_a_jump_back() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200))
    engine.advance(150)
    engine.cancel(1, 180, 150)
    engine.advance(50)

    assert told(engine.advance(500)) == [(100, "started", 1), (180, "cancelled", 1)]


def test_the_store_holds_exactly_what_is_not_over() -> None:
    store: dict[int, Event] = {}
    engine = Schedule(Policy.PRICE, store)
    engine.add(make(1, 100, 200), 0)
    engine.add(make(2, 200, 300), 0)

    assert sorted(store) == [1, 2]
    engine.advance(200)
    assert sorted(store) == [2]
    engine.cancel(2, 250, 200)
    assert store[2].cancelled_at == 250
    engine.cancel_all(200)
    assert store == {}


def test_a_restart_tells_what_started_and_ended_meanwhile() -> None:
    store: dict[int, Event] = {}
    before = Schedule(Policy.PRICE, store)
    for event in (make(1, 100, 200), make(2, 200, 300), make(3, 300, 400)):
        before.add(event, 0)
    before.advance(150)

    after = Schedule(Policy.PRICE, store)

    assert ids(after.active(350)) == [3]
    assert told(after.advance(350)) == [
        (100, "started", 1),
        (200, "ended", 1),
        (200, "started", 2),
        (300, "ended", 2),
        (300, "started", 3),
    ]
    assert sorted(store) == [3]


def test_a_restart_keeps_who_gives_way_to_whom_and_when() -> None:
    store: dict[int, Event] = {}
    before = Schedule(Policy.LOAD_CONTROL, store)
    before.add(make(1, 0, 600, start_delay=5, end_delay=7), 0)
    before.add(make(2, 300, 900), 100)
    before.cancel(2, 700, 100)

    after = Schedule(Policy.LOAD_CONTROL, store)

    assert told(after.advance(1000)) == [
        (5, "started", 1),
        (300, "superseded", 1),
        (300, "started", 2),
        (700, "cancelled", 2),
    ]


# ------------------------------------------------------------------ worked examples X1 to X14


STATUS = {Started: 0x02, Ended: 0x03, Cancelled: 0x06, Superseded: 0x07}


@dataclass
class Client:
    """What a load-control client would report, as (minute, event id, status)."""

    engine: Schedule[str]
    reports: list[tuple[int, int, int]]

    def hears(self, at: int, event_id: int, start: int, duration: int, classes: int = 1) -> None:
        now = 60 * at
        event = make(event_id, 60 * start, 60 * (start + duration), classes=classes, received=now)
        self.passes(at)
        try:
            changes = self.engine.add(event, now)
        except OutdatedError:
            self.reports.append((at, event_id, 0xFB))
            return
        self.reports.append((at, event_id, 0x01))
        self._report(changes)

    def cancels(self, at: int, event_id: int) -> None:
        try:
            self._report(self.engine.cancel(event_id, 60 * at, 60 * at))
        except UnknownEventError:
            self.reports.append((at, event_id, 0xFD))

    def passes(self, until: int) -> None:
        self._report(self.engine.advance(60 * until))

    def _report(self, changes: list[Change]) -> None:
        for change in changes:
            status = STATUS[type(change)]
            self.reports.append((change.moment // 60, change.event.event_id, status))


@pytest.fixture
def client() -> Client:
    return Client(schedule(), [])


A, B = 1, 2


def test_x1_a_simple_event(client: Client) -> None:
    client.hears(0, A, start=10, duration=30)
    client.passes(100)

    assert client.reports == [(0, A, 0x01), (10, A, 0x02), (40, A, 0x03)]


def test_x2_an_event_that_starts_now(client: Client) -> None:
    client.hears(0, A, start=0, duration=1)
    client.passes(100)

    assert client.reports == [(0, A, 0x01), (0, A, 0x02), (1, A, 0x03)]


def test_x3_successive_events(client: Client) -> None:
    client.hears(0, A, start=10, duration=10)
    client.hears(0, B, start=20, duration=10)
    client.passes(100)

    assert client.reports[2:] == [(10, A, 0x02), (20, A, 0x03), (20, B, 0x02), (30, B, 0x03)]


def test_x4_an_overlap_before_the_older_started(client: Client) -> None:
    client.hears(0, A, start=10, duration=20)
    client.hears(5, B, start=20, duration=20)
    client.passes(100)

    assert client.reports[1:] == [(5, B, 0x01), (5, A, 0x07), (20, B, 0x02), (40, B, 0x03)]


def test_x5_an_overlap_while_the_older_runs(client: Client) -> None:
    client.hears(0, A, start=10, duration=20)
    client.hears(15, B, start=20, duration=20)
    client.passes(100)

    assert client.reports[2:] == [(15, B, 0x01), (20, A, 0x07), (20, B, 0x02), (40, B, 0x03)]


def test_x6_a_nested_event(client: Client) -> None:
    client.hears(0, A, start=0, duration=60)
    client.hears(5, B, start=20, duration=10)
    client.passes(100)

    assert client.reports[2:] == [(5, B, 0x01), (20, A, 0x07), (20, B, 0x02), (30, B, 0x03)]


def test_x7_an_event_for_another_class(client: Client) -> None:
    client.hears(0, A, start=10, duration=20, classes=1)
    client.hears(0, B, start=15, duration=20, classes=4)
    client.passes(100)

    assert client.reports[2:] == [(10, A, 0x02), (15, B, 0x02), (30, A, 0x03), (35, B, 0x03)]


def test_x8_a_running_event_is_cancelled(client: Client) -> None:
    client.hears(0, A, start=0, duration=60)
    client.cancels(10, A)
    client.passes(100)

    assert client.reports[2:] == [(10, A, 0x06)]


def test_x9_an_unknown_event_is_cancelled(client: Client) -> None:
    client.cancels(0, 99)

    assert client.reports == [(0, 99, 0xFD)]


def test_x13_an_event_in_the_past(client: Client) -> None:
    client.hears(100, A, start=10, duration=30)

    assert client.reports == [(100, A, 0xFB)]


def test_x14_an_event_that_comes_late(client: Client) -> None:
    client.hears(20, A, start=10, duration=30)
    client.passes(100)

    assert client.reports == [(20, A, 0x01), (20, A, 0x02), (40, A, 0x03)]


# ------------------------------------------------------------------ several servers, and room


def test_two_servers_may_use_the_same_id_gen_8() -> None:
    engine = schedule(Policy.PRICE)
    for origin in (1, 2):
        engine.add(make(7, 100, 200, source=origin, origin=origin), 0)

    first = engine.get(ScheduledEvent.key_of(1, 7))

    assert first is not None
    assert first.source == 1
    assert told(engine.cancel(first.key, 0, 0)) == [(0, "cancelled", 7)]
    assert ids(engine.active(100)) == [7]
    with pytest.raises(DuplicateError):
        engine.add(make(7, 300, 400, source=2, origin=2), 0)


def test_prices_of_two_commodities_run_beside_each_other() -> None:
    engine = schedule(Policy.PRICE, make(1, 100, 200), make(2, 150, 250, commodity="gas"))

    assert ids(engine.active(160)) == [1, 2]


def test_a_full_schedule_refuses_what_does_not_make_its_own_room_gen_6() -> None:
    engine: Schedule[str] = Schedule(Policy.PRICE, {}, most=2)
    engine.add(make(1, 100, 200), 0)
    engine.add(make(2, 200, 300), 0)

    with pytest.raises(FullError, match="2 events"):
        engine.add(make(3, 300, 400), 0)
    engine.add(make(4, 150, 350), 0)

    assert ids(engine.not_ended(0)) == [4]


# ------------------------------------------------------------------ updating in place


def test_a_message_is_updated_while_it_runs_msg_4() -> None:
    engine = schedule(Policy.MESSAGE, make(1, 0, 100))

    changes = engine.update(make(1, 0, 50), 10)

    assert told(changes) == []
    assert told(engine.advance(60)) == [(50, "ended", 1)]


def test_an_update_may_put_a_running_message_off_msg_4() -> None:
    engine = schedule(Policy.MESSAGE, make(1, 0, 100))

    assert told(engine.update(make(1, 80, 200, received=10), 10)) == [(10, "postponed", 1)]
    assert told(engine.advance(80)) == [(80, "started", 1)]


def test_an_update_that_cannot_be_changes_nothing_msg_4() -> None:
    engine = schedule(Policy.MESSAGE, make(1, 0, 100))

    with pytest.raises(UnknownEventError):
        engine.update(make(2, 0, 100), 10)
    with pytest.raises(OutdatedError):
        engine.update(make(1, 0, 10), 10)

    assert engine.active(50) == [make(1, 0, 100)]
