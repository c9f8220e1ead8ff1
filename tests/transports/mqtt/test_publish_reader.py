"""A PUBLISH is read as it was written; what is not simple, or is wrong, is left to paho."""

from hypothesis import given, strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
import pytest

from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.publish_reader import read_publish

TEXTS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\ufeff"), max_size=200
)


def field(octets: bytes) -> bytes:
    return len(octets).to_bytes(2, "big") + octets


def written_by_paho(topic: str | None, correlation: bytes | None) -> bytes:
    properties = Properties(PacketTypes.PUBLISH)
    if topic is not None:
        properties.ResponseTopic = topic
    if correlation is not None:
        properties.CorrelationData = correlation
    return bytes(properties.pack())


@given(
    topic=TEXTS.filter(bool),
    payload=st.binary(max_size=50),
    packet=st.none() | st.integers(1, 0xFFFF),
    response_topic=st.none() | TEXTS,
    correlation=st.none() | st.binary(max_size=200),
    retain=st.booleans(),
    duplicate=st.booleans(),
)
def test_what_paho_writes_is_read(
    topic: str,
    payload: bytes,
    packet: int | None,
    response_topic: str | None,
    correlation: bytes | None,
    *,
    retain: bool,
    duplicate: bool,
) -> None:
    first = 0x30 | retain | duplicate << 3 | (0 if packet is None else 2)
    identifier = b"" if packet is None else packet.to_bytes(2, "big")
    head = field(topic.encode()) + identifier
    properties = written_by_paho(response_topic, correlation)

    assert read_publish(first, head + properties + payload, properties=True) == Message(
        topic, payload, retain, response_topic, correlation, packet, duplicate
    )
    assert read_publish(first, head + payload, properties=False) == Message(
        topic, payload, retain, None, None, packet, duplicate
    )


@pytest.mark.parametrize(
    ("first", "body"),
    [
        pytest.param(0x34, "0001 61 0001 00", id="QoS 2"),
        pytest.param(0x36, "0001 61 0001 00", id="QoS 3"),
        pytest.param(0x30, "", id="nothing"),
        pytest.param(0x30, "0000 00", id="no topic"),
        pytest.param(0x30, "0001 ff 00", id="a topic that is no UTF-8"),
        pytest.param(0x30, "0005 61", id="a topic that is longer than the packet"),
        pytest.param(0x32, "0001 61 0000 00", id="no packet identifier"),
        pytest.param(0x32, "0001 61 00", id="half an identifier"),
        pytest.param(0x30, "0001 61", id="no properties"),
        pytest.param(0x30, "0001 61 80808080 00", id="a length of five octets"),
        pytest.param(0x30, "0001 61 05 09 0001 61", id="properties beyond the packet"),
        pytest.param(0x30, "0001 61 04 09 0002 61 62", id="a value beyond the properties"),
        pytest.param(0x30, "0001 61 02 01 01", id="another property"),
        pytest.param(0x30, "0001 61 03 23 0001", id="an alias"),
        pytest.param(0x30, "0001 61 08 09 0001 61 09 0001 62", id="two correlations"),
        pytest.param(0x30, "0001 61 08 08 0001 61 08 0001 62", id="two response topics"),
        pytest.param(0x30, "0001 61 04 08 0001 ff", id="a response topic that is no UTF-8"),
        pytest.param(0x30, "0001 61 04 08 0001 00", id="a response topic with U+0000"),
        pytest.param(0x30, "0001 61 06 08 0003 efbbbf", id="a response topic with U+FEFF"),
    ],
)
def test_what_is_not_simple_or_wrong_is_left_to_paho(first: int, body: str) -> None:
    assert read_publish(first, bytes.fromhex(body), properties=True) is None


def test_without_properties_a_packet_may_end_too_early() -> None:
    assert read_publish(0x32, bytes.fromhex("0001 61 00"), properties=False) is None
    assert read_publish(0x30, bytes.fromhex("0001 61"), properties=False) == Message("a", b"")
