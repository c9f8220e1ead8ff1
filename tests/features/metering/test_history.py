"""What meters counted, by slots of time: nothing is lost, and nothing is there twice."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.features.metering.calendar import Calendar, Resolution
from sebridge.features.metering.history import MOST_METERS, History, HistorySlot
from sebridge.features.metering.history_gaps import Direction, Grown
from sebridge.features.metering.signals import MeterGap, MeterRead, Reading
from sebridge.features.metering.slot import Counted
from sebridge.gateway.events.signals import PriceInForce
from tests.examples import fewer_examples

METER = Eui64(0x0013A200405C01F7)
OTHER = Eui64(0x0013A200405C01F8)
HOUR = 1_300_003_200.0  # a full hour, at noon of a day in Berlin
DAY = 86_400.0


class House:
    """Meters that are listened to, and a bridge that may be killed."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.pages: dict[str, str] = {}
        self.gaps: list[MeterGap] = []
        self.start()

    def start(self) -> None:
        """Begin with what was kept, and nothing else."""
        self.history = History(
            kept=self.kept,
            pages=self.pages,
            calendar=Calendar(ZoneInfo("Europe/Berlin")),
            tell=self.gaps.append,
        )

    def show(self, time: float, energy_in: float | None, **more: Any) -> None:
        """Have a meter show something."""
        place = more.pop("meter", METER), more.pop("endpoint", 1)
        scale = {"multiplier": 1, "divisor": more.pop("divisor", 1000)}
        said = {
            "unit": "kWh",
            "power_unit": "kW",
            "commodity": "electricity",
            "energy_out": None,
            "power": None,
            "tiers_in": {},
            "tiers_out": {},
            "status": None,
            "why": {"energy_in": scale | more.pop("reason", {})},
        }
        reading = Reading(energy_in=energy_in, time=time, **(said | more))
        self.history.take(MeterRead(*place, reading))

    def slots(
        self, resolution: Resolution = Resolution.HOUR, meter: Eui64 = METER
    ) -> Sequence[HistorySlot]:
        return list(self.history.slots(meter, 1, resolution, 0, 4e9))

    def delivered(
        self, resolution: Resolution = Resolution.HOUR, meter: Eui64 = METER
    ) -> list[float]:
        slots = (one.slot.delivered for one in self.slots(resolution, meter))
        return [counted.amount for counted in slots if counted is not None]


@pytest.fixture
def house() -> House:
    return House()


def test_each_hour_has_what_was_used_in_it(house: House) -> None:
    for minute in range(0, 126, 5):
        house.show(HOUR + 60 * minute, 100 + minute / 100)

    first, second, third = house.slots()

    assert first.slot.delivered == Counted(0.6, 3600.0)
    assert second.slot.delivered == Counted(0.6, 3600.0)
    assert (first.begin, first.end, third.begin) == (HOUR, HOUR + 3600, HOUR + 7200)
    assert third.slot.delivered == Counted(0.05, 300.0)
    between = house.history.slots(METER, 1, Resolution.HOUR, HOUR + 1800, HOUR + 7200)
    assert list(between) == [second]


def test_what_is_used_across_a_boundary_is_shared_by_time(house: House) -> None:
    house.show(HOUR - 60, 10.0)

    house.show(HOUR + 180, 10.4)

    assert house.delivered() == [0.1, 0.3]
    assert house.delivered(Resolution.FIVE_MINUTES) == [0.1, 0.3]
    assert house.delivered(Resolution.DAY) == [0.4]
    assert house.delivered(Resolution.MONTH) == [0.4]


def test_the_last_reading_before_a_boundary_is_not_forgotten(house: House) -> None:
    house.show(HOUR - 250, 10.0)
    house.show(HOUR - 1, 11.0)

    house.show(HOUR + 1, 11.002)

    assert house.delivered() == [1.001, 0.001]


def test_both_directions_are_counted_each_for_itself(house: House) -> None:
    house.show(HOUR, 10.0, energy_out=5.0)
    house.show(HOUR + 300, None, energy_out=5.5)

    house.show(HOUR + 600, 10.2, energy_out=5.5)

    (one,) = house.slots()
    assert one.slot.delivered == Counted(0.2, 600.0)
    assert one.slot.received == Counted(0.5, 600.0)


def test_after_a_kill_the_next_reading_brings_what_was_lost(house: House) -> None:
    for second in range(0, 1000, 10):
        house.show(HOUR + second, 100 + second / 1000, power=1.0)
    house.start()  # what was only noted is gone

    house.show(HOUR + 1200, 101.2)

    assert house.delivered() == [1.2]
    assert house.slots()[0].slot.delivered == Counted(1.2, 1200.0)
    assert house.gaps == []


def test_an_outage_within_a_day_is_spread_over_its_hours_and_not_over_days(house: House) -> None:
    house.show(HOUR, 100.0)
    house.start()

    house.show(HOUR + 7200, 102.0)

    assert [one.slot.delivered for one in house.slots()] == [
        Counted(1.0, 0.0, 3600.0),
        Counted(1.0, 0.0, 3600.0),
    ]
    assert house.slots(Resolution.DAY)[0].slot.delivered == Counted(2.0, 7200.0)
    (gap,) = house.gaps
    assert (gap.device, gap.endpoint, gap.direction) == (METER, 1, Direction.DELIVERED)
    assert gap.grown == Grown(HOUR, HOUR + 7200, 2.0)


def test_an_outage_is_laid_where_the_load_profile_says(house: House) -> None:
    house.history.prices.hear([price(0.5, HOUR)], HOUR)
    house.show(HOUR, 100.0, energy_out=50.0)
    house.show(HOUR + 3 * 3600, 104.0, energy_out=53.0)
    delivered, received = house.gaps

    house.history.fill(delivered, [Grown(HOUR + 3600, HOUR + 7200, 3.0)])
    house.history.fill(received, [Grown(HOUR, HOUR + 3600, 3.0)])

    first, second, third, *_ = house.slots()
    assert second.slot.delivered == Counted(3.0, 3600.0)
    assert first.slot.delivered is not None
    assert first.slot.delivered.amount == 0.5
    assert sum(house.delivered()) == pytest.approx(4.0)
    assert [one.slot.money.cost for one in (first, second, third) if one.slot.money] == (
        pytest.approx([0.25, 1.5, 0.25])
    )
    assert first.slot.received == Counted(3.0, 3600.0)
    assert house.slots(Resolution.DAY)[0].slot.delivered == Counted(4.0, 10800.0)


def test_a_profile_that_is_of_no_use_or_comes_too_late_changes_nothing(house: House) -> None:
    house.show(HOUR, 100.0)
    house.show(HOUR + 7200, 102.0)
    (gap,) = house.gaps
    before = house.delivered()

    house.history.fill(gap, [])
    house.history.exchange((METER, 1), (OTHER, 1))
    house.history.fill(gap, [Grown(HOUR, HOUR + 3600, 2.0)])

    assert house.delivered(meter=OTHER) == before


def test_an_outage_of_years_is_as_long_as_slots_are_kept(house: House) -> None:
    house.history.prices.hear([price(0.2, HOUR, HOUR + DAY)], HOUR)
    house.show(HOUR, 100.0)

    house.show(HOUR + 5 * 366 * DAY, 1000.0)
    house.history.fill(house.gaps[0], [Grown(HOUR, HOUR + DAY, 1.0)])

    assert sum(house.delivered(Resolution.MONTH)) == pytest.approx(900.0)
    assert len(house.slots(Resolution.FIVE_MINUTES)) < 700
    assert len(house.slots(Resolution.HOUR)) < 1500
    assert len(house.slots(Resolution.DAY)) < 1150


@pytest.mark.parametrize(
    ("energy", "more"),
    [
        (None, {}),
        (90.0, {"reason": {"problem": "fell"}}),
        (100.3, {"reason": {"problem": "fell"}}),
    ],
)
def test_a_value_that_is_none_or_in_doubt_is_counted_later(
    house: House, energy: float | None, more: dict[str, Any]
) -> None:
    house.show(HOUR, 100.0)

    house.show(HOUR + 300, energy, **more)
    house.show(HOUR + 600, 100.5)

    assert house.slots()[0].slot.delivered == Counted(0.5, 600.0)


def test_a_register_that_shows_less_is_not_compared(house: House) -> None:
    house.show(HOUR, 100.0)

    house.show(HOUR + 300, 1.0)
    house.show(HOUR + 600, 1.5)

    assert house.slots()[0].slot.delivered == Counted(0.5, 300.0)


def test_another_scale_is_not_compared(house: House) -> None:
    house.show(HOUR, 100.0)

    house.show(HOUR + 300, 100_000.0, divisor=1)
    house.show(HOUR + 600, 100_001.0, divisor=1)

    assert house.slots()[0].slot.delivered == Counted(1.0, 300.0)


@pytest.mark.parametrize("endpoint", [0, 1])
def test_another_meter_at_the_same_address_is_not_compared(house: House, endpoint: int) -> None:
    house.show(HOUR, 100.0)
    house.show(HOUR + 200, 100.2)

    house.history.doubt(METER, endpoint)
    house.history.doubt(OTHER, 1)
    house.show(HOUR + 400, 5000.0)
    house.show(HOUR + 700, 5000.3)

    assert house.slots()[0].slot.delivered == Counted(0.5, 500.0)


def test_a_meter_in_the_place_of_another_goes_on_in_its_history(house: House) -> None:
    house.show(HOUR, 100.0)
    house.show(HOUR, 3.0, meter=OTHER, divisor=10)
    house.show(HOUR + 200, 100.2)

    house.history.exchange((METER, 1), (OTHER, 1))
    house.show(HOUR + 250, 100.25, meter=OTHER, divisor=10)
    house.show(HOUR + 300, 100.3, meter=OTHER, divisor=10)
    house.show(HOUR + 300, 100.3)

    assert house.slots(meter=OTHER)[0].slot.delivered == Counted(0.3, 300.0)
    assert house.delivered() == [97.3]  # of the other's, which showed 3 at last


def test_a_meter_takes_a_place_without_having_been_heard(house: House) -> None:
    house.show(HOUR, 100.0)

    house.history.exchange((METER, 1), (OTHER, 1))
    house.show(HOUR + 300, 100.3, meter=OTHER)

    assert house.delivered(meter=OTHER) == [0.3]
    assert house.history.endpoints(METER) == []
    assert house.history.endpoints(OTHER) == [1]


def test_a_clock_that_is_set_back_counts_nothing_twice(house: House) -> None:
    house.show(HOUR, 100.0)
    house.show(HOUR + 600, 100.6)

    house.show(HOUR - 3000, 100.7)
    house.show(HOUR + 300, 100.9)
    house.show(HOUR + 1200, 101.2)

    assert house.delivered() == [1.2]


def test_the_demand_has_a_low_a_high_and_a_mean_by_time(house: House) -> None:
    house.show(HOUR, 1.0, power=1.0)
    house.show(HOUR + 100, 1.0, power=4.0)
    house.show(HOUR + 250, 1.0, power=-2.0)

    house.show(HOUR + 350, 1.0, power=0.0)

    first, second = house.slots(Resolution.FIVE_MINUTES)
    level, after = first.slot.demand, second.slot.demand
    assert level is not None
    assert after is not None
    assert (level.low, level.high, level.seconds) == (-2.0, 4.0, 300.0)
    assert level.mean == pytest.approx((100 * 1 + 150 * 4 - 50 * 2) / 300)
    assert (after.low, after.high, after.seconds) == (-2.0, 0.0, 50.0)


def test_a_demand_holds_for_a_quarter_of_an_hour_at_most(house: House) -> None:
    house.show(HOUR, 1.0, power=1.0)

    house.show(HOUR + 1000, 1.0, power=3.0)
    house.show(HOUR + 1400, 1.0, power=3.0)

    demand = house.slots()[0].slot.demand
    assert demand is not None
    assert (demand.low, demand.high, demand.seconds) == (1.0, 3.0, 400.0)


def price(amount: float, begin: float, end: float | None = None) -> PriceInForce:
    return PriceInForce(
        commodity="electricity", unit="kWh", price=amount, currency="EUR", begin=begin, end=end
    )


def test_the_cost_is_by_the_price_in_force_and_unknown_where_there_was_none(house: House) -> None:
    house.history.prices.hear([price(0.2, HOUR + 300, HOUR + 600)], HOUR + 300)
    house.show(HOUR, 100.0)

    house.show(HOUR + 900, 100.9)

    (one,) = house.slots()
    money = one.slot.money
    assert money is not None
    assert money.cost == pytest.approx(0.3 * 0.2)
    assert money.price.seconds == 300.0
    short = house.slots(Resolution.FIVE_MINUTES)
    assert [slot.slot.money is not None for slot in short] == [False, True, False]


def test_a_meter_whose_unit_is_not_known_has_no_history(house: House) -> None:
    house.show(HOUR, 100.0, unit=None)

    assert house.history.about(METER, 1) is None
    assert house.slots() == []


def test_a_meter_too_many_waits_until_another_has_long_been_silent(house: House) -> None:
    for number in range(MOST_METERS):
        house.show(HOUR + number, 1.0, meter=Eui64(number))

    house.show(HOUR + 100, 1.0)
    house.show(HOUR + 101, 1.0)

    assert house.history.about(METER, 1) is None
    house.show(HOUR + 31 * DAY, 1.0, meter=Eui64(1))
    house.show(HOUR + 31 * DAY, 1.0)
    assert house.history.about(METER, 1) is not None
    assert house.history.about(Eui64(0), 1) is None
    assert len(house.kept) == MOST_METERS


STEPS = st.lists(
    st.tuples(
        st.one_of(st.floats(1, 600), st.floats(600, 3e5)), st.integers(0, 5000), st.booleans()
    ),
    min_size=1,
    max_size=12,
)


@fewer_examples(10)  # each is days of a meter
@given(steps=STEPS)
def test_what_the_slots_hold_is_what_the_register_grew(
    steps: Sequence[tuple[float, int, bool]],
) -> None:
    house, time, raw = House(), HOUR, 0
    house.show(time, 0.0)

    for seconds, grown, kill in steps:
        time, raw = time + seconds, raw + grown
        if kill:
            house.start()
        house.show(time, raw / 1000)
    for gap in house.gaps:
        middle = (gap.grown.begin + gap.grown.end) / 2
        house.history.fill(gap, [Grown(gap.grown.begin, middle, gap.grown.amount)])

    for resolution in (Resolution.HOUR, Resolution.DAY, Resolution.MONTH):
        assert sum(house.delivered(resolution)) == pytest.approx(raw / 1000, abs=1e-6)
    for one in house.slots():
        counted = one.slot.delivered
        if counted is not None:
            assert counted.amount >= -1e-6
            assert counted.measured + counted.spread <= one.end - one.begin + 0.1
