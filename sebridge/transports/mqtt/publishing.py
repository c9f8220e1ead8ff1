"""PUBLISH at QoS 1 and its PUBACK as octets: all that an MQTT client does often.

paho does everything else on the link. It needs some 40 µs for a message and its acknowledgement,
most of it for objects that nobody looks at, and a report of a meter makes five messages.

Source: OASIS, MQTT Version 5.0 and 3.1.1, "PUBLISH" and "PUBACK".
"""

from typing import Final, NamedTuple

from sebridge.transports.mqtt.cutter import encoded_length

PUBACK: Final = 0x40
"""The first octet of a PUBACK."""

_PUBLISH_QOS_1: Final = 0x32
_RETAIN: Final = 0x01
_LONGEST_PUBACK: Final = 0x7F  # octets behind its length; there may be a reason in words
_CORRELATION_DATA: Final = 0x09  # identifier of the property
_REFUSALS: Final = 0x80  # reason codes from here on


class Acknowledgement(NamedTuple):
    """The broker's answer to a message. `reason` is 0 or MQTT 5's reason code."""

    packet: int
    reason: int

    @property
    def refused(self) -> bool:
        """Whether the broker would not have the message."""
        return self.reason >= _REFUSALS


def properties_of(correlation: bytes | None) -> bytes:
    """Return the properties of a PUBLISH in MQTT 5."""
    if correlation is None:
        return b"\0"
    data = bytes((_CORRELATION_DATA,)) + len(correlation).to_bytes(2, "big") + correlation
    return encoded_length(len(data)) + data


def publish_packet(
    topic: bytes, payload: bytes, packet: int, properties: bytes, *, retain: bool
) -> bytes:
    """Return the octets of a PUBLISH at QoS 1; `properties` are empty for MQTT 3.1.1."""
    length = len(topic) + len(payload) + len(properties) + 4
    return b"%c%b%b%b%b%b%b" % (
        _PUBLISH_QOS_1 | _RETAIN if retain else _PUBLISH_QOS_1,
        encoded_length(length),
        len(topic).to_bytes(2, "big"),
        topic,
        packet.to_bytes(2, "big"),
        properties,
        payload,
    )


def acknowledgements(data: bytes) -> tuple[list[Acknowledgement], int]:
    """Read the PUBACKs with which the octets begin; return them, and where what follows begins.

    What is cut off, or is none as it should be, is left to whoever reads what follows.
    """
    found: list[Acknowledgement] = []
    position, end = 0, len(data)
    while position + 4 <= end and data[position] == PUBACK:
        size = data[position + 1]
        if not 2 <= size <= _LONGEST_PUBACK or position + 2 + size > end:  # noqa: PLR2004  # an identifier
            break
        reason = data[position + 4] if size > 2 else 0  # noqa: PLR2004  # the same
        packet = data[position + 2] << 8 | data[position + 3]
        found.append(Acknowledgement(packet, reason))
        position += 2 + size
    return found, position
