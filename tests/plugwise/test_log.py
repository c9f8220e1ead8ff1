"""The log of a circle: caught up after any outage, no hour twice and none missing."""

from collections.abc import Iterable

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.plugwise.answers import LogBuffer, LogEntry
from sebridge.plugwise.log import (
    BUFFERS,
    LoggedHour,
    Progress,
    address_of,
    buffers_to_read,
    index_of,
    take,
)
from sebridge.plugwise.moments import UNSET, MonthMinutes

HOUR = 3600
START = 1_509_926_400  # 2017-11-06 00:00:00 UTC
NOTHING = LogEntry(UNSET, -1)


def entry(hour: int, pulses: int | None = None, fast: int = 0) -> LogEntry:
    """Return what a circle logs at the end of an hour, whose clock is fast by so many seconds."""
    date = MonthMinutes.of(START + (hour + 1) * HOUR + fast)
    return LogEntry(date, hour + 1000 if pulses is None else pulses)


def buffer(index: int, *entries: LogEntry) -> LogBuffer:
    one, two, three, four = (*entries, *[NOTHING] * (4 - len(entries)))
    return LogBuffer(mac=Eui64(1), entries=(one, two, three, four), log_address=address_of(index))


class Circle:
    """A ring of places, the newest hours in it, and who reads them."""

    def __init__(self, begun: int = 0) -> None:
        self.hours: list[LoggedHour] = []
        self.progress: Progress | None = None
        self.reads = 0
        self._places = [NOTHING] * (4 * BUFFERS)
        self._next = begun
        self._hour = 0

    def log(self, hours: int, fast: int = 0) -> None:
        for _ in range(hours):
            self._places[self._next] = entry(self._hour, fast=fast)
            self._next = (self._next + 1) % len(self._places)
            self._hour += 1

    def begin_anew(self) -> None:
        self._next = 0

    def read(self, fast: int = 0) -> None:
        address = address_of(self._next // 4) + 8 * (self._next % 4)
        clock = START + self._hour * HOUR + fast
        for each in buffers_to_read(self.progress, address, clock):
            place = 4 * index_of(each)
            found = buffer(index_of(each), *self._places[place : place + 4])
            hours, self.progress = take(self.progress, found, fast)
            self.hours += hours
            self.reads += 1

    @property
    def all_hours(self) -> list[LoggedHour]:
        return [LoggedHour(START + n * HOUR, n + 1000) for n in range(self._hour)]


def test_addresses_are_those_of_the_reference() -> None:
    assert index_of(0x00044020) == 1
    assert index_of(0x00065358) == 4250
    assert address_of(1) == 0x00044020


@pytest.mark.parametrize("address", [0x43FFF, address_of(BUFFERS), 0xFFFFFFFF])
def test_elsewhere_there_is_no_log(address: int) -> None:
    with pytest.raises(DecodeError, match="there is no log at address"):
        index_of(address)


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(-1700, 1700))
def test_whenever_it_is_read_each_hour_comes_once(outages: Iterable[int], fast: int) -> None:
    circle = Circle()

    for hours in outages:
        circle.log(hours, fast)
        circle.read(fast)

    assert circle.hours == circle.all_hours


def test_only_what_is_new_is_read() -> None:
    circle = Circle()
    circle.log(100)
    circle.read()
    circle.reads = 0

    circle.log(1)
    circle.read()

    assert circle.reads == 1
    assert circle.hours == circle.all_hours


def test_the_ring_is_followed_over_its_end() -> None:
    circle = Circle(begun=4 * BUFFERS - 6)
    circle.progress = Progress(BUFFERS - 2, 1, START, START)
    circle.log(9)

    circle.read()

    assert circle.hours == circle.all_hours
    assert circle.reads == 3


def test_a_log_that_was_begun_anew_is_read_from_its_beginning() -> None:
    circle = Circle(begun=400)
    circle.progress = Progress(99, 3, START, START)
    circle.log(8)
    circle.read()

    circle.begin_anew()
    circle.log(6)
    circle.read()

    assert circle.hours == circle.all_hours


def test_what_is_left_of_the_round_before_is_no_news() -> None:
    old = buffer(7, entry(0), entry(1), entry(-20000), entry(-19999))

    hours, progress = take(None, old, 0)
    again, _ = take(progress, buffer(7, entry(0), entry(1), entry(2), entry(-19999)), 0)

    assert [hour.pulses for hour in hours] == [1000, 1001]
    assert [hour.pulses for hour in again] == [1002]


def test_production_stands_behind_the_consumption_of_its_hour() -> None:
    first, progress = take(None, buffer(0, entry(0, 5), entry(0, -3), entry(1, 0), entry(1, 0)), 0)
    second, progress = take(progress, buffer(1, entry(2, 7)), 0)
    third, _ = take(progress, buffer(1, entry(2, 7), entry(2, -9)), 0)

    assert [*first, *second, *third] == [
        LoggedHour(START, 5),
        LoggedHour(START, -3, is_production=True),
        LoggedHour(START + HOUR, 0),
        LoggedHour(START + HOUR, 0, is_production=True),
        LoggedHour(START + 2 * HOUR, 7),
        LoggedHour(START + 2 * HOUR, -9, is_production=True),
    ]


def test_hours_go_on_where_a_clock_was_set_back_by_an_hour() -> None:
    circle = Circle()
    circle.log(5, fast=HOUR)
    circle.read(fast=HOUR)

    circle.log(5)
    circle.read()

    assert circle.hours == circle.all_hours


def test_a_damaged_place_costs_its_own_hour() -> None:
    damaged = LogEntry(MonthMinutes(17, 13, 0), 1)

    hours, progress = take(None, buffer(0, entry(0), damaged, entry(2)), 0)

    assert [hour.start for hour in hours] == [START, START + 2 * HOUR]
    assert progress == Progress(0, 2, START + 3 * HOUR, START + 3 * HOUR)
