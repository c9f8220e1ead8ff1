"""What arrives: sizes, topics, filters."""

from hypothesis import given, strategies as st
from paho.mqtt.client import topic_matches_sub
import pytest

from sebridge.transports.mqtt.messages import MAX_PAYLOAD, Message, is_filter, is_topic, matches


def test_a_payload_of_the_greatest_size_is_not_oversize() -> None:
    assert not Message("a", bytes(MAX_PAYLOAD)).oversize
    assert Message("a", bytes(MAX_PAYLOAD + 1)).oversize


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("sebridge/home/availability", True),
        ("ä/ö", True),
        ("", False),
        ("a/+/b", False),
        ("a/#", False),
        ("a\0b", False),
        ("a" * 65_535, True),
        ("a" * 65_536, False),
        ("ä" * 40_000, False),
        ("\ud800", False),
    ],
)
def test_a_topic_to_publish_to_has_no_wildcards(text: str, *, possible: bool) -> None:
    assert is_topic(text) is possible


@pytest.mark.parametrize(
    ("topic_filter", "topic", "matched"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+/c", "a/b/c", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("#", "a", True),
        ("#", "$SYS/broker", False),
        ("+/broker", "$SYS/broker", False),
        ("$SYS/#", "$SYS/broker", True),
        ("a/+", "a/", True),
    ],
)
def test_a_filter_matches_as_the_standard_says(
    topic_filter: str, topic: str, *, matched: bool
) -> None:
    assert matches(topic_filter, topic) is matched


LEVELS = st.lists(st.sampled_from(["", "a", "b", "$a"]), min_size=1, max_size=4).map("/".join)
FILTERS = st.tuples(
    st.lists(st.sampled_from(["", "a", "b", "+", "$a"]), min_size=1, max_size=4).map("/".join),
    st.sampled_from(["", "/#"]),
).map("".join)


@given(FILTERS, LEVELS)
def test_a_filter_matches_as_paho_thinks_it_does(topic_filter: str, topic: str) -> None:
    if topic and topic_filter:
        assert matches(topic_filter, topic) == topic_matches_sub(topic_filter, topic)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("#", True),
        ("+", True),
        ("a/+/b", True),
        ("a/#", True),
        ("a//b", True),
        ("", False),
        ("a#", False),
        ("#/a", False),
        ("a/b+", False),
        ("a/\0", False),
    ],
)
def test_a_filter_has_wildcards_only_as_whole_levels(text: str, *, right: bool) -> None:
    assert is_filter(text) == right
