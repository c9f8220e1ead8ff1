"""The end of a turn: once, after all that came together."""

import asyncio
import logging

import pytest

from sebridge.base.turn import TURN


def test_what_is_for_the_end_waits_for_it_and_comes_in_order() -> None:
    heard: list[str] = []

    with TURN:
        TURN.at_end(lambda: heard.append("first"))
        TURN.at_end(lambda: heard.append("second"))
        heard.append("within")

    assert heard == ["within", "first", "second"]


def test_the_outermost_end_counts() -> None:
    heard: list[str] = []

    with TURN:
        with TURN:
            TURN.at_end(lambda: heard.append("end"))
        heard.append("still within")

    assert heard == ["still within", "end"]


def test_what_comes_up_at_the_end_is_done_too() -> None:
    heard: list[str] = []

    async def run() -> None:
        with TURN:
            TURN.at_end(lambda: TURN.at_end(lambda: heard.append("by the loop")))
        heard.append("after")
        await asyncio.sleep(0)

    asyncio.run(run())

    assert heard == ["after", "by the loop"]


def test_without_a_turn_it_is_the_event_loops_next() -> None:
    heard: list[str] = []

    async def run() -> None:
        TURN.at_end(lambda: heard.append("end"))
        heard.append("begun")
        await asyncio.sleep(0)
        heard.append("after")

    asyncio.run(run())

    assert heard == ["begun", "end", "after"]


def test_a_failure_keeps_nothing_else_from_its_end() -> None:
    heard: list[str] = []

    def fail() -> None:
        with TURN:
            TURN.at_end(lambda: heard.append("end"))
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert heard == ["end"]


def test_what_fails_at_the_end_is_told_and_the_next_is_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[str] = []

    def fail() -> None:
        raise LookupError("the reason")

    with caplog.at_level(logging.ERROR), TURN:
        TURN.at_end(fail)
        TURN.at_end(lambda: heard.append("next"))

    assert heard == ["next"]
    assert "the reason" in caplog.text
