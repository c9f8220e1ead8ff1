"""PUBLISH packets, as paho reads and writes them too."""

from hypothesis import given, strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
import pytest

from sebridge.transports.mqtt.packets import properties_of, publish_packet, variable_length


@pytest.mark.parametrize(
    ("retain", "properties", "octets"),
    [
        (False, b"", "32 06 0001 61 0102 7b"),  # PUBLISH, 6 octets, topic a, identifier, payload
        (True, b"", "33 06 0001 61 0102 7b"),
        (True, b"\0", "33 07 0001 61 0102 00 7b"),  # MQTT 5: no properties
        (False, properties_of(b"cd"), "32 0c 0001 61 0102 05 09 0002 6364 7b"),
    ],
)
def test_a_packet_is_written_field_by_field(
    retain: bool,  # noqa: FBT001  # a column of the table
    properties: bytes,
    octets: str,
) -> None:
    packet = publish_packet(b"a", b"{", 0x0102, properties, retain=retain)

    assert packet == bytes.fromhex(octets)


def test_properties_are_those_that_paho_writes() -> None:
    properties = Properties(PacketTypes.PUBLISH)
    properties.CorrelationData = b"x" * 200

    assert properties_of(b"x" * 200) == properties.pack()
    assert properties_of(None) == Properties(PacketTypes.PUBLISH).pack()


@given(st.text(max_size=20), st.binary(max_size=20_000), st.integers(1, 0xFFFF))
def test_a_packet_says_how_long_it_is(topic: str, payload: bytes, identifier: int) -> None:
    octets = topic.encode()

    packet = publish_packet(octets, payload, identifier, b"\0", retain=True)

    length = variable_length(packet, 1)
    assert length is not None
    size, start = length
    assert len(packet) == start + size
    assert packet[start + 2 : start + 2 + len(octets)] == octets
    assert packet.endswith(identifier.to_bytes(2, "big") + b"\0" + payload)
