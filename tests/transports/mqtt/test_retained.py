"""Which topics are kept, also across a restart."""

import pytest

from sebridge.transports.mqtt.retained import Retained


def test_a_payload_is_new_until_it_is_repeated() -> None:
    retained = Retained({})

    assert retained.keep("a/b", b"1")
    assert not retained.keep("a/b", b"1")
    assert retained.keep("a/b", b"2")
    assert retained.payload("a/b") == b"2"
    assert list(retained.topics) == ["a/b"]


def test_a_long_payload_comes_back_as_it_was() -> None:
    retained = Retained({})
    long = b"component " * 1000

    assert retained.keep("a/b", long)
    assert not retained.keep("a/b", long)
    assert retained.payload("a/b") == long
    assert retained.keep("a/b", long + b"!")
    assert retained.keep("a/b", b"short")
    assert retained.payload("a/b") == b"short"


def test_an_unknown_topic_is_empty() -> None:
    assert Retained({}).payload("a/b") == b""


def test_a_branch_has_itself_and_what_is_below_but_no_namesakes() -> None:
    retained = Retained({})
    for topic in ("device/1", "device/1/metering", "device/12", "device/1/a/b"):
        retained.keep(topic, b"x")

    assert retained.below("device/1") == ["device/1", "device/1/a/b", "device/1/metering"]


def test_a_branch_is_that_of_the_moment() -> None:
    retained = Retained({"device/1/a": True, "device/1!": True, "device/10": True})
    before = retained.below("device/1")

    retained.keep("device/1/b", b"x")
    with_another = retained.below("device/1")
    retained.keep("device/1/a", b"")
    emptied = retained.below("device/1")
    retained.emptied("device/1/a")
    gone = retained.below("device/1")
    retained.keep("device/1/a", b"x")

    assert before == ["device/1/a"]
    assert with_another == retained.below("device/1") == ["device/1/a", "device/1/b"]
    assert emptied == gone == ["device/1/b"]


def test_names_of_an_earlier_run_are_in_their_branch() -> None:
    names: dict[str, bool] = {}
    Retained(names).keep("device/1", b"x")

    after = Retained(names)

    assert after.below("device") == ["device/1"]
    assert list(after.topics) == []


def test_a_topic_that_was_being_emptied_is_still_to_be_emptied_after_a_restart() -> None:
    names: dict[str, bool] = {}
    before = Retained(names)
    before.keep("device/1", b"x")
    before.keep("device/1", b"")

    after = Retained(names)

    assert list(after.topics) == ["device/1"]
    assert after.payload("device/1") == b""
    assert after.below("device") == []


def test_an_emptied_topic_is_forgotten() -> None:
    names: dict[str, bool] = {}
    retained = Retained(names)
    retained.keep("device/1", b"")

    retained.emptied("device/1")

    assert names == {}
    assert list(retained.topics) == []


def test_the_last_topics_that_were_emptied_are_to_be_repeated_and_no_more_of_them() -> None:
    retained = Retained({})
    retained.keep("kept", b"x")
    for number in range(1_200):
        retained.keep(f"device/{number}", b"x")
        retained.keep(f"device/{number}", b"")
        retained.emptied(f"device/{number}")
    retained.keep("device/1199", b"back")

    repeated = retained.to_be_repeated()

    assert repeated == ["kept", "device/1199", *(f"device/{n}" for n in range(200, 1_199))]


def test_a_topic_that_came_back_meanwhile_is_not_forgotten() -> None:
    names: dict[str, bool] = {}
    retained = Retained(names)
    retained.keep("device/1", b"")
    retained.keep("device/1", b"back")

    retained.emptied("device/1")

    assert names == {"device/1": True}
    assert retained.payload("device/1") == b"back"


@pytest.mark.parametrize("topic", ["", "a/#", "a/+/b", "a\0"])
def test_an_impossible_topic_is_refused(topic: str) -> None:
    names: dict[str, bool] = {}

    with pytest.raises(ValueError, match="no topic"):
        Retained(names).keep(topic, b"x")

    assert names == {}
