"""What is logged, as plain values for a sink."""

import asyncio
import logging
import threading

import pytest

from sebridge.app.logs import LogForwarding, LogStream
from sebridge.base.secret import Secret

_LOGGER = logging.getLogger("sebridge.test")


def _record(message: str, *arguments: object, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("sebridge.radio", level, __file__, 1, message, arguments, None)


def test_a_record_becomes_plain_values() -> None:
    heard: list[dict[str, object]] = []
    record = _record("the radio is %s", "lost")

    LogStream(heard.append).emit(record)

    assert heard == [
        {
            "time": round(record.created, 3),
            "level": "warning",
            "name": "sebridge.radio",
            "message": "the radio is lost",
        }
    ]


def test_secrets_are_asterisks() -> None:
    heard: list[dict[str, object]] = []

    LogStream(heard.append).emit(_record("key %s %r", Secret(b"k" * 16), [Secret(b"k" * 16)]))

    assert heard[0]["message"] == "key ******** [********]"


def test_what_is_logged_while_sending_does_not_go_round_in_circles() -> None:
    heard: list[object] = []

    def sink(values: dict[str, object]) -> None:
        heard.append(values)
        stream.emit(_record("sent"))

    stream = LogStream(sink)
    stream.emit(_record("one"))
    stream.emit(_record("two"))

    assert len(heard) == 2


def test_a_malformed_log_call_does_not_break_its_caller(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", True)

    LogStream(lambda _: None).emit(_record("%d", "text"))

    assert "Logging error" in capsys.readouterr().err


async def test_the_log_is_forwarded_from_start_to_stop() -> None:
    heard: list[dict[str, object]] = []
    forwarding = LogForwarding(heard.append)
    before = list(logging.getLogger().handlers)

    _LOGGER.warning("before")
    await forwarding.start()
    _LOGGER.warning("during")
    _LOGGER.debug("a frame")
    await forwarding.stop()
    _LOGGER.warning("after")

    assert [values["message"] for values in heard] == ["during"]
    assert logging.getLogger().handlers == before


async def test_other_threads_log_through_the_loop() -> None:
    threads: list[int] = []
    forwarding = LogForwarding(lambda _: threads.append(threading.get_ident()))
    await forwarding.start()

    await asyncio.to_thread(_LOGGER.warning, "from a thread")
    await asyncio.sleep(0)

    await forwarding.stop()
    assert threads == [threading.get_ident()]


def test_what_could_be_a_key_is_masked_on_the_topic_too() -> None:
    heard: list[dict[str, object]] = []

    LogStream(heard.append).emit(_record("no method %s", "5a6967426565416c6c69616e63653039"))

    assert heard[0]["message"] == "no method ********"
