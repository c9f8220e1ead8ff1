"""Standard and local time from UTC."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest
from typing_extensions import override

from sebridge.base.clock import ZIGBEE_EPOCH
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules, rules_of

TIMES = st.integers(0, 0xFFFFFFFE)
SHIFTS = st.integers(-86_400, 86_400)


def zigbee(year: int, month: int, day: int, hour: int = 0) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) - ZIGBEE_EPOCH


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


@pytest.mark.parametrize(
    "time",
    [zigbee(2026, 1, 15), zigbee(2026, 7, 1, 13), zigbee(2026, 3, 29, 1), zigbee(2026, 10, 25, 1)],
)
@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
def test_a_zone_of_the_database_shows_the_right_clock(name: str, time: int) -> None:
    zone = ZoneInfo(name)

    shown = rules_of(zone, time).local(time)

    there = datetime.fromtimestamp(time + ZIGBEE_EPOCH, zone)
    offset = there.utcoffset()
    assert offset is not None
    assert shown == time + int(offset.total_seconds())


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
    assert rules_of(Endless(), zigbee(2026, 6, 1)) == ZoneRules(7200)


class NewTime(Endless):
    """A zone whose clocks are put forward for good."""

    @override
    def dst(self, when: datetime | None) -> timedelta:
        is_new = when is not None and when.year > 2026
        return timedelta(hours=1 if is_new else 0)


def test_a_summer_that_begins_and_does_not_end_is_not_told() -> None:
    assert rules_of(NewTime(), zigbee(2026, 6, 1)) == ZoneRules(10_800)
