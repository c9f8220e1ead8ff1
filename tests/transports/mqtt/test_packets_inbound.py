"""Packets from the broker come through whole, or cut where they are far too long."""

from hypothesis import given, strategies as st

from sebridge.transports.mqtt.messages import MAX_PAYLOAD
from sebridge.transports.mqtt.packets import InboundPacketFilter, encoded_length, variable_length

ACKNOWLEDGEMENT = bytes.fromhex("40 02 00 07")


def publish(payload: bytes, *, properties: bytes | None = b"", quality: int = 1) -> bytes:
    body = b"\x00\x03a/b"
    if quality:
        body += b"\x00\x09"
    if properties is not None:
        body += encoded_length(len(properties)) + properties
    body += payload
    return bytes([0x30 | quality << 1]) + encoded_length(len(body)) + body


def through(inbound: InboundPacketFilter, data: bytes, step: int) -> bytes:
    return b"".join(inbound.feed(data[i : i + step]) for i in range(0, len(data), step))


def body_of(packet: bytes) -> bytes:
    length = variable_length(packet, 1)
    assert length is not None
    assert length[0] == len(packet) - length[1]
    return packet[length[1] :]


@given(st.integers(0, 268_435_455), st.binary(max_size=3))
def test_a_length_is_read_as_it_was_written(value: int, rest: bytes) -> None:
    octets = encoded_length(value)

    assert variable_length(b"x" + octets + rest, 1) == (value, 1 + len(octets))


def test_a_length_that_has_not_come_yet_is_none() -> None:
    assert variable_length(bytes.fromhex("ff ff"), 0) is None


def test_a_length_never_has_more_than_four_octets() -> None:
    assert variable_length(bytes.fromhex("ff ff ff ff ff"), 0) == (268_435_455, 4)


@given(st.lists(st.binary(max_size=300), max_size=6), st.integers(1, 400))
def test_packets_of_usual_size_come_through_as_they_are(payloads: list[bytes], step: int) -> None:
    data = b"".join(publish(payload) + ACKNOWLEDGEMENT for payload in payloads)

    assert through(InboundPacketFilter(properties=True), data, step) == data


def test_a_payload_that_is_too_long_is_cut_and_what_follows_is_whole() -> None:
    large = publish(b"{" * 3_000_000)
    inbound = InboundPacketFilter(properties=True)

    kept = through(inbound, large + ACKNOWLEDGEMENT, 65_536)

    assert kept.endswith(ACKNOWLEDGEMENT)
    body = body_of(kept[: -len(ACKNOWLEDGEMENT)])
    assert body.startswith(b"\x00\x03a/b\x00\x09\x00{{{")
    assert MAX_PAYLOAD < body.count(b"{") < 2 * MAX_PAYLOAD


def test_without_properties_and_identifier_it_is_cut_as_well() -> None:
    large = publish(b"{" * 2_000_000, properties=None, quality=0)

    body = body_of(through(InboundPacketFilter(properties=False), large, 100_000))

    assert body.startswith(b"\x00\x03a/b{{{")
    assert MAX_PAYLOAD < body.count(b"{") < 2 * MAX_PAYLOAD


def test_properties_that_are_too_long_to_be_true_are_left_out() -> None:
    large = publish(b"{}", properties=b"\x26" * 2_000_000)

    body = body_of(through(InboundPacketFilter(properties=True), large, 65_536))

    assert body.startswith(b"\x00\x03a/b\x00\x09\x00")
    assert len(body) > MAX_PAYLOAD
    assert not body[8:].strip(b"\0")


def test_properties_that_are_too_long_are_left_out_at_quality_zero() -> None:
    large = publish(b"{}", properties=b"\x26" * 2_000_000, quality=0)

    body = body_of(through(InboundPacketFilter(properties=True), large, 3_000_000))

    assert body.startswith(b"\x00\x03a/b\x00")
    assert not body[6:].strip(b"\0")


@given(
    st.lists(
        st.sampled_from(
            [
                ("40 02 0001", (1, 0)),
                ("40 03 0102 10", (0x102, 0x10)),
                ("40 04 ffff 87 00", (0xFFFF, 0x87)),
                ("32 06 0001 61 0001 7b", None),
                ("d0 00", None),
            ]
        )
    ),
    st.integers(1, 9),
)
def test_acknowledgements_are_told_and_taken_out(
    packets: list[tuple[str, tuple[int, int] | None]], step: int
) -> None:
    told: list[tuple[int, int]] = []
    inbound = InboundPacketFilter(
        properties=True, acknowledged=lambda packet, reason: told.append((packet, reason))
    )

    rest = through(inbound, b"".join(bytes.fromhex(octets) for octets, _ in packets), step)

    assert told == [answer for _, answer in packets if answer is not None]
    assert rest == b"".join(bytes.fromhex(octets) for octets, answer in packets if answer is None)


def test_an_acknowledgement_of_nothing_is_left_to_who_reads_on() -> None:
    told: list[int] = []
    inbound = InboundPacketFilter(
        properties=True, acknowledged=lambda packet, _reason: told.append(packet)
    )
    too_short, too_long = bytes.fromhex("40 01 00"), b"\x40\x80\x01" + bytes(128)

    assert through(inbound, too_short + too_long, 50) == too_short + too_long
    assert not told


WHOLE = bytes.fromhex("32 06 0001 61 0001 7b")
OTHER = bytes.fromhex("d0 00")


class Taking:
    """Takes each PUBLISH, or none."""

    def __init__(self, *, takes: bool = True) -> None:
        self.told: list[tuple[int, bytes]] = []
        self._takes = takes

    def published(self, first: int, body: bytes) -> bool:
        self.told.append((first, body))
        return self._takes


def test_a_publish_is_told_and_taken_out_when_it_is_whole() -> None:
    taking = Taking()
    inbound = InboundPacketFilter(
        properties=False,
        acknowledged=lambda _packet, _reason: None,
        published=taking.published,
    )

    rest = inbound.feed(WHOLE + ACKNOWLEDGEMENT + WHOLE) + inbound.feed(WHOLE[:5])
    rest += inbound.feed(WHOLE[5:])

    assert taking.told == [(0x32, WHOLE[2:])] * 2
    assert rest == WHOLE


def test_a_publish_behind_something_that_goes_on_goes_on_too() -> None:
    taking = Taking()
    inbound = InboundPacketFilter(properties=False, published=taking.published)

    assert inbound.feed(OTHER + WHOLE) == OTHER + WHOLE
    assert inbound.feed(WHOLE + OTHER) == OTHER
    assert taking.told == [(0x32, WHOLE[2:])]


def test_a_publish_goes_on_that_is_not_taken_too_large_or_without_its_length() -> None:
    large = publish(b"{" * 2_000_000)
    taking = Taking(takes=False)
    inbound = InboundPacketFilter(properties=True, published=taking.published)

    assert inbound.feed(WHOLE) == WHOLE
    assert inbound.feed(large).startswith(large[:1])
    assert inbound.feed(bytes.fromhex("32 ff ff ff")) == b""
    assert taking.told == [(0x32, WHOLE[2:])]
