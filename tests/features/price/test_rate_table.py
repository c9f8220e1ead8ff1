"""Tables of rates: the price of each minute is that of what the clocks on the wall show."""

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from sebridge.base.clock import unix_time, zigbee_time
from sebridge.features.price.curve import Days
from sebridge.features.price.rate_table import RateTable
from sebridge.schedule.slot import Slot
from sebridge.settings.price_source import Holiday, Hours, RateOptions, Season, TableOptions
from tests.examples import fewer_examples

BERLIN = Days(ZoneInfo("Europe/Berlin"))
NIGHT = RateOptions(name="night", price=0.2, hours=(Hours(22 * 60, 6 * 60),))
DAY = RateOptions(name="day", price=0.3)


def table(
    *rates: RateOptions, days: Days = BERLIN, holidays: tuple[Holiday, ...] = ()
) -> RateTable:
    return RateTable(TableOptions(rates=rates, holidays=holidays), days)


def of_day(found: RateTable, year: int, month: int, day: int, days: Days = BERLIN) -> list[Slot]:
    begin = days.midnight(dt.date(year, month, day))
    return list(found.curve(begin, days.after(begin, 1)))


def shown(slots: list[Slot]) -> list[tuple[str, str, str]]:
    """Return slots by the clocks in Berlin, with their labels."""
    return [
        (f"{BERLIN.local(s.start):%H:%M}", f"{BERLIN.local(s.end):%H:%M}", s.label) for s in slots
    ]


def hours(slots: list[Slot]) -> float:
    return sum(slot.end - slot.start for slot in slots) / 3_600


def test_an_ordinary_day_has_its_rates() -> None:
    assert shown(of_day(table(NIGHT, DAY), 2026, 11, 29)) == [
        ("00:00", "06:00", "night"),
        ("06:00", "22:00", "day"),
        ("22:00", "00:00", "night"),
    ]


def test_a_day_of_25_hours_has_a_longer_night() -> None:
    found = of_day(table(NIGHT, DAY), 2026, 10, 25)

    assert shown(found)[0] == ("00:00", "06:00", "night")
    assert hours(found[:1]) == 7
    assert hours(found) == 25


def test_a_day_of_23_hours_has_a_shorter_night() -> None:
    found = of_day(table(NIGHT, DAY), 2026, 3, 29)

    assert shown(found)[0] == ("00:00", "06:00", "night")
    assert hours(found[:1]) == 5
    assert hours(found) == 23


def test_a_rate_within_the_hour_that_comes_twice_holds_twice() -> None:
    cheap = RateOptions(name="cheap", price=0.1, hours=(Hours(150, 170),))

    found = of_day(table(cheap, DAY), 2026, 10, 25)

    assert [(start, end) for start, end, label in shown(found) if label == "cheap"] == [
        ("02:30", "02:50"),
        ("02:30", "02:50"),
    ]


def test_a_rate_within_the_hour_that_is_left_out_never_holds() -> None:
    cheap = RateOptions(name="cheap", price=0.1, hours=(Hours(150, 170),))

    assert shown(of_day(table(cheap, DAY), 2026, 3, 29)) == [("00:00", "00:00", "day")]


def test_weekends_and_holidays_have_rates_of_their_own() -> None:
    free = RateOptions(name="free", price=0.1, days=("sun", "holiday"))
    found = table(free, DAY, holidays=(Holiday(None, 12, 25),))

    assert shown(of_day(found, 2026, 11, 29)) == [("00:00", "00:00", "free")]  # a Sunday
    assert shown(of_day(found, 2026, 11, 30)) == [("00:00", "00:00", "day")]
    assert shown(of_day(found, 2026, 12, 25)) == [("00:00", "00:00", "free")]  # a Friday


def test_a_holiday_on_a_monday_is_no_monday() -> None:
    monday = RateOptions(name="monday", price=0.1, days=("mon",))

    found = table(monday, DAY, holidays=(Holiday(2026, 11, 30),))

    assert shown(of_day(found, 2026, 11, 30)) == [("00:00", "00:00", "day")]


def test_seasons_change_at_midnight() -> None:
    winter = RateOptions(name="winter", price=0.4, seasons=(Season((10, 1), (3, 31)),))
    found = table(winter, DAY)

    assert shown(of_day(found, 2026, 3, 31)) == [("00:00", "00:00", "winter")]
    assert shown(of_day(found, 2026, 4, 1)) == [("00:00", "00:00", "day")]


def test_where_no_rate_holds_there_is_no_price() -> None:
    assert shown(of_day(table(NIGHT), 2026, 11, 29)) == [
        ("00:00", "06:00", "night"),
        ("22:00", "00:00", "night"),
    ]


def test_all_prices_of_a_table_are_told() -> None:
    assert table(NIGHT, DAY).prices == [0.2, 0.3]


MINUTES = st.integers(0, 1_439)
RATES = st.lists(
    st.builds(
        lambda price, begin, length: RateOptions(
            price=price, hours=(Hours(begin, (begin + length - 1) % 1_440 + 1),)
        ),
        st.integers(1, 4),
        MINUTES,
        st.integers(1, 1_438),
    ),
    min_size=1,
    max_size=3,
)
CHANGES = [
    ("Europe/Berlin", dt.date(2026, 3, 29)),
    ("Europe/Berlin", dt.date(2026, 10, 25)),
    ("America/New_York", dt.date(2026, 11, 1)),
    ("Australia/Lord_Howe", dt.date(2026, 4, 5)),  # by half an hour
    ("Asia/Beirut", dt.date(2026, 3, 29)),  # at midnight
    ("America/Havana", dt.date(2026, 11, 1)),  # from one o'clock to midnight
    ("Asia/Kathmandu", dt.date(2026, 11, 29)),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@fewer_examples(10)
@given(rates=RATES)
def test_each_minute_has_the_rate_of_the_clock_on_the_wall(
    zone: str, day: dt.date, rates: list[RateOptions]
) -> None:
    days = Days(ZoneInfo(zone))
    found = of_day(table(*rates, days=days), day.year, day.month, day.day, days)
    begin, end = days.midnight(day), days.after(days.midnight(day), 1)

    by_minute = {m: s.value for s in found for m in range(s.start, s.end, 60)}

    for moment in range(begin, end, 60):
        clock = dt.datetime.fromtimestamp(unix_time(moment), ZoneInfo(zone))
        minute = clock.hour * 60 + clock.minute
        rate = next((r for r in rates if r.hours[0].hold(minute)), None)
        assert by_minute.get(moment) == (None if rate is None else rate.price), clock
    assert all(begin <= moment < end for moment in by_minute)
    assert zigbee_time(dt.datetime.combine(day, dt.time(12), ZoneInfo(zone)).timestamp()) < end
