"""A simulated circle counts what flows, and logs it by its own clock."""

from sebridge.base.addresses import Eui64
from sebridge.plugwise.answers import DeviceInfo, LogBuffer, LogEntry, PowerNow, RealTimeNow
from sebridge.plugwise.log import BUFFERS, LOG_START, address_of
from sebridge.plugwise.moments import UNSET, MonthMinutes, RealTime, TimeOfDay
from sebridge.plugwise.requests import (
    GetInfo,
    GetLog,
    GetPower,
    GetRealTime,
    SetClock,
    SetIntervals,
    SetRealTime,
)
from sebridge.simulator.plugwise.circle import PULSES_PER_WS, SimulatedCircle

MAC = Eui64.parse("000D6F0001A400E2")
START = 1_509_926_400.0  # 2017-11-06 00:00:00 UTC
HOUR = 3600
WATTS = 100.0
PULSES = round(WATTS * PULSES_PER_WS * HOUR)


def log_of(circle: SimulatedCircle, now: float, index: int = 0) -> list[LogEntry]:
    """Return what is written in a buffer of its log."""
    answer = circle.answer(GetLog(mac=MAC, log_address=address_of(index)), now)
    assert isinstance(answer, LogBuffer)
    return [entry for entry in answer.entries if entry.date != UNSET]


def info_of(circle: SimulatedCircle, now: float) -> DeviceInfo:
    answer = circle.answer(GetInfo(mac=MAC), now)
    assert isinstance(answer, DeviceInfo)
    return answer


def end(hours: float) -> MonthMinutes:
    return MonthMinutes.of(START + hours * HOUR)


def test_each_hour_is_logged_at_its_end() -> None:
    circle = SimulatedCircle(MAC, START, watts=WATTS)

    assert log_of(circle, START + HOUR - 1) == []
    assert log_of(circle, START + HOUR) == [LogEntry(end(1), PULSES)]
    assert len(log_of(circle, START + 6 * HOUR)) == 4
    assert info_of(circle, START + 6 * HOUR).log_address == LOG_START + 6 * 8


def test_the_log_goes_on_at_the_first_place_behind_the_last() -> None:
    circle = SimulatedCircle(MAC, START, watts=WATTS, place=4 * BUFFERS - 1)
    now = START + 2 * HOUR

    assert log_of(circle, now, BUFFERS - 1) == [LogEntry(end(1), PULSES)]
    assert log_of(circle, now) == [LogEntry(end(2), PULSES)]


def test_what_flows_changes_in_the_middle_of_an_hour() -> None:
    circle = SimulatedCircle(MAC, START, watts=WATTS)
    circle.draw(-WATTS, START + HOUR / 4)

    answer = circle.answer(GetPower(mac=MAC), START + HOUR / 2)
    entries = log_of(circle, START + HOUR)

    assert isinstance(answer, PowerNow)
    assert (answer.consumed, answer.produced) == (round(PULSES / 4), round(-PULSES / 4))
    assert entries == [LogEntry(end(1), round(-PULSES / 2))]


def test_a_clock_that_is_fast_ends_its_hours_early() -> None:
    circle = SimulatedCircle(MAC, START, watts=WATTS)
    circle.be_fast(600.5, START)

    entries = log_of(circle, START + HOUR - 600.5)

    assert entries == [LogEntry(end(1), round(PULSES * (HOUR - 600.5) / HOUR))]
    assert info_of(circle, START + HOUR).clock == end(1 + 1 / 6)


def test_who_sets_a_clock_may_begin_the_log_anew() -> None:
    circle = SimulatedCircle(MAC, START, place=400)
    date, time = MonthMinutes.of(START), TimeOfDay.of(START)

    circle.answer(SetClock(mac=MAC, date=date, time=time), START)
    kept = info_of(circle, START).log_address
    circle.answer(SetClock(mac=MAC, date=date, time=time, log_address=LOG_START), START)

    assert kept == LOG_START + 8 * 400
    assert info_of(circle, START).log_address == LOG_START


def test_intervals_may_be_shorter_and_production_apart() -> None:
    circle = SimulatedCircle(MAC, START, watts=WATTS)
    circle.answer(SetIntervals(mac=MAC, consumption=15, production=15), START)

    entries = log_of(circle, START + HOUR / 2)

    assert [entry.date for entry in entries] == [end(1 / 4), end(1 / 4), end(1 / 2), end(1 / 2)]
    assert [entry.pulses for entry in entries] == [round(PULSES / 4), 0] * 2


def test_the_real_time_of_a_circle_plus_is_that_to_which_it_was_set() -> None:
    circle = SimulatedCircle(MAC, START)
    circle.answer(SetRealTime(mac=MAC, moment=RealTime.of(START + 100)), START)

    answer = circle.answer(GetRealTime(mac=MAC), START + 60)

    assert answer == RealTimeNow(circle_plus=MAC, moment=RealTime.of(START + 160))
