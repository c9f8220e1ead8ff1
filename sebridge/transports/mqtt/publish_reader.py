"""A PUBLISH from its octets, as far as that is simple; the others are for paho. Pure.

Source: OASIS, MQTT Version 5.0 and 3.1.1, "PUBLISH".
"""

from typing import Final

from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.packets import variable_length

_RETAIN: Final = 0x01
_DUPLICATE: Final = 0x08
_MOST_QUALITY: Final = 1
_RESPONSE_TOPIC: Final = 0x08  # identifiers of properties
_CORRELATION_DATA: Final = 0x09
_MORE_FOLLOW: Final = 0x80  # in an octet of a variable byte integer
_FORBIDDEN: Final = ("\0", "\ufeff")  # in a text; the second is what paho does not take


def read_publish(first: int, body: bytes, *, properties: bool) -> Message | None:
    """Return the message in a packet; None where paho is to say what it is, or what is wrong.

    `first` is the octet in front of the length, `body` what is behind it; `properties` tells
    whether it is MQTT 5. Simple is what comes at QoS 0 or 1, on a topic that is text, and has no
    other properties than Response Topic and Correlation Data, each at most once.
    """
    quality = first >> 1 & 3
    start = 2 + int.from_bytes(body[:2], "big")
    try:
        topic = body[2:start].decode()
    except UnicodeDecodeError:
        return None
    if not topic or quality > _MOST_QUALITY:
        return None
    packet = None
    if quality:
        packet = int.from_bytes(body[start : start + 2], "big")
        if not packet:  # which no message has
            return None
        start += 2
    reply: tuple[str | None, bytes | None] | None = None, None
    if properties:
        length = variable_length(body, start)
        if length is None or body[length[1] - 1] >= _MORE_FOLLOW:
            return None
        end = length[1] + length[0]
        reply = _reply(body[length[1] : end])
        start = end
    if reply is None or start > len(body):
        return None
    return Message(
        topic,
        body[start:],
        bool(first & _RETAIN),
        reply[0],
        reply[1],
        packet,
        bool(first & _DUPLICATE),
    )


def _reply(properties: bytes) -> tuple[str | None, bytes | None] | None:
    """Return Response Topic and Correlation Data; None where there is something else."""
    topic = correlation = None
    position = 0
    while position < len(properties):
        identifier = properties[position]
        start = position + 3
        position = start + int.from_bytes(properties[position + 1 : start], "big")
        value = properties[start:position]
        if identifier == _RESPONSE_TOPIC and topic is None:
            topic = value
        elif identifier == _CORRELATION_DATA and correlation is None:
            correlation = value
        else:
            return None
    if position > len(properties):
        return None
    if topic is None:
        return None, correlation
    try:
        text = topic.decode()
    except UnicodeDecodeError:
        return None
    return None if any(sign in text for sign in _FORBIDDEN) else (text, correlation)
