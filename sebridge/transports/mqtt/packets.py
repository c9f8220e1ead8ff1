"""MQTT packets as octets: what paho must never see whole, and what is in those that it is spared.

Source: OASIS, MQTT Version 5.0 and 3.1.1.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from sebridge.transports.mqtt.messages import MAX_PAYLOAD

_LONGEST_HEADER: Final = 1 << 18  # octets of topic, packet identifier and properties
_KEPT: Final = MAX_PAYLOAD + _LONGEST_HEADER
_PUBLISH: Final = 3
_PUBACK: Final = 0x40
_SHORTEST_PUBACK: Final = 4  # octets
_PUBACK_SIZES: Final = range(2, 0x80)  # octets behind the length; there may be a reason in words
_LONGEST_LENGTH: Final = 4  # octets of a variable byte integer
_MESSAGE_EXPIRY: Final = 0x02  # identifiers of properties
_CORRELATION_DATA: Final = 0x09


def variable_length(octets: bytes | bytearray, start: int) -> tuple[int, int] | None:
    """Return a variable byte integer and where it ends; None when the octets end before it.

    One of more than four octets, which is not allowed, is read as its first four.

    Source: OASIS, MQTT Version 5.0, "Variable Byte Integer".
    """
    value = 0
    for index in range(_LONGEST_LENGTH):
        if start + index >= len(octets):
            return None
        octet = octets[start + index]
        value |= (octet & 0x7F) << (7 * index)
        if octet < 0x80:  # noqa: PLR2004  # the bit that says more octets follow
            break
    return value, start + index + 1


@lru_cache(maxsize=1024)  # nearly all packets are of a few hundred lengths
def encoded_length(value: int) -> bytes:
    """Return a number of 0 to 268,435,455 as a variable byte integer."""
    octets = bytearray()
    while value > 0x7F:  # noqa: PLR2004  # seven bits in each octet
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    octets.append(value)
    return bytes(octets)


class InboundPacketFilter:
    """Let packets through as they come; shorten a PUBLISH which is far too long.

    Such a one keeps its topic, identifier and properties and a little more than MAX_PAYLOAD octets
    of its payload, so that it can be acknowledged and answered without ever being in memory. Should
    its properties be too long to be true, they are left out and the payload is blank.

    With `acknowledged`, each PUBACK is taken out and told by its identifier and reason code. With
    `published`, so is a PUBLISH that is whole and behind nothing that goes on; `published` tells
    by its first octet and what is behind its length, and says whether it was taken.
    """

    def __init__(
        self,
        *,
        properties: bool,
        acknowledged: Callable[[int, int], object] | None = None,
        published: Callable[[int, bytes], bool] | None = None,
    ) -> None:
        """Begin before the first packet; `properties` tells whether it is MQTT 5."""
        self._properties = properties
        self._acknowledged = acknowledged
        self._published = published
        self._held = bytearray()  # the beginning of a packet that is not decided yet
        self._through = 0  # octets of the present packet that go through as they are
        self._away = 0  # octets of the present packet that are thrown away

    def feed(self, data: bytes) -> bytes:
        """Return what goes on, of what has come."""
        if self._held:
            data = bytes(self._held) + data
            self._held.clear()
        position = min(self._away, len(data))
        self._away -= position
        kept = bytearray()
        while position < len(data):
            if self._through == 0:
                position = self._take_out(data, position, may_publish=not kept)
                if position == len(data):
                    break
            taken, part = self._next(data, position)
            if taken == 0:
                self._held += memoryview(data)[position:]
                break
            kept += part
            position += taken
        return bytes(kept)

    def _next(self, data: bytes, position: int) -> tuple[int, bytes | memoryview]:
        """Return how many octets were dealt with, 0 when more are needed, and what goes on."""
        if self._through == 0:
            length = variable_length(data, position + 1)
            if length is None:
                return 0, b""
            size, start = length
            if data[position] == _PUBACK and self._acknowledged and size in _PUBACK_SIZES:
                return 0, b""  # it is not whole yet
            if data[position] >> 4 == _PUBLISH and size > _KEPT:
                return self._cut(data, position, start, size)
            self._through = start - position + size
        step = min(self._through, len(data) - position)
        self._through -= step
        return step, memoryview(data)[position : position + step]

    def _take_out(self, data: bytes, position: int, *, may_publish: bool) -> int:
        """Tell of the packets that begin here and are taken out; return where the next begins."""
        end = len(data)
        while position + _SHORTEST_PUBACK <= end:
            if data[position] == _PUBACK:
                after = self._take_acknowledgement(data, position)
            elif may_publish and data[position] >> 4 == _PUBLISH:
                after = self._take_publish(data, position)
            else:
                break
            if after == position:
                break
            position = after
        return position

    def _take_acknowledgement(self, data: bytes, position: int) -> int:
        size = data[position + 1]
        after = position + 2 + size
        if self._acknowledged is None or size not in _PUBACK_SIZES or after > len(data):
            return position
        reason = data[position + 4] if size > _PUBACK_SIZES.start else 0
        self._acknowledged(data[position + 2] << 8 | data[position + 3], reason)
        return after

    def _take_publish(self, data: bytes, position: int) -> int:
        length = variable_length(data, position + 1)
        if self._published is None or length is None:
            return position
        size, start = length
        after = start + size
        if size > _KEPT or after > len(data):
            return position
        return after if self._published(data[position], data[start:after]) else position

    def _cut(self, data: bytes, position: int, start: int, size: int) -> tuple[int, bytes]:
        available = len(data) - start
        if available < _KEPT:
            return 0, b""
        body = data[start : start + _KEPT]
        if self._header_length(body, quality=data[position] >> 1 & 3) > _LONGEST_HEADER:
            after_topic = 2 + int.from_bytes(body[:2], "big")
            if data[position] >> 1 & 3:
                after_topic += 2
            body = body[:after_topic] + b"\0" + bytes(MAX_PAYLOAD + 1)
        taken = min(size, available)
        self._away = size - taken
        return start - position + taken, data[position : position + 1] + encoded_length(
            len(body)
        ) + body

    def _header_length(self, body: bytes, *, quality: int) -> int:
        length = 2 + int.from_bytes(body[:2], "big") + (2 if quality else 0)
        if self._properties and (properties := variable_length(body, length)) is not None:
            length = properties[1] + properties[0]
        return length


@lru_cache(maxsize=256)  # topics have one of few
def lifetime_properties(lifetime: int) -> bytes:
    """Return the properties of a PUBLISH that the broker forgets after so many seconds."""
    return publish_properties(None, lifetime)


def publish_properties(correlation: bytes | None, lifetime: int | None) -> bytes:
    """Return the properties of a PUBLISH in MQTT 5: Correlation Data, and Message Expiry in s."""
    data = b""
    if lifetime is not None:
        data += bytes((_MESSAGE_EXPIRY,)) + lifetime.to_bytes(4, "big")
    if correlation is not None:
        data += bytes((_CORRELATION_DATA,)) + len(correlation).to_bytes(2, "big") + correlation
    return encoded_length(len(data)) + data
