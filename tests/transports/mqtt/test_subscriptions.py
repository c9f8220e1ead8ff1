"""Who hears what, and what the broker refuses."""

import logging

import pytest

from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.subscriptions import Subscriptions


def test_a_filter_is_asked_for_once_however_many_want_it() -> None:
    subscriptions = Subscriptions()

    assert subscriptions.add("a/+", print)
    assert not subscriptions.add("a/+", repr)
    assert subscriptions.add("b", print)
    assert subscriptions.filters == ("a/+", "b")


def test_a_message_reaches_all_who_want_it_and_no_others() -> None:
    heard: list[str] = []
    subscriptions = Subscriptions()
    subscriptions.add("a/+", lambda message: heard.append(f"first {message.topic}"))
    subscriptions.add("a/+", lambda message: heard.append(f"second {message.topic}"))
    subscriptions.add("b", lambda message: heard.append(f"third {message.topic}"))

    subscriptions.deliver(Message("a/x", b""))

    assert heard == ["first a/x", "second a/x"]


def test_a_handler_that_fails_is_logged_and_the_next_one_hears(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[Message] = []

    def fail(_: Message) -> None:
        raise RuntimeError("broken handler")

    subscriptions = Subscriptions()
    subscriptions.add("a", fail)
    subscriptions.add("a", heard.append)

    subscriptions.deliver(Message("a", b"x"))

    assert heard == [Message("a", b"x")]
    assert "a message on a was not handled" in caplog.text
    assert "broken handler" in caplog.text


def test_a_refusal_is_said_once_until_it_is_granted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    subscriptions = Subscriptions()

    for refusals in (["Not authorized", None], ["Not authorized", None], [None, None]):
        subscriptions.asked(("a", "b"))
        subscriptions.answered(refusals)

    assert [record.getMessage() for record in caplog.records] == [
        "the broker refuses a to us: Not authorized"
    ]


def test_answers_belong_to_the_questions_of_the_same_link(caplog: pytest.LogCaptureFixture) -> None:
    subscriptions = Subscriptions()
    subscriptions.asked(("a",))

    subscriptions.none_asked()
    subscriptions.answered(["Not authorized"])

    assert caplog.text == ""
