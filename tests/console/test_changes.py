"""What a page still has to hear: bounded, and the newest wins."""

import pytest

from sebridge.base.errors import LimitError, ParameterError
from sebridge.console.changes import Changes
from sebridge.console.protocol import Change

ROOT = "sebridge/home"


class Topics:
    """What topics hold, and a page that hears of it."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.page = Changes(ROOT, lambda topic: self.held.get(topic, b""))

    def subscribe(self, *filters: str) -> None:
        self.page.subscribe(filters, self.held)

    def keep(self, topic: str, payload: bytes) -> bool:
        self.held[f"{ROOT}/{topic}"] = payload
        return self.page.note(f"{ROOT}/{topic}", payload, is_kept=True)

    def say(self, topic: str, payload: bytes) -> bool:
        return self.page.note(f"{ROOT}/{topic}", payload, is_kept=False)

    def told(self) -> list[tuple[str, bytes]]:
        told = []
        while self.page:
            told += [(change.topic, change.payload) for change in self.page.take()]
        return told


@pytest.fixture
def topics() -> Topics:
    return Topics()


def test_who_subscribes_hears_what_topics_hold_and_then_each_change(topics: Topics) -> None:
    topics.keep("info", b"1")
    topics.keep("health", b"2")

    topics.subscribe("info")
    first = topics.told()
    topics.keep("info", b"3")

    assert (first, topics.told()) == ([("info", b"1")], [("info", b"3")])


def test_of_what_a_topic_holds_the_newest_wins(topics: Topics) -> None:
    topics.subscribe("device/#")
    for number in range(1000):
        topics.keep("device/a", b"%d" % number)

    assert topics.told() == [("device/a", b"999")]


def test_what_is_emptied_is_told_as_nothing(topics: Topics) -> None:
    topics.subscribe("+")
    topics.keep("info", b"")

    assert topics.told() == [("info", b"")]


def test_what_is_streamed_comes_in_order_and_what_is_too_much_is_counted(topics: Topics) -> None:
    topics.subscribe("notification/#")
    for number in range(2_003):
        topics.say("notification/a", b"%d" % number)

    told = topics.told()

    assert (len(told), told[0], told[-1]) == (
        2_000,
        ("notification/a", b"3"),
        ("notification/a", b"2002"),
    )
    assert topics.page.lost == 3


def test_what_nobody_wants_is_not_told(topics: Topics) -> None:
    topics.subscribe("info")

    assert not topics.keep("infos", b"1")
    assert not topics.say("log", b"1")
    assert not topics.page.note("homeassistant/info", b"1", is_kept=True)
    assert topics.told() == []


def test_who_unsubscribes_hears_no_more_not_even_what_waits(topics: Topics) -> None:
    topics.subscribe("info", "log", "health")
    topics.keep("info", b"1")
    topics.keep("health", b"1")
    topics.say("log", b"1")
    topics.page.unsubscribe(["info", "log", "never"])

    assert topics.told() == [("health", b"1")]
    assert not topics.keep("info", b"2")


def test_what_is_much_is_told_in_parts(topics: Topics) -> None:
    topics.subscribe("#")
    for number in range(10):
        topics.keep(f"device/{number}", bytes(30_000))

    assert [len(topics.page.take()) for _ in range(4)] == [3, 3, 3, 1]


@pytest.mark.parametrize("wrong", ["", "a/#/b", "a+", "a\0", "x" * 257])
def test_what_is_no_filter_is_refused(topics: Topics, wrong: str) -> None:
    with pytest.raises(ParameterError, match=r"topics\[1\]"):
        topics.subscribe("info", wrong)


def test_filters_are_bounded(topics: Topics) -> None:
    topics.subscribe(*(f"a/{number}" for number in range(64)))
    topics.subscribe("a/1")

    with pytest.raises(LimitError):
        topics.subscribe("b")
    assert topics.page.note(f"{ROOT}/a/63", b"1", is_kept=False)


def test_a_change_says_whether_a_topic_holds_it(topics: Topics) -> None:
    topics.subscribe("#")
    topics.say("log", b"1")
    topics.keep("info", b"2")

    assert topics.page.take() == [
        Change("log", b"1", is_kept=False),
        Change("info", b"2", is_kept=True),
    ]
