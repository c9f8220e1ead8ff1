"""The log on its topic: for the broker, and for who looks at it on a page."""

import json
import logging
from typing import Any

import pytest

from sebridge.app.log_memory import LogMemory
from sebridge.app.logs import LogTopic, PublishedAndRecorded
from sebridge.base.clock import VirtualClock
from sebridge.base.secret import Secret
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.radio.heard import Heard
from sebridge.transports.mqtt.topics import Topics
from tests.doubles import RecordingBroker

_TOPICS = Topics("sebridge", "home")
_TOPIC = _TOPICS.log


@pytest.fixture
def memory(clock: VirtualClock) -> LogMemory:
    return LogMemory(clock)


def record(message: str, *arguments: object, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("sebridge.radio", level, __file__, 1, message, arguments, None)


def test_a_record_is_published_without_what_could_be_a_key(memory: LogMemory) -> None:
    broker = RecordingBroker()
    memory.follow(LogTopic(broker, _TOPIC).publish)
    first = record("key %s %r", Secret(b"k" * 16), "5a6967426565416c6c69616e63653039")
    memory.keep(first)
    memory.keep(record("a frame", level=logging.DEBUG))

    [(topic, payload)] = broker.history
    assert (topic, json.loads(payload)) == (
        _TOPIC,
        {
            "number": 1,
            "time": round(first.created, 3),
            "level": "warning",
            "name": "sebridge.radio",
            "message": "key ******** '********'",
        },
    )
    assert broker.retained == {}


def test_what_is_logged_while_publishing_does_not_go_round_in_circles(memory: LogMemory) -> None:
    broker = RecordingBroker()
    memory.follow(LogTopic(broker, _TOPIC).publish)
    broker.follow(lambda *_, **_how: memory.keep(record("sent")))

    memory.keep(record("one"))
    memory.keep(record("two"))

    assert [json.loads(payload)["message"] for _, payload in broker.history] == ["one", "two"]


def test_a_page_hears_each_record_once_whether_the_broker_has_it_or_not(memory: LogMemory) -> None:
    broker = RecordingBroker()
    heard: list[tuple[str, Any, bool]] = []
    both = PublishedAndRecorded(broker, memory, FrameRecorder(VirtualClock()), _TOPICS)
    unfollow = both.follow(
        lambda topic, payload, *, is_kept: heard.append((topic, json.loads(payload), is_kept))
    )
    memory.keep(record("a frame", level=logging.DEBUG))
    memory.follow(LogTopic(broker, _TOPIC).publish)
    memory.keep(record("one"))
    broker.publish("sebridge/home/info", b"1", retain=True)
    unfollow()
    memory.keep(record("two"))
    broker.publish("sebridge/home/info", b"2", retain=True)

    assert [(topic, kept) for topic, _, kept in heard] == [
        (_TOPIC, False),
        (_TOPIC, False),
        ("sebridge/home/info", True),
    ]
    assert [told["message"] for _, told, _ in heard[:2]] == ["a frame", "one"]
    assert both.payload_on("sebridge/home/info") == b"2"
    assert both.kept_below("sebridge/home") == ("sebridge/home/info", "sebridge/home/frames")


def test_a_page_hears_how_far_the_frames_are(memory: LogMemory, clock: VirtualClock) -> None:
    recorder, heard = FrameRecorder(clock), list[tuple[str, bool]]()
    published = PublishedAndRecorded(RecordingBroker(), memory, recorder, _TOPICS)
    unfollow = published.follow(lambda topic, _payload, *, is_kept: heard.append((topic, is_kept)))
    frame = Heard(1, 0x0109, 0x0702, 9, 0x5E, b"\x18", encrypted=True)
    recorder.record(None)
    recorder.heard(None, 1, frame)
    recorder.heard(None, 1, frame)
    unfollow()
    recorder.heard(None, 1, frame)

    assert heard == [("sebridge/home/frames", True)] * 2
    assert published.kept_below("sebridge/home") == ("sebridge/home/frames",)
    assert json.loads(published.payload_on("sebridge/home/frames")) == {"last_number": 3}
