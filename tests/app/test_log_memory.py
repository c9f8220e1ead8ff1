"""The last records of the log: all of the last minutes, warnings however old they are."""

import asyncio
import logging
import sys
import threading

import pytest

from sebridge.app.log_memory import LONGEST, MOST_GRAVE, MOST_RECENT, LogMemory, level_word
from sebridge.base.clock import VirtualClock
from sebridge.model.values import ABSENT

_LOGGER = logging.getLogger("sebridge.test")


@pytest.fixture
def memory(clock: VirtualClock) -> LogMemory:
    return LogMemory(clock)


def record(message: str, *arguments: object, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("sebridge.radio", level, __file__, 1, message, arguments, None)


async def test_what_is_logged_from_start_to_stop_is_kept(memory: LogMemory) -> None:
    _LOGGER.warning("before")
    await memory.start()
    _LOGGER.warning("during")
    await asyncio.to_thread(_LOGGER.debug, "from a thread")
    await memory.stop()
    _LOGGER.warning("after")

    kept = [
        (line.number, line.level, line.name, line.message)
        for line in memory.lines()
        if line.name == "sebridge.test"
    ]

    assert [one[1:] for one in kept] == [
        ("warning", "sebridge.test", "during"),
        ("debug", "sebridge.test", "from a thread"),
    ]
    assert kept[0][0] < kept[1][0] <= memory.newest


async def test_who_follows_is_told_in_the_loop_whichever_thread_logs(memory: LogMemory) -> None:
    told: list[tuple[str, bool]] = []
    await memory.start()
    unfollow = memory.follow(
        lambda line: told.append(
            (line.message, threading.current_thread() is threading.main_thread())
        )
    )
    _LOGGER.warning("one")
    await asyncio.to_thread(_LOGGER.warning, "from a thread")
    await asyncio.sleep(0)
    unfollow()
    _LOGGER.warning("nobody follows")
    await memory.stop()

    assert told == [("one", True), ("from a thread", True)]


async def test_after_a_quarter_of_an_hour_only_what_is_grave_is_left(
    memory: LogMemory, clock: VirtualClock
) -> None:
    memory.keep(record("grave", level=logging.ERROR))
    memory.keep(record("plain"))
    await clock.advance(LONGEST)
    before = [line.message for line in memory.lines()]
    await clock.advance(1)

    assert before == ["grave", "plain"]
    assert [line.message for line in memory.lines()] == ["grave"]


def test_there_is_room_for_so_many_and_a_flood_does_not_carry_warnings_away(
    memory: LogMemory,
) -> None:
    for number in range(MOST_GRAVE + 1):
        memory.keep(record("grave %d", number, level=logging.WARNING))
    for number in range(MOST_RECENT + 1):
        memory.keep(record("plain %d", number))

    lines = memory.lines()

    assert len(lines) == MOST_GRAVE + MOST_RECENT
    assert (lines[0].message, lines[-1].message) == ("grave 1", f"plain {MOST_RECENT}")
    assert lines[-1].number == memory.newest == MOST_GRAVE + MOST_RECENT + 2


def test_a_trace_is_kept_and_nothing_that_could_be_a_key(memory: LogMemory) -> None:
    key = "5a6967426565416c6c69616e63653039"
    try:
        int(key)
    except ValueError:
        failed = logging.LogRecord("x", logging.ERROR, "", 1, "key %s", (key,), sys.exc_info())
    memory.keep(failed)

    [line] = memory.lines()

    assert line.message == "key ********"
    assert line.trace is not ABSENT
    assert line.trace.endswith("with base 10: '********'")


def test_a_record_has_an_end(memory: LogMemory) -> None:
    memory.keep(record("long " * 1000))

    assert len(memory.lines()[0].message) == 1000


async def test_a_malformed_log_call_does_not_break_its_caller(
    memory: LogMemory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", True)
    before = list(logging.getLogger().handlers)
    await memory.start()

    [ours] = [one for one in logging.getLogger().handlers if one not in before]
    ours.handle(record("%d", "text"))

    await memory.stop()
    assert "Logging error" in capsys.readouterr().err
    assert memory.lines() == []


def test_every_level_has_a_word() -> None:
    assert [level_word(number) for number in (0, 10, 20, 25, 30, 40, 50)] == [
        *("debug", "debug", "info", "info", "warning", "error", "critical"),
    ]
