"""One clock for every timer."""

import asyncio
from collections.abc import Callable
import time

import pytest
from typing_extensions import override
import uvloop

from sebridge.base.clock import (
    Clock,
    SimulatedClock,
    SystemClock,
    Timer,
    VirtualClock,
    iso_time,
    unix_time,
    zigbee_time,
)
from sebridge.base.errors import AnswerTimeoutError


@pytest.mark.parametrize(
    ("utc", "zigbee"),
    [
        (946_684_800.0, 0),
        (946_684_800.9, 0),
        (1_298_959_200.0, 352_274_400),
        (0.0, 0),
        (1e12, 0xFFFFFFFE),
    ],
)
def test_zigbee_time_counts_whole_seconds_since_2000(utc: float, zigbee: int) -> None:
    assert zigbee_time(utc) == zigbee


def test_unix_time_is_the_way_back() -> None:
    assert unix_time(352_274_400) == 1_298_959_200.0
    assert zigbee_time(unix_time(123)) == 123


def test_iso_time_is_utc_to_the_second() -> None:
    assert iso_time(unix_time(352_274_400) + 0.9) == "2011-03-01T06:00:00Z"


async def test_the_system_clock_tells_the_machines_time() -> None:
    clock: Clock = SystemClock()

    assert abs(clock.utc() - time.time()) < 5
    assert clock.monotonic() <= clock.monotonic()


@pytest.mark.parametrize("make", [SystemClock, SimulatedClock])
def test_nobody_is_woken_early_on_the_loop_of_the_bridge(
    make: Callable[[], SystemClock | SimulatedClock],
) -> None:
    clock = make()

    async def waited_too_short(seconds: float) -> bool:
        begin = clock.monotonic()
        await clock.sleep(seconds)
        return clock.monotonic() - begin < seconds

    async def waited_side_by_side() -> list[bool]:
        return await asyncio.gather(*(waited_too_short(n * 0.00037) for n in range(1, 200)))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert not any(runner.run(waited_side_by_side()))


async def test_simulated_time_can_run_faster() -> None:
    clock = SimulatedClock(speed=1000.0)
    utc, begin = clock.utc(), clock.monotonic()

    await clock.sleep(10)

    assert 10 <= clock.monotonic() - begin < 5000
    assert 9 <= clock.utc() - utc < 5000


async def test_simulated_time_may_change_its_speed_and_never_goes_back() -> None:
    clock = SimulatedClock()
    times = [(clock.utc(), clock.monotonic())]

    for speed in (1.0, 1000.0, 1.0):
        clock.speed = speed
        await clock.sleep(0.01 * speed)
        times.append((clock.utc(), clock.monotonic()))

    assert clock.speed == 1.0
    assert times == sorted(times)
    assert times[-1][0] - times[0][0] > 9


async def test_what_is_waited_for_comes_sooner_when_time_runs_faster() -> None:
    clock = SimulatedClock()
    rung = asyncio.Event()
    never = clock.call_later(3600, lambda: pytest.fail("it was cancelled"))
    clock.call_later(3600, rung.set)
    never.cancel()

    clock.speed = 1e6
    await rung.wait()  # an hour, otherwise

    assert clock.speed == 1e6


def test_a_clock_cannot_be_made_to_stand_still() -> None:
    clock = SimulatedClock()

    with pytest.raises(ValueError, match="greater than 0"):
        clock.speed = 0


@pytest.mark.parametrize("speed", [0, -1])
def test_a_clock_that_stands_still_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        SimulatedClock(speed)


async def test_simulated_time_gives_up_waiting() -> None:
    clock = SimulatedClock(speed=1000.0)

    with pytest.raises(AnswerTimeoutError, match="no answer within 5 s"):
        await clock.within(5, asyncio.get_running_loop().create_future())


async def test_virtual_time_stands_still_until_it_is_advanced() -> None:
    clock = VirtualClock(utc=1000.0)

    await clock.settle()
    assert clock.utc() == 1000.0
    before = clock.monotonic()
    await clock.advance(1.5, minutes=2, hours=1)

    assert clock.utc() == 1000.0 + 3721.5
    assert clock.monotonic() == before + 3721.5


async def test_virtual_timers_run_in_the_order_of_their_time() -> None:
    clock = VirtualClock(utc=0.0)
    heard: list[tuple[str, float]] = []

    def note(name: str) -> Callable[[], None]:
        return lambda: heard.append((name, clock.utc()))

    for name, seconds in (("late", 20.0), ("first", 10.0), ("second", 10.0), ("at once", -5.0)):
        clock.call_later(seconds, note(name))

    await clock.advance(15)

    assert heard == [("at once", 0.0), ("first", 10.0), ("second", 10.0)]


async def test_a_timer_may_set_another_within_the_same_advance() -> None:
    clock = VirtualClock(utc=0.0)
    heard: list[float] = []

    def again() -> None:
        clock.call_later(1, lambda: heard.append(clock.utc()))

    clock.call_later(1, again)

    await clock.advance(3)

    assert heard == [2.0]


async def test_a_cancelled_timer_does_not_run() -> None:
    clock = VirtualClock()
    heard: list[int] = []
    timer = clock.call_later(1, lambda: heard.append(1))

    timer.cancel()
    await clock.advance(2)

    assert heard == []


async def test_a_jump_sets_the_wall_clock_and_runs_no_timer() -> None:
    clock = VirtualClock(utc=100.0)
    heard: list[int] = []
    clock.call_later(10, lambda: heard.append(1))

    clock.jump(-50)
    await clock.settle()

    assert clock.utc() == 50.0
    assert heard == []


async def test_sleepers_wake_when_their_time_has_come() -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(clock.sleep(10))

    await clock.advance(9.9)
    assert not sleeper.done()
    await clock.advance(0.1)

    assert sleeper.done()


async def test_settling_ends_although_somebody_always_has_something_to_do() -> None:
    clock = VirtualClock()
    turns = 0

    async def spin() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    spinning = asyncio.create_task(spin())

    await clock.settle()

    assert VirtualClock.TURNS - 1 <= turns <= VirtualClock.TURNS
    spinning.cancel()


async def test_sleeping_for_no_time_lets_others_run() -> None:
    clock = VirtualClock()
    heard: list[int] = []
    asyncio.get_running_loop().call_soon(heard.append, 1)

    await clock.sleep(0)

    assert heard == [1]


async def test_a_cancelled_sleeper_leaves_no_timer_that_matters() -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(clock.sleep(10))
    await clock.settle()

    sleeper.cancel()
    await clock.advance(20)

    assert sleeper.cancelled()


class HastyClock(VirtualClock):
    """A clock whose timers run although they were cancelled: it was too late for that."""

    def __init__(self) -> None:
        super().__init__()
        self._callbacks: list[Callable[[], object]] = []

    @override
    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        self._callbacks.append(callback)
        return super().call_later(seconds, callback)

    def run_all(self) -> None:
        for callback in self._callbacks:
            callback()


async def test_a_timer_that_runs_just_after_a_cancellation_does_no_harm() -> None:
    clock = HastyClock()
    sleeper = asyncio.create_task(clock.sleep(10))
    await clock.settle()

    sleeper.cancel()
    await clock.settle()
    clock.run_all()

    assert sleeper.cancelled()


async def test_an_answer_in_time_is_returned() -> None:
    clock = VirtualClock()

    async def answer() -> str:
        await clock.sleep(3)
        return "yes"

    waiting = asyncio.create_task(clock.within(5, answer()))
    await clock.advance(4)

    assert waiting.result() == "yes"


async def test_no_answer_in_time_is_an_error_and_ends_the_asking() -> None:
    clock = VirtualClock()
    asked = asyncio.ensure_future(clock.sleep(100))
    waiting = asyncio.create_task(clock.within(5, asked))

    await clock.advance(5)

    assert isinstance(waiting.exception(), AnswerTimeoutError)
    assert asked.cancelled()


async def test_the_error_of_an_answer_comes_through() -> None:
    async def answer() -> None:
        raise KeyError("no")

    with pytest.raises(KeyError):
        await VirtualClock().within(5, answer())


async def test_who_is_cancelled_while_waiting_stays_cancelled() -> None:
    clock = VirtualClock()
    asked = asyncio.ensure_future(clock.sleep(100))
    waiting = asyncio.create_task(clock.within(5, asked))
    await clock.settle()

    waiting.cancel()
    await clock.settle()

    assert waiting.cancelled()
    assert asked.cancelled()


async def test_a_wait_that_is_cancelled_and_then_runs_late_is_not_a_timeout() -> None:
    clock = VirtualClock()

    async def stubborn() -> None:
        try:
            await clock.sleep(100)
        except asyncio.CancelledError:
            await clock.sleep(10)
            raise

    waiting = asyncio.create_task(clock.within(5, stubborn()))
    await clock.settle()
    waiting.cancel()
    await clock.advance(20)

    assert waiting.cancelled()


async def test_virtual_time_passes_in_the_smallest_steps_too() -> None:
    clock = VirtualClock(utc=1_300_000_000.0)
    before = clock.utc()

    for _ in range(1000):
        await clock.advance(1e-8)

    assert clock.utc() - before == pytest.approx(1e-5, abs=1e-6)
