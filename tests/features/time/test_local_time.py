"""Standard and local time from UTC."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, strategies as st
import pytest
from typing_extensions import override

from sebridge.base.clock import ZIGBEE_EPOCH
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules, rules_of

TIMES = st.integers(0, 0xFFFFFFFE)
SHIFTS = st.integers(-86_400, 86_400)


def zigbee(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) - ZIGBEE_EPOCH


@given(TIMES, st.builds(ZoneRules, SHIFTS, TIMES, TIMES, SHIFTS))
def test_every_time_has_a_local_one_that_the_attribute_can_show(
    time: int, rules: ZoneRules
) -> None:
    assert rules.sound
    assert 0 <= rules.standard(time) < INVALID_TIME
    assert 0 <= rules.local(time) < INVALID_TIME


def test_daylight_saving_begins_with_its_start_and_is_over_at_its_end() -> None:
    rules = ZoneRules(3600, 1000, 2000, 7200)

    assert [rules.local(time) - time for time in (999, 1000, 1999, 2000)] == [
        3600,
        10_800,
        10_800,
        3600,
    ]
    assert rules.standard(1500) == 5100


@pytest.mark.parametrize("rules", [ZoneRules(60, INVALID_TIME, 9, 60), ZoneRules(60, 0)])
def test_without_both_dates_there_is_no_daylight_saving(rules: ZoneRules) -> None:
    assert rules.local(5) == 65


def test_no_time_stays_no_time() -> None:
    rules = ZoneRules(3600)

    assert (rules.standard(INVALID_TIME), rules.local(INVALID_TIME)) == (INVALID_TIME,) * 2


@pytest.mark.parametrize("rules", [ZoneRules(86_401), ZoneRules(0, 0, 0, -86_401)])
def test_a_zone_beyond_a_day_is_not_sound(rules: ZoneRules) -> None:
    assert not rules.sound


def clock_on_the_wall(zone: ZoneInfo, time: int) -> int:
    offset = datetime.fromtimestamp(time + ZIGBEE_EPOCH, zone).utcoffset()
    assert offset is not None
    return time + int(offset.total_seconds())


CHANGE_OVERS = {
    "Europe/Berlin": (zigbee(2026, 3, 29, 1), zigbee(2026, 10, 25, 1)),
    "Europe/Dublin": (zigbee(2026, 3, 29, 1), zigbee(2026, 10, 25, 1)),
    "America/New_York": (zigbee(2026, 3, 8, 7), zigbee(2026, 11, 1, 6)),
    "America/St_Johns": (zigbee(2026, 3, 8, 5, 30), zigbee(2026, 11, 1, 4, 30)),
    "America/Santiago": (zigbee(2026, 9, 6, 4), zigbee(2026, 4, 5, 3)),
    "Australia/Sydney": (zigbee(2026, 10, 3, 16), zigbee(2026, 4, 4, 16)),
    "Australia/Lord_Howe": (zigbee(2026, 10, 3, 15, 30), zigbee(2026, 4, 4, 15)),
    "Antarctica/Troll": (zigbee(2026, 3, 29, 1), zigbee(2026, 10, 25, 1)),
}
"""When clocks are put forward and back in 2026; south of the equator summer is over the new year.

Lord Howe puts them forward by half an hour, Troll by two, and Ireland has winter time instead.
"""


@pytest.mark.parametrize("name", CHANGE_OVERS)
def test_a_zone_of_the_database_shows_the_right_clock_over_its_change_over(name: str) -> None:
    zone = ZoneInfo(name)
    for moment in CHANGE_OVERS[name]:
        known_before = rules_of(zone, moment - 86_400)

        assert moment in {known_before.dst_start, known_before.dst_end}
        for time in (moment + after for after in (-86_400, -901, -1, 0, 1, 901, 86_400)):
            shown = rules_of(zone, time).local(time)
            assert shown == clock_on_the_wall(zone, time)
            assert known_before.local(time) == shown  # also on a display that asked a day before


@given(
    st.sampled_from(sorted(available_timezones())),
    st.integers(zigbee(2001, 1, 1), zigbee(2090, 1, 1)),
)
def test_every_zone_of_the_database_shows_the_right_clock(name: str, time: int) -> None:
    zone = ZoneInfo(name)

    quarter = time - time % 900

    assert rules_of(zone, quarter).local(quarter) == clock_on_the_wall(zone, quarter)


def test_the_next_summer_is_told_in_winter_and_the_running_one_in_summer() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    summer = ZoneRules(3600, zigbee(2026, 3, 29, 1), zigbee(2026, 10, 25, 1), 3600)

    assert rules_of(berlin, zigbee(2026, 1, 1)) == summer
    assert rules_of(berlin, zigbee(2026, 6, 1)) == summer
    assert rules_of(berlin, zigbee(2026, 12, 1)).dst_start == zigbee(2027, 3, 28, 1)


def test_a_zone_without_summer_has_no_daylight_saving() -> None:
    assert rules_of(ZoneInfo("Asia/Kolkata"), zigbee(2026, 6, 1)) == ZoneRules(19_800)


class Endless(tzinfo):
    """A zone whose clocks are always an hour ahead."""

    @override
    def utcoffset(self, when: datetime | None) -> timedelta:
        return timedelta(hours=3)

    @override
    def dst(self, when: datetime | None) -> timedelta:
        return timedelta(hours=1)

    @override
    def tzname(self, when: datetime | None) -> str:
        return "endless"


def test_a_summer_without_beginning_or_end_is_not_told() -> None:
    assert rules_of(Endless(), zigbee(2026, 6, 1)) == ZoneRules(10_800)


class NewTime(Endless):
    """A zone whose clocks are put forward for good."""

    @override
    def dst(self, when: datetime | None) -> timedelta:
        is_new = when is not None and when.year > 2026
        return timedelta(hours=1 if is_new else 0)


@pytest.mark.parametrize("year", [2026, 2027, 2030])
def test_a_summer_that_begins_and_does_not_end_is_not_told(year: int) -> None:
    assert rules_of(NewTime(), zigbee(year, 6, 1)) == ZoneRules(10_800)
