"""A stick is asked by many at once, loses answers, is pulled out and comes back."""

import asyncio

import pytest

from sebridge.base.errors import (
    AnswerTimeoutError,
    DeliveryError,
    NotTakenError,
)
from sebridge.plugwise.answers import (
    Confirmation,
    DeviceInfo,
    PowerNow,
    StickInfo,
)
from sebridge.plugwise.exchange import ACKNOWLEDGED_WITHIN, ANSWERED_WITHIN
from sebridge.plugwise.frame import framed
from sebridge.plugwise.moments import MonthMinutes, TimeOfDay
from sebridge.plugwise.requests import GetInfo, GetPower, SetClock
from sebridge.plugwise.stick import ATTEMPTS
from tests.plugwise.bench import CIRCLE_PLUS, FRIDGE, LAMP, STICK, Bench, plugged_in

SPOILED = b"\x05\x05\x03\x03000000010"
NOISE = b"# tells of itself\r\n" + framed("0000FFFF00C1")


async def test_a_stick_is_there_and_tells_of_its_network() -> None:
    async with plugged_in() as bench:
        info = bench.stick.info

        assert isinstance(info, StickInfo)
        assert (info.mac, info.circle_plus) == (STICK, CIRCLE_PLUS)
        assert [change.is_there for change in bench.changes] == [True]


async def test_circles_are_asked_at_once_and_each_answer_reaches_who_asked() -> None:
    async with plugged_in() as bench:
        bench.circles[CIRCLE_PLUS].delay = 3.0
        bench.circles[LAMP].delay = 1.0

        answers = await bench.within(
            3.5,
            asyncio.gather(
                *(bench.stick.ask(GetPower(mac=mac), PowerNow) for mac in bench.circles)
            ),
        )

        assert [answer.mac for answer in answers] == list(bench.circles)


async def test_one_circle_is_asked_one_thing_at_a_time() -> None:
    async with plugged_in() as bench:
        bench.circles[LAMP].delay = 2.0
        asked = [asyncio.ensure_future(bench.stick.ask(GetPower(mac=LAMP), PowerNow)) for _ in "ab"]

        await bench.clock.advance(3)
        done = [task.done() for task in asked]
        await bench.clock.advance(2)

        assert done == [True, False]
        assert all(task.done() for task in asked)


async def test_a_circle_that_nobody_reaches_keeps_no_other_waiting() -> None:
    async with plugged_in() as bench:
        bench.circles[FRIDGE].is_there = False
        lost = asyncio.ensure_future(bench.stick.ask(GetInfo(mac=FRIDGE), DeviceInfo))

        await bench.within(1, bench.stick.ask(GetInfo(mac=LAMP), DeviceInfo))
        await bench.clock.advance(10)

        with pytest.raises(DeliveryError, match=f"{FRIDGE} is not reached: 00E1"):
            await lost


async def test_what_no_circle_does_is_told() -> None:
    async with plugged_in() as bench:
        never = SetClock(mac=LAMP, date=MonthMinutes(17, 13, 0), time=TimeOfDay(0, 0, 0, 1))

        with pytest.raises(DeliveryError, match="is not reached"):
            await bench.within(10, bench.stick.ask(never, Confirmation))


async def test_a_lost_answer_is_asked_for_again() -> None:
    async with plugged_in() as bench:
        lose = iter([False, True])  # the acknowledgement comes, the answer does not
        bench.cable.to_host = lambda octets: b"" if next(lose, False) else octets

        answer = await bench.within(
            ANSWERED_WITHIN + 1, bench.stick.ask(GetPower(mac=LAMP), PowerNow)
        )

        assert answer.mac == LAMP


async def test_a_request_that_comes_damaged_is_sent_again() -> None:
    async with plugged_in() as bench:
        spoil = iter([True])
        bench.cable.to_stick = lambda octets: (
            octets.replace(b"0012", b"0013") if next(spoil, False) else octets
        )

        answer = await bench.within(1, bench.stick.ask(GetPower(mac=LAMP), PowerNow))

        assert answer.mac == LAMP


async def test_a_request_that_always_comes_damaged_is_given_up() -> None:
    async with plugged_in() as bench:
        bench.cable.to_stick = lambda octets: octets.replace(b"0012", b"0013")

        with pytest.raises(NotTakenError, match="the stick does not take the request: 00C2"):
            await bench.within(1, bench.stick.ask(GetPower(mac=LAMP), PowerNow))


async def test_a_circle_that_never_answers_is_given_up() -> None:
    async with plugged_in() as bench:
        bench.circles[LAMP].delay = 1000.0

        with pytest.raises(AnswerTimeoutError):
            await bench.within(
                ATTEMPTS * ANSWERED_WITHIN + 1, bench.stick.ask(GetPower(mac=LAMP), PowerNow)
            )
        assert bench.stick.info is not None


async def test_a_stick_that_does_not_acknowledge_is_opened_anew() -> None:
    async with plugged_in() as bench:
        bench.emulated.set_full(is_full=True)
        asked = asyncio.ensure_future(bench.stick.ask(GetPower(mac=LAMP), PowerNow))
        await bench.clock.advance(ATTEMPTS * ACKNOWLEDGED_WITHIN + 1)
        bench.emulated.set_full(is_full=False)

        with pytest.raises(AnswerTimeoutError, match="the stick does not acknowledge"):
            await asked
        await bench.clock.advance(60)

        assert bench.cable.opened >= 2
        assert [change.is_there for change in bench.changes] == [True, False, True]


async def test_a_stick_may_be_pulled_out_and_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    async with plugged_in() as bench:
        bench.circles[LAMP].delay = 5.0
        asked = asyncio.ensure_future(bench.stick.ask(GetPower(mac=LAMP), PowerNow))
        second = asyncio.ensure_future(bench.stick.ask(GetPower(mac=LAMP), PowerNow))
        await bench.clock.settle()

        bench.cable.pull()
        await bench.clock.advance(100)

        for task in (asked, second):
            with pytest.raises(DeliveryError, match=r"the stick is gone|is not there"):
                await task
        assert bench.stick.info is None
        assert bench.stick.problem == "/dev/plugwise cannot be opened: no such file"
        assert caplog.text.count("no such file") == 1

        bench.cable.is_there = True
        await bench.clock.advance(31)

        assert [change.is_there for change in bench.changes] == [True, False, True]
        assert bench.stick.problem is None


async def test_a_stick_that_says_nothing_is_not_there() -> None:
    bench = Bench()
    bench.emulated.set_full(is_full=True)

    async with plugged_in(bench):
        await bench.clock.advance(60)

        assert bench.changes == []
        assert bench.stick.problem == "the stick does not acknowledge a request"
        assert bench.cable.opened > 1


async def test_who_asks_while_the_stick_sends_hears_when_it_is_gone() -> None:
    async with plugged_in() as bench:
        bench.emulated.set_full(is_full=True)
        tasks = [
            asyncio.ensure_future(bench.stick.ask(GetPower(mac=mac), PowerNow))
            for mac in bench.circles
        ]
        await bench.clock.settle()

        bench.cable.pull()
        await bench.clock.settle()

        for task in tasks:
            with pytest.raises(DeliveryError, match="the stick is gone"):
                await task


async def test_who_gives_up_lets_the_next_have_his_turn() -> None:
    async with plugged_in() as bench:
        bench.circles[LAMP].delay = 2.0
        tasks = [
            asyncio.ensure_future(bench.stick.ask(GetPower(mac=LAMP), PowerNow)) for _ in range(4)
        ]
        await bench.clock.settle()

        tasks[1].cancel()
        tasks[0].cancel()
        await bench.clock.advance(5)

        assert [task.cancelled() for task in tasks] == [True, True, False, False]
        assert tasks[2].result().mac == LAMP
        assert tasks[3].result().mac == LAMP


async def test_noise_on_the_line_costs_nothing() -> None:
    async with plugged_in() as bench:
        bench.cable.to_host = lambda octets: b"\x83" + SPOILED + octets + NOISE

        answer = await bench.within(1, bench.stick.ask(GetPower(mac=LAMP), PowerNow))

        assert answer.mac == LAMP
