"""What programs and events of a VTN say."""

from typing import Any

import pytest

from sebridge.base.clock import unix_time, zigbee_time
from sebridge.base.errors import InvalidFieldError
from sebridge.features.openadr.documents import (
    MOST_INTERVALS,
    GridEvent,
    Measure,
    Span,
    id_in,
    read_event,
    read_program,
)
from sebridge.features.openadr.moments import LAST

NOON = zigbee_time(1_796_040_000)  # 2026-11-30 12:00
HOUR = 3_600
DAY = 24 * HOUR
START = "2026-11-30T12:00:00Z"
EUROS = {"payloadType": "PRICE", "units": "KWH", "currency": "EUR"}


def payload(*values: Any, kind: str = "PRICE") -> dict[str, Any]:
    return {"type": kind, "values": list(values)}


def interval(*payloads: dict[str, Any], **period: str) -> dict[str, Any]:
    return {"id": 0, "payloads": list(payloads)} | ({"intervalPeriod": period} if period else {})


def document(*intervals: dict[str, Any], **more: Any) -> dict[str, Any]:
    period = {"start": START, "duration": "PT1H"}
    event = {"id": "e1", "programID": "p1", "intervalPeriod": period, "intervals": list(intervals)}
    return event | more


def read(*intervals: dict[str, Any], chance: float = 0, seen: int = NOON, **more: Any) -> GridEvent:
    return read_event(document(*intervals, **more), {}, seen=seen, chance=chance)


def times(event: GridEvent) -> list[tuple[int, int, float]]:
    return [(s.start - NOON, s.end - NOON, s.value) for s in event.spans]


def test_the_day_of_the_tests_is_right() -> None:
    assert unix_time(NOON) == 1_796_040_000


def test_intervals_follow_each_other_with_the_duration_of_the_event() -> None:
    event = read(interval(payload(0.1)), interval(payload(0.2)))

    assert times(event) == [(0, HOUR, 0.1), (HOUR, 2 * HOUR, 0.2)]
    assert (event.every, event.until) == (0, NOON + 2 * HOUR)


def test_an_interval_may_have_a_period_of_its_own() -> None:
    event = read(
        interval(payload(1), duration="PT2H"),
        interval(payload(2), start="2026-12-01T12:00:00Z"),
        interval(payload(3), start="0001-01-01T00:00:00Z", duration="PT15M"),
    )

    assert times(event) == [
        (0, 2 * HOUR, 1),
        (DAY, DAY + HOUR, 2),
        (DAY + HOUR, DAY + HOUR + 900, 3),
    ]


def test_now_is_when_the_event_was_seen_first() -> None:
    begin = {"start": "0001-01-01T00:00:00Z", "duration": "PT1H"}

    event = read(interval(payload(1)), seen=NOON + 60, intervalPeriod=begin)
    own = read(interval(payload(1), **begin), seen=NOON + 60, intervalPeriod=None)

    assert times(event) == times(own) == [(60, HOUR + 60, 1)]


def test_several_values_share_an_interval() -> None:
    event = read(interval(payload(1, 2, 3), duration="PT3H"))

    assert times(event) == [(0, HOUR, 1), (HOUR, 2 * HOUR, 2), (2 * HOUR, 3 * HOUR, 3)]


def test_the_start_is_random_and_what_follows_is_moved_as_well() -> None:
    period = {"start": START, "duration": "PT1H", "randomizeStart": "PT30M"}

    early = read(interval(payload(1)), interval(payload(2)), chance=-1, intervalPeriod=period)
    late = read(
        interval(payload(1)),
        interval(payload(2), start="2026-12-01T12:00:00Z", randomizeStart="PT10M"),
        chance=0.5,
        intervalPeriod=period,
    )

    assert times(early) == [(-1_800, 1_800, 1), (1_800, 1_800 + HOUR, 2)]
    assert times(late) == [(900, 900 + HOUR, 1), (DAY + 300, DAY + 300 + HOUR, 2)]


def test_an_event_without_an_end_has_none() -> None:
    event = read(interval(payload(1), duration="P9999Y"))

    assert [(span.start, span.end) for span in event.spans] == [(NOON, LAST)]


def test_an_event_may_begin_in_the_last_hour_of_all_time() -> None:
    last = {"start": "2136-02-07T06:28:00Z", "duration": "PT1M"}

    event = read(interval(payload(1, 2), duration="PT2M"), intervalPeriod=last)

    assert [span.end for span in event.spans] == [LAST]


def test_an_event_that_lasts_longer_repeats_and_one_that_lasts_less_is_cut() -> None:
    hours = [interval(payload(place)) for place in range(2)]

    loop = read(*hours, duration="P9999Y")
    day = read(*hours, duration="PT5H")
    cut = read(*hours, duration="PT90M")

    assert (loop.every, loop.until) == (2 * HOUR, LAST)
    begin = NOON + 10 * DAY
    assert [(s.start - begin, s.value) for s in loop.within(begin, begin + 3 * HOUR)] == [
        (0, 0),
        (HOUR, 1),
        (2 * HOUR, 0),
    ]
    assert [(s.start - NOON, s.end - NOON) for s in day.within(NOON, NOON + DAY)][-1] == (
        4 * HOUR,
        5 * HOUR,
    )
    assert [s.end - NOON for s in cut.within(NOON, NOON + DAY)] == [HOUR, HOUR + 1_800]


def test_only_what_reaches_into_a_time_is_in_it() -> None:
    event = read(interval(payload(1)), interval(payload(2)))

    assert [s.value for s in event.within(NOON + HOUR, NOON + DAY)] == [2]
    assert [s.value for s in event.within(NOON, NOON + 60)] == [1]
    assert list(event.within(NOON + DAY, NOON + 2 * DAY)) == []
    assert list(read().within(NOON, NOON + DAY)) == []


def test_descriptors_of_the_event_go_before_those_of_the_program() -> None:
    program = read_program(
        {"id": "p1", "programName": "Tariff", "payloadDescriptors": [EUROS, {"payloadType": "X"}]}
    )
    own = [EUROS | {"currency": "USD"}]
    shown = document(interval(payload(1)), priority=3, eventName="today")

    plain = read_event(shown, program.measures, seen=NOON, chance=0)
    other = read_event(shown | {"payloadDescriptors": own}, program.measures, seen=NOON, chance=0)

    assert (program.program_id, program.name) == ("p1", "Tariff")
    assert plain.spans[0] == Span(NOON, NOON + HOUR, "PRICE", 1, Measure("KWH", "EUR"))
    assert other.spans[0].measure == Measure("KWH", "USD")
    assert (plain.priority, plain.name, plain.modified) == (3, "today", NOON)


def test_when_it_was_changed_is_when_it_was_made_where_that_is_not_told() -> None:
    made, changed = "2026-11-30T11:00:00Z", "2026-11-30T11:30:00Z"

    assert read(createdDateTime=made).modified == NOON - HOUR
    assert read(createdDateTime=made, modificationDateTime=changed).modified == NOON - 1_800


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (payload(1, kind="CURVE"), "CURVE: nothing is made of it"),
        (payload(1, kind="A\u202eB"), "A?B: nothing is made of it"),
        (payload(), "PRICE: has no value"),
        (payload("0.1"), "PRICE: has a value that is no number"),
        (payload(*[True]), "PRICE: has a value that is no number"),
        (payload(1e300), "PRICE: has a value that is no number"),
        (payload(1, 2, 3, 4, 5, 6, 7), "PRICE: a value holds for whole minutes"),
    ],
)
def test_a_payload_that_is_not_understood_leaves_the_others(
    found: dict[str, Any], problem: str
) -> None:
    event = read(interval(found, payload(1, kind="SIMPLE")))

    assert [told.startswith(problem) for told in event.problems] == [True]
    assert [span.payload for span in event.spans] == ["SIMPLE"]


def test_values_cannot_share_a_time_without_an_end() -> None:
    event = read(interval(payload(1, 2), duration="P9999Y"))

    assert event.problems == ("PRICE: several values cannot share a time without an end",)
    assert event.spans == ()


@pytest.mark.parametrize(
    "wrong",
    [
        7,
        {"id": "e1"},
        document(id=7),
        document(id=""),
        document(id="e\x1b[31m"),
        document(eventName="\x9b2J"),
        document(priority=-1),
        document(intervals=[{"payloads": []}] * (MOST_INTERVALS + 1)),
        document(interval(payload(1)), intervalPeriod={"start": START}),
        document(interval(payload(1)), intervalPeriod={"duration": "PT1H"}),
        document(interval(payload(1)), duration="P1Y"),
        document(interval(payload(1)), modificationDateTime="yesterday"),
        document(*[interval(payload(*[1] * 60)) for _ in range(MOST_INTERVALS // 60 + 1)]),
    ],
)
def test_what_is_no_event_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidFieldError):
        read_event(wrong, {}, seen=NOON, chance=0)


def test_what_is_no_program_is_refused() -> None:
    with pytest.raises(InvalidFieldError):
        read_program({"id": "p1"})


def test_an_id_is_found_also_where_the_rest_is_wrong() -> None:
    assert id_in({"id": "e1", "intervals": 7}) == "e1"
    assert id_in({"id": 7}) is None
    assert id_in([]) is None
