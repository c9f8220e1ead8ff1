"""What becomes of events of a VTN: prices, and load control."""

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
import pytest

from sebridge.features.openadr.documents import GridEvent, Measure, Span
from sebridge.features.openadr.moments import LAST
from sebridge.features.openadr.plan import MOST_SPANS, Load, Rules, changes, decide

NOW = 800_000_000
HOUR = 3_600
DAY = 24 * HOUR
EUROS = Measure("KWH", "EUR")
KILOWATTS = Measure("KW", None)
RULES = Rules(
    currency="EUR",
    unit="kWh",
    nominal=10_000,
    device_class=0x0FFF,
    duty_cycle=(75, 50, 0),
    criticality=(1, 3, 6),
    limit_criticality=4,
)


@dataclass
class At:
    """From and until which second from now, and what holds then."""

    begin: int
    end: int
    value: float
    payload: str = "PRICE"
    measure: Measure = EUROS


def event(event_id: str, *parts: At, **more: Any) -> GridEvent:
    spans = tuple(
        Span(NOW + at.begin, NOW + at.end, at.payload, at.value, at.measure) for at in parts
    )
    fields = {"priority": None, "modified": NOW, "every": 0, "name": "", "program_id": "p"}
    return GridEvent(event_id=event_id, spans=spans, **({"until": LAST} | fields | more))


def level(value: float, begin: int = 0, end: int = HOUR) -> At:
    return At(begin, end, value, "SIMPLE", Measure())


def prices(*events: GridEvent, rules: Rules = RULES) -> list[tuple[int, int, float]]:
    found = decide(events, rules, NOW).prices
    return [(slot.start - NOW, slot.end - NOW, slot.value) for slot in found]


def loads(*events: GridEvent, now: int = NOW) -> list[tuple[int, int, int]]:
    found = decide(events, RULES, now).loads
    return [(load.start - NOW, load.minutes, load.duty_cycle) for load in found]


def problem(part: At, rules: Rules = RULES) -> str:
    decision = decide([event("e", part)], rules, NOW)
    (found,) = decision.verdicts["e"].problems
    assert decision.prices == ()
    assert decision.loads == ()
    return found


def test_a_price_is_a_slot_of_the_curve_also_below_zero() -> None:
    assert prices(event("e", At(0, HOUR, 0.3), At(HOUR, 2 * HOUR, -0.1))) == [
        (0, HOUR, 0.3),
        (HOUR, 2 * HOUR, -0.1),
    ]


def test_without_a_descriptor_a_price_is_in_the_unit_of_the_configuration() -> None:
    assert prices(event("e", At(0, HOUR, 0.3, measure=Measure()))) == [(0, HOUR, 0.3)]


def test_where_events_overlap_the_priority_decides_and_then_the_last_change() -> None:
    base = event("base", At(0, 4 * HOUR, 0.3))
    urgent = event("urgent", At(HOUR, 2 * HOUR, 0.9), priority=1)
    less = event("less", At(HOUR, 3 * HOUR, 0.7), priority=5)
    newer = event("newer", At(3 * HOUR + 1_800, 4 * HOUR, 0.1), modified=NOW + 1)

    found = prices(base, urgent, less, newer)
    verdicts = decide([base, urgent, less, newer], RULES, NOW).verdicts

    assert found == [
        (0, HOUR, 0.3),
        (HOUR, 2 * HOUR, 0.9),
        (2 * HOUR, 3 * HOUR, 0.7),
        (3 * HOUR, 3 * HOUR + 1_800, 0.3),
        (3 * HOUR + 1_800, 4 * HOUR, 0.1),
    ]
    assert {name: found.prices for name, found in verdicts.items()} == {
        "base": 2,
        "urgent": 1,
        "less": 1,
        "newer": 1,
    }


def test_what_is_hidden_behind_another_event_does_not_cut_it() -> None:
    hidden = event("hidden", At(HOUR, 2 * HOUR, 0.9))

    assert prices(event("e", At(0, 3 * HOUR, 0.3), priority=1), hidden) == [(0, 3 * HOUR, 0.3)]


def test_time_between_events_has_no_price_and_what_is_left_has_whole_minutes() -> None:
    cut = event("cut", At(1_830, 1_860, 0.9), At(7_200, 7_260, 0.2), priority=1)

    found = prices(event("base", At(0, 1_890, 0.3)), cut)

    assert found == [(0, 1_800, 0.3), (7_200, 7_260, 0.2)]


@pytest.mark.parametrize(
    ("rules", "measure", "words"),
    [
        ({"currency": None, "unit": None}, EUROS, "does not say openadr: true"),
        ({"unit": "MJ"}, EUROS, "has prices of 1 MJ"),
        ({}, Measure("THERMS", "EUR"), "is of 1 THERMS"),
        ({}, Measure("KWH", "USD"), "is in USD, and price_source in EUR"),
    ],
)
def test_a_price_that_cannot_be_told_is_left_out_with_why(
    rules: dict[str, Any], measure: Measure, words: str
) -> None:
    assert words in problem(At(0, HOUR, 1, measure=measure), replace(RULES, **rules))


def test_levels_are_duty_cycles_and_normal_operation_is_none() -> None:
    found = decide([event("e", level(0), level(2, HOUR, 2 * HOUR))], RULES, NOW).loads

    assert found == (Load("e", NOW + HOUR, 60, 50, 3, 0x0FFF),)
    assert found[0].end == NOW + 2 * HOUR


def test_normal_operation_of_a_higher_priority_ends_a_level() -> None:
    normal = event("normal", level(0, 1_800, HOUR), priority=0)

    assert loads(event("e", level(3)), normal) == [(0, 30, 0)]


@pytest.mark.parametrize(
    ("watts", "measure", "duty"),
    [(4.2, KILOWATTS, 42), (4_299, Measure("W"), 42), (0, KILOWATTS, 0)],
)
@pytest.mark.parametrize("kind", ["IMPORT_CAPACITY_LIMIT", "DISPATCH_SETPOINT", "LOAD_LIMIT"])
def test_a_limit_is_a_share_of_what_the_home_draws_at_most(
    watts: float, measure: Measure, duty: int, kind: str
) -> None:
    (load,) = decide([event("e", At(0, HOUR, watts, kind, measure))], RULES, NOW).loads

    assert (load.duty_cycle, load.criticality) == (duty, 4)


def test_a_limit_above_what_the_home_draws_limits_nothing() -> None:
    assert loads(event("e", At(0, HOUR, 12, "DISPATCH_SETPOINT", KILOWATTS))) == []


@pytest.mark.parametrize(
    ("part", "rules", "words"),
    [
        (level(4), {}, "4 is no level of 0 to 3"),
        (level(1.5), {}, "1.5 is no level"),
        (level(-1), {}, "-1 is no level"),
        (At(0, HOUR, 1, "DISPATCH_SETPOINT", Measure()), {}, "is without units"),
        (At(0, HOUR, 1, "DISPATCH_SETPOINT", Measure("KVA")), {}, "is in KVA"),
        (At(0, HOUR, -1, "DISPATCH_SETPOINT", KILOWATTS), {}, "is below zero"),
        (At(0, HOUR, 1, "LOAD_LIMIT", KILOWATTS), {"nominal": None}, "consumption_limit of the"),
    ],
)
def test_load_control_that_cannot_be_told_is_left_out_with_why(
    part: At, rules: dict[str, Any], words: str
) -> None:
    assert words in problem(part, replace(RULES, **rules))


def test_what_is_long_is_of_several_days_and_only_what_begins_soon_is_told() -> None:
    long = event("e", level(1, 0, 3 * DAY + 90))

    assert loads(long) == [(0, 1_440, 75)]
    assert loads(long, now=NOW + HOUR) == [(0, 1_440, 75), (DAY, 1_440, 75)]
    assert loads(long, now=NOW + 3 * DAY) == [(3 * DAY, 1, 75)]
    assert loads(long, now=NOW + 3 * DAY + 60) == []
    assert loads(event("e", level(1, DAY, 2 * DAY))) == []


def test_what_lasts_for_ever_is_told_day_by_day_with_the_same_days() -> None:
    endless = event("e", At(-10 * DAY - HOUR, LAST - NOW, 1, "SIMPLE", Measure()))

    assert loads(endless) == [(-HOUR, 1_440, 75), (DAY - HOUR, 1_440, 75)]


def test_too_many_values_are_cut_with_why() -> None:
    minutes = [At(60 * place, 60 * place + 60, 0.1) for place in range(MOST_SPANS + 1)]

    decision = decide([event("e", *minutes)], RULES, NOW)

    assert len(decision.prices) == MOST_SPANS
    assert decision.verdicts["e"].problems == ("the VTN says more than 5000 values at once",)


def test_what_could_not_be_read_is_told_with_the_rest() -> None:
    unclear = event("e", level(7), problems=("CURVE: nothing is made of it",))

    assert decide([unclear], RULES, NOW).verdicts["e"].problems == (
        "CURVE: nothing is made of it",
        "SIMPLE: 7 is no level of 0 to 3",
    )


def test_what_is_issued_stays_and_what_is_not_wanted_goes() -> None:
    one, other, past = (Load("e", NOW + start, 60, 50, 3, 1) for start in (0, HOUR, -DAY))
    new = replace(other, duty_cycle=0)

    todo = changes({1: one, 2: other, 3: past}, [one, new], NOW)

    assert todo.new == (new,)
    assert todo.withdrawn == (2,)
    assert todo.over == (3,)
