"""A radio that is asked now and then, and has to answer."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.radio.watchdog import ASKS_EVERY, LONGEST_ANSWER, Watchdog


class Asked:
    """A radio that answers, breaks, or says nothing."""

    def __init__(self, clock: VirtualClock) -> None:
        self.questions = 0
        self.takes = 0.0  # seconds
        self.failure: Exception | None = None
        self.reasons: list[Exception] = []
        self._clock = clock

    async def answer(self) -> None:
        self.questions += 1
        await self._clock.sleep(self.takes)
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def radio(clock: VirtualClock) -> Asked:
    return Asked(clock)


@pytest.fixture(autouse=True)
async def watchdog(radio: Asked, clock: VirtualClock) -> AsyncIterator[Watchdog]:
    watchdog = Watchdog(radio.answer, (OSError,), radio.reasons.append, clock)
    await watchdog.start()
    yield watchdog
    await watchdog.stop()


async def test_a_radio_that_answers_in_time_is_asked_again(
    radio: Asked, clock: VirtualClock
) -> None:
    radio.takes = LONGEST_ANSWER - 1

    await clock.advance(3 * (ASKS_EVERY + LONGEST_ANSWER))

    assert radio.questions == 3
    assert radio.reasons == []


async def test_the_reason_is_always_said(radio: Asked, clock: VirtualClock) -> None:
    radio.failure = OSError()

    await clock.advance(ASKS_EVERY + 1)

    assert [str(reason) for reason in radio.reasons] == ["the radio does not answer: OSError()"]


async def test_a_radio_that_is_silent_is_lost_once(radio: Asked, clock: VirtualClock) -> None:
    radio.takes = LONGEST_ANSWER + 1

    await clock.advance(minutes=5)

    assert radio.questions == 1
    assert [str(reason) for reason in radio.reasons] == [
        "the radio does not answer: no answer within 5 s"
    ]


async def test_a_radio_that_breaks_is_lost_with_its_reason(
    radio: Asked, clock: VirtualClock
) -> None:
    radio.failure = OSError("the port is gone")

    await clock.advance(minutes=5)

    assert [str(reason) for reason in radio.reasons] == [
        "the radio does not answer: the port is gone"
    ]
    assert radio.reasons[0].__cause__ is radio.failure
