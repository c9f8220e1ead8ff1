"""What arrives from the broker, and how much of it."""

from collections.abc import Callable, Iterable
from functools import lru_cache
import re
from typing import Final, Self

import msgspec

from sebridge.base.errors import DecodeError

MAX_PAYLOAD: Final = 1 << 20
"""Octets of a payload that are accepted. What is longer arrives cut, as `oversize`."""

MAX_PACKET: Final = 4 << 20
"""Octets of a packet that an MQTT 5 broker sends us: it keeps larger ones to itself, unanswered."""


class Message(msgspec.Struct, frozen=True, gc=False):
    """A message that a subscription brought.

    `response_topic` and `correlation` are MQTT 5's, as the sender wrote them. `retain` tells that
    the message was kept by the broker or is to be kept by it (MQTT 3.1.1 tells only the former).
    `packet` is the packet identifier (1 to 65,535) of a message at QoS 1, which the broker delivers
    again until it is acknowledged; `duplicate` tells that it may have been delivered before (DUP).
    """

    topic: str
    payload: bytes
    retain: bool = False
    response_topic: str | None = None
    correlation: bytes | None = None
    packet: int | None = None
    duplicate: bool = False

    @property
    def oversize(self) -> bool:
        """Tell whether the payload was longer than MAX_PAYLOAD; only its beginning is here."""
        return len(self.payload) > MAX_PAYLOAD


class Reply(msgspec.Struct, frozen=True):
    """Where the reply to a question goes, and what tells it from others (MQTT 5)."""

    topic: str
    correlation: bytes


_IMPOSSIBLE: Final = re.compile(r"[+#\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Wildcards, and what a broker may end a link for: control characters and those that are none."""

_MOST_LEVELS: Final = 100
"""mosquitto ends the link of whoever publishes to more than 200; no topic of ours comes near."""


_LEVEL: Final = "[^/]*"
_CACHED_FILTERS: Final = 256  # ours, of which there are some ten
_CACHED_TOPICS: Final = 256
"""Topics that are neither checked nor encoded anew: those of some tens of meters, and what is
streamed. To do it for each message costs less than to have them at hand for a thousand meters."""


@lru_cache(_CACHED_TOPICS)
def is_topic(text: str) -> bool:
    """Tell whether it can be published to without angering a broker.

    It is not empty, has no wildcard and no control character, at most 100 levels and 65,535 octets.
    """
    if not text or _IMPOSSIBLE.search(text) or text.count("/") >= _MOST_LEVELS:
        return False
    return len(text.encode()) <= 0xFFFF  # noqa: PLR2004  # a 16-bit length field


class Topic(str):
    """A topic that can be published to; making one of anything else raises DecodeError."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Return the topic, checked."""
        if not is_topic(text):
            raise DecodeError(f"{text!r} is no topic to publish to")
        return super().__new__(cls, text)


@lru_cache(_CACHED_TOPICS)
def topic_field(topic: str) -> bytes:
    """Return a topic as packets have it: behind its length, with at most 65,535 octets."""
    octets = topic.encode()
    return len(octets).to_bytes(2, "big") + octets


def is_filter(text: str) -> bool:
    """Tell whether it can be subscribed to: `+` is a whole level, `#` a whole one and the last."""
    *upper, last = text.split("/")
    names = [level for level in (*upper, last) if level != "+"]
    if last == "#":
        names.pop()
    return bool(text) and all(not level or is_topic(level) for level in names)


def matches(topic_filter: str, topic: str) -> bool:
    """Tell whether a subscription to the filter brings messages of the topic.

    `+` stands for one level, a final `#` for any number, none included; neither stands for a
    first level that begins with `$`.

    Source: OASIS, MQTT Version 5.0, "Topic Names and Topic Filters".
    """
    return _pattern(topic_filter).fullmatch(topic) is not None


def matches_any(topic_filters: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells of a topic whether subscriptions to these filters bring its messages."""
    one_of = "|".join(f"(?:{_text(topic_filter)})" for topic_filter in topic_filters)
    found = re.compile(one_of or r"(?!)", re.DOTALL).fullmatch
    return lambda topic: found(topic) is not None


@lru_cache(_CACHED_FILTERS)
def _pattern(topic_filter: str) -> re.Pattern[str]:
    return re.compile(_text(topic_filter), re.DOTALL)


def _text(topic_filter: str) -> str:
    *upper, last = topic_filter.split("/")
    if last != "#":
        upper.append(last)
    text = "/".join(_LEVEL if level == "+" else re.escape(level) for level in upper)
    if last == "#":
        text += "(/.*)?" if upper else ".*"
    return text if topic_filter[:1] not in {"+", "#"} else rf"(?!\$){text}"
