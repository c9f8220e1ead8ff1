"""From curves to events: they cover the curve, never overlap, and stay where nothing changed."""

from collections.abc import Sequence
import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import InvalidFieldError
from sebridge.features.price.curve import Days, Told, continued, known_until
from sebridge.features.price.plan import Tariff, events_of, plan
from sebridge.features.price.records import UNTIL_CHANGED, PublishPriceRecord
from sebridge.features.price.server import PriceServer
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.schedule.slot import Slot

BERLIN = Days(ZoneInfo("Europe/Berlin"))
EUROS = Tariff(currency=978, unit=0, decimals=4, tiers=3)
MIDNIGHT = BERLIN.midnight(dt.date(2026, 10, 24))  # the day before one of 25 hours
QUARTER = 900
DAY = 86_400


def curve(*values: float | None, start: int = MIDNIGHT, step: int = 3_600) -> tuple[Slot, ...]:
    """Return slots one after the other; None is a gap."""
    return tuple(
        Slot(start + place * step, start + (place + 1) * step, value)
        for place, value in enumerate(values)
        if value is not None
    )


def records(slots: Sequence[Slot], tariff: Tariff = EUROS) -> list[PublishPriceRecord]:
    events = events_of(slots, tariff, BERLIN, [slot.value for slot in slots])
    return [event.record for event in events]


class Gateway:
    """A real Price server, which is changed by plans."""

    def __init__(self) -> None:
        self.server = PriceServer(0x5E, Schedule(Policy.PRICE, {}))
        self.next_id = 1

    def follow(self, slots: Sequence[Slot], now: int) -> tuple[int, int]:
        """Carry the plan out; return how many events were new, and how many withdrawn."""
        self.server.advance(now)
        to_come = [slot for slot in slots if slot.end > now]
        wanted = events_of(to_come, EUROS, BERLIN, [slot.value for slot in slots])
        found = plan(self.server.valid(now), wanted, now, "electricity")
        numbered = [
            event.record.replace(issuer_event_id=self.next_id + place)
            for place, event in enumerate(found.new)
        ]
        self.next_id += len(numbered)
        _, refused, _ = self.server.change(numbered, found.withdrawn, now)
        assert not refused
        return len(found.new), len(found.withdrawn)

    def prices(self, now: int, until: int) -> dict[int, float]:
        """Return the price of each quarter of an hour that has one; none has two."""
        found: dict[int, float] = {}
        for record in self.server.valid(now):
            assert record.duration_in_minutes != UNTIL_CHANGED
            end = record.start_time + 60 * record.duration_in_minutes
            for moment in range(max(record.start_time, now), min(end, until), QUARTER):
                assert moment not in found
                found[moment] = record.amount
        return found


def by_quarter(slots: Sequence[Slot], now: int, until: int) -> dict[int, float]:
    return {
        moment: round(slot.value, 4)
        for slot in slots
        for moment in range(max(slot.start, now), min(slot.end, until), QUARTER)
    }


def test_each_hour_is_an_event_with_its_tier() -> None:
    cheap, middle, dear = records(curve(0.1, 0.2, 0.3))

    assert (cheap.start_time, cheap.duration_in_minutes) == (MIDNIGHT, 60)
    assert [(r.amount, r.tier, r.number_of_tiers) for r in (cheap, middle, dear)] == [
        (0.1, 1, 3),
        (0.2, 2, 3),
        (0.3, 3, 3),
    ]
    assert (cheap.currency, cheap.unit_of_measure) == (978, 0)


def test_neighbours_at_one_price_are_one_event() -> None:
    found = records(curve(0.1, 0.1, 0.2, 0.1, None, 0.1))

    assert [record.duration_in_minutes for record in found] == [120, 60, 60, 60]


def test_no_event_is_of_two_days() -> None:
    flat = records((Slot(MIDNIGHT + DAY // 2, MIDNIGHT + 3 * DAY, 0.3),))

    assert [record.duration_in_minutes for record in flat] == [12 * 60, 25 * 60, 23 * 60]


def test_a_price_below_zero_is_sent_as_zero_with_a_label_and_its_truth_is_kept() -> None:
    slots = curve(0.1, -0.05123)

    event, below = events_of(slots, EUROS, BERLIN, [0.1, -0.05123])
    found = plan([], (event, below), MIDNIGHT, "electricity")

    assert (below.record.price, below.record.rate_label, below.record.tier) == (0, "-0.0512", 1)
    assert event.record.tier == 2
    assert found.below_zero == {MIDNIGHT + 3_600: -0.0512}


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [(0, [0] * 6), (1, [1] * 6), (2, [1, 1, 1, 2, 2, 2]), (15, [1, 2, 3, 4, 5, 6])],
)
def test_tiers_are_ranks_among_all_prices(tiers: int, expected: list[int]) -> None:
    tariff = Tariff(978, 0, 4, tiers)

    assert [record.tier for record in records(curve(1, 2, 3, 4, 5, 6), tariff)] == expected


def test_a_price_that_32_bits_do_not_hold_is_refused() -> None:
    for value in (429_497, -429_497, 1e308):
        with pytest.raises(InvalidFieldError, match="does not fit 32 bits with 4 decimals"):
            EUROS.amount(value)


def test_a_correction_replaces_only_what_changed() -> None:
    gateway = Gateway()
    gateway.follow(curve(0.1, 0.2, 0.3, 0.4), MIDNIGHT)
    before = {
        record.start_time: record.issuer_event_id for record in gateway.server.valid(MIDNIGHT)
    }

    changed = gateway.follow(curve(0.1, 0.25, 0.3, 0.4), MIDNIGHT)

    after = {record.start_time: record.issuer_event_id for record in gateway.server.valid(MIDNIGHT)}
    second = MIDNIGHT + 3_600
    assert changed == (1, 1)
    assert after.pop(second) > max(before.values())
    assert after.items() < before.items()


def test_a_price_that_is_taken_back_leaves_a_gap() -> None:
    gateway = Gateway()
    gateway.follow(curve(0.1, 0.2, 0.3), MIDNIGHT)

    gateway.follow(curve(0.1, None, 0.3), MIDNIGHT)

    left = gateway.prices(MIDNIGHT, MIDNIGHT + DAY)
    assert sorted({(moment - MIDNIGHT) // 3_600 for moment in left}) == [0, 2]


def test_the_event_in_force_stays_though_its_beginning_is_not_told_any_more() -> None:
    gateway = Gateway()
    gateway.follow(curve(0.1, 0.1, 0.2), MIDNIGHT)

    changed = gateway.follow(curve(None, 0.1, 0.2), MIDNIGHT + 5_400)

    assert changed == (0, 0)


def test_what_is_over_is_not_told_any_more() -> None:
    wanted = events_of(curve(0.1, 0.2), EUROS, BERLIN, [0.1, 0.2])

    found = plan([], wanted, MIDNIGHT + 3_600, "electricity")

    assert [event.price for event in found.new] == [0.2]


def test_prices_of_other_commodities_are_left_alone() -> None:
    gas = records(curve(0.1), Tariff(978, 1, 4, 0))

    assert plan(gas, (), MIDNIGHT, "electricity").withdrawn == ()
    assert plan(gas, (), MIDNIGHT, "gas").withdrawn == (0,)


VALUES = st.lists(
    st.none()
    | st.sampled_from([-0.01, 0.1, 0.2])
    | st.integers(-500, 5_000).map(lambda n: n / 1e4),
    min_size=1,
    max_size=30,
)
CURVES = st.builds(
    lambda values, start, step: curve(*values, start=MIDNIGHT + start * QUARTER, step=step),
    VALUES,
    st.integers(0, 120),
    st.sampled_from([QUARTER, 1_800, 3_600, 5 * 3_600]),
)
MOMENTS = st.integers(0, 100).map(lambda quarter: MIDNIGHT + quarter * QUARTER)


@given(CURVES, CURVES, MOMENTS, st.integers(0, 40))
def test_events_say_exactly_what_the_curve_says_also_after_a_correction(
    first: Sequence[Slot], second: Sequence[Slot], now: int, passed: int
) -> None:
    gateway = Gateway()
    until = MIDNIGHT + 30 * DAY

    for slots, moment in ((first, now), (second, now + passed * QUARTER)):
        gateway.follow(slots, moment)
        expected = {m: max(p, 0.0) for m, p in by_quarter(slots, moment, until).items()}
        assert gateway.prices(moment, until) == expected
        assert gateway.follow(slots, moment) == (0, 0)
        assert gateway.follow(slots, moment + 60) == (0, 0)


@given(CURVES)
def test_events_are_in_order_of_one_day_each_and_tiers_are_ordered_by_price(
    slots: Sequence[Slot],
) -> None:
    events = events_of(slots, EUROS, BERLIN, [slot.value for slot in slots])

    for event, successor in pairwise(events):
        end = event.record.start_time + 60 * event.record.duration_in_minutes
        assert end <= successor.record.start_time
    for event in events:
        start, length = event.record.start_time, 60 * event.record.duration_in_minutes
        assert BERLIN.date_of(start) == BERLIN.date_of(start + length - 1)
        assert all(
            event.record.tier <= other.record.tier for other in events if event.price < other.price
        )


# ------------------------------------------------------------------ the curve itself


def test_what_was_said_before_holds_where_a_source_does_not_speak() -> None:
    known = curve(1, 1, 1, 1, 1)
    told = Told(MIDNIGHT + 5_400, MIDNIGHT + 3 * 3_600, curve(None, None, 2))

    found = continued(known, told, MIDNIGHT + 3_600)

    assert [(slot.start - MIDNIGHT, slot.end - MIDNIGHT, slot.value) for slot in found] == [
        (3_600, 5_400, 1),
        (7_200, 10_800, 2),
        (10_800, 14_400, 1),
        (14_400, 18_000, 1),
    ]


@given(CURVES, CURVES.filter(bool))
def test_a_continued_curve_is_the_new_one_where_that_speaks_and_else_the_old_one(
    known: Sequence[Slot], new: tuple[Slot, ...]
) -> None:
    until = MIDNIGHT + 30 * DAY
    told = Told(new[0].start, new[-1].end, new)

    found = by_quarter(continued(known, told, 0), 0, until)

    old = by_quarter(known, 0, until)
    outside = {m: v for m, v in old.items() if not told.start <= m < told.end}
    assert found == outside | by_quarter(new, 0, until)


def test_prices_are_known_until_the_first_gap() -> None:
    slots = curve(1, 2, None, 3)

    assert known_until(slots, MIDNIGHT) == MIDNIGHT + 7_200
    assert known_until(slots, MIDNIGHT + 7_200) is None
    assert known_until((), MIDNIGHT) is None
