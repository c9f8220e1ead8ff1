"""One link, against octets that are wrong, slow, large or forbidden."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
import re

from hypothesis import given, strategies as st
import pytest
import pytest_asyncio
from typing_extensions import override

from sebridge.base.clock import Clock, SystemClock, VirtualClock
from sebridge.base.secret import Secret
from sebridge.settings.options import MqttOptions
from sebridge.transports.mqtt.link import TAKEN_OVER, Link, refusal
from sebridge.transports.mqtt.messages import MAX_PAYLOAD, Message
from sebridge.transports.mqtt.packets import encoded_length, variable_length
from tests.patience import PATIENCE, until
from tests.transports.mqtt.conftest import ACCEPTED, ScriptedBroker

WILL = ("sebridge/home/availability", b"offline")

Make = Callable[..., ScriptedBroker]


class Owner:
    """Writes down what the link tells."""

    def __init__(self) -> None:
        self.window: int | None = None
        self.session_present: bool | None = None
        self.messages: list[Message] = []
        self.acknowledged: list[tuple[int, int]] = []
        self.granted: list[str | None] = []

    def on_accepted(self, window: int, *, session_present: bool) -> None:
        self.window, self.session_present = window, session_present

    def on_message(self, message: Message) -> None:
        self.messages.append(message)

    def on_acknowledged(self, packet: int, reason: int) -> None:
        self.acknowledged.append((packet, reason))

    def on_subscribed(self, refusals: Sequence[str | None]) -> None:
        self.granted += refusals

    def on_turn_over(self) -> None:
        pass


class Links:
    """Opens links, and drops them at the end of the test."""

    def __init__(self) -> None:
        self.owner = Owner()
        self.opened: list[Link] = []

    async def open(
        self,
        broker: ScriptedBroker,
        options: MqttOptions | None = None,
        clock: Clock | None = None,
        will: tuple[str, bytes] | None = WILL,
    ) -> Link:
        await broker.start()
        chosen = replace(options or MqttOptions(), client_id="sebridge-home")
        _, link = await asyncio.get_running_loop().create_connection(
            lambda: Link(self.owner, chosen, will, clock or SystemClock()), "127.0.0.1", broker.port
        )
        self.opened.append(link)
        return link

    async def accepted(self, broker: ScriptedBroker, options: MqttOptions | None = None) -> Link:
        link = await self.open(broker, options)
        await until(lambda: self.owner.window is not None)
        return link


class DeadEnd(asyncio.Transport):
    """A transport that takes everything."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = False
        self.written = bytearray()

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    @override
    def close(self) -> None:
        self.ended = True

    @override
    def abort(self) -> None:
        self.ended = True


def written(
    packet: int,
    topic: str,
    payload: bytes,
    version: int,
    *,
    retain: bool,
    correlation: bytes | None,
    lifetime: int | None = None,
) -> bytes:
    """Return what a link writes for a message."""

    async def write() -> bytes:
        transport, options = DeadEnd(), MqttOptions(version=version, client_id="a")
        link = Link(Owner(), options, WILL, VirtualClock())
        link.connection_made(transport)
        await asyncio.sleep(0)  # CONNECT is written
        transport.written.clear()
        link.publish(
            packet, topic, payload, retain=retain, correlation=correlation, lifetime=lifetime
        )
        await asyncio.sleep(0)
        link.connection_lost(None)
        return bytes(transport.written)

    return asyncio.run(write())


@pytest_asyncio.fixture
async def links() -> AsyncIterator[Links]:
    made = Links()
    yield made
    for link in made.opened:
        link.abort("the test is over")
        await link.closed


async def test_a_link_introduces_itself_with_its_will_and_keeps_the_session(
    scripted_broker: Make, links: Links
) -> None:
    broker = scripted_broker()
    options = MqttOptions(username="bridge", password=Secret(b"correct horse"), keepalive=30)

    await links.accepted(broker, options)

    hello = bytes(broker.heard[0])
    assert hello[:1] == b"\x10"
    assert b"\x00\x04MQTT\x05\xec\x00\x1e" in hello  # all flags but clean start; 30 s
    for text in (b"sebridge-home", *WILL[:1], b"bridge", b"correct horse"):
        octets = text if isinstance(text, bytes) else text.encode()
        assert octets in hello


@pytest.mark.parametrize(
    ("version", "hello"),
    [
        (5, "04 4d515454 05 00 001e 0d 11 00000000 21 0040 27 00400000"),
        (311, "04 4d515454 04 02 001e"),
    ],
)
async def test_the_broker_keeps_nothing_for_a_visitor(
    scripted_broker: Make, links: Links, version: int, hello: str
) -> None:
    broker = scripted_broker()

    await links.open(broker, MqttOptions(version=version), will=None)
    await until(lambda: broker.heard and broker.heard[0])

    assert bytes.fromhex(hello) in bytes(broker.heard[0])


async def test_a_link_of_mqtt_3_1_1_has_no_properties(scripted_broker: Make, links: Links) -> None:
    broker = scripted_broker(bytes.fromhex("20 02 01 00"))

    link = await links.accepted(broker, MqttOptions(version=311))
    link.publish(1, "a", b"x", retain=False, correlation=b"c")
    await until(lambda: broker.heard[0].endswith(bytes.fromhex("32 06 0001 61 0001 78")))

    assert links.owner.session_present is True


@pytest.mark.parametrize(
    ("properties", "window"),
    [("00", 1000), ("03 21 00 14", 20), ("03 21 ff ff", 1000)],
    ids=["not said", "fewer", "more"],
)
async def test_the_broker_says_how_much_may_be_under_way(
    scripted_broker: Make, links: Links, properties: str, window: int
) -> None:
    octets = bytes.fromhex(properties)

    await links.accepted(scripted_broker(bytes([0x20, 2 + len(octets), 0, 0]) + octets))

    assert links.owner.window == window


async def test_what_is_larger_than_the_broker_takes_is_not_sent(
    scripted_broker: Make, links: Links, caplog: pytest.LogCaptureFixture
) -> None:
    link = await links.accepted(scripted_broker(bytes.fromhex("20 08 00 00 05 27 00 00 01 00")))

    assert not link.publish(1, "a", bytes(300), retain=True, correlation=None)
    assert not link.pass_on("a", bytes(300))
    assert link.publish(1, "a", bytes(30), retain=True, correlation=None)
    assert "a: 306 octets are more than the broker takes" in caplog.text


async def test_a_refused_connection_tells_the_brokers_reason(
    scripted_broker: Make, links: Links
) -> None:
    link = await links.open(scripted_broker(bytes.fromhex("20 03 00 86 00")))

    assert await link.closed == "the broker refuses us: Bad user name or password"


async def test_a_disconnect_tells_the_brokers_reason(scripted_broker: Make, links: Links) -> None:
    broker = scripted_broker()
    link = await links.accepted(broker)

    broker.say(bytes.fromhex("e0 02 8e 00"))

    assert await link.closed == TAKEN_OVER


async def test_a_broker_that_hangs_up_is_noticed(scripted_broker: Make, links: Links) -> None:
    broker = scripted_broker()
    link = await links.accepted(broker)

    broker.hang_up()

    assert await link.closed == "the broker closed the connection"


async def test_a_broker_that_does_not_answer_is_left(scripted_broker: Make, links: Links) -> None:
    clock = VirtualClock()
    link = await links.open(scripted_broker(b""), clock=clock)

    await clock.advance(10)

    assert await link.closed == "no answer from the broker within 10 s"


async def test_a_broker_that_falls_silent_is_left(scripted_broker: Make, links: Links) -> None:
    link = await links.accepted(scripted_broker(), MqttOptions(keepalive=1))

    async with asyncio.timeout(PATIENCE):
        assert await link.closed == "the broker was silent for too long"


async def test_a_broker_that_falls_silent_is_left_also_with_much_left_to_say(
    scripted_broker: Make, links: Links
) -> None:
    broker = scripted_broker()
    link = await links.accepted(broker, MqttOptions(keepalive=1))
    broker.stop_reading()

    for packet in range(1, 21):
        link.publish(packet, "a", bytes(1_000_000), retain=False, correlation=None)

    async with asyncio.timeout(PATIENCE):
        assert await link.closed == "the broker was silent for too long"


async def test_identifiers_of_subscriptions_are_none_of_the_owners(
    scripted_broker: Make, links: Links
) -> None:
    broker = scripted_broker()
    link = await links.accepted(broker)

    for number in range(0x102):
        link.subscribe([f"{number:04x}"])
    await until(lambda: b"\x00\x040101" in broker.heard[0])

    used = [
        int.from_bytes(broker.heard[0][found.start() + 2 : found.start() + 4], "big")
        for found in re.finditer(rb"\x82\x0a..\x00\x00\x04", broker.heard[0], re.DOTALL)
    ]
    assert used == [*range(0xFF00, 0x10000), 0xFF00, 0xFF01]


@pytest.mark.parametrize(
    ("version", "retain", "correlation", "octets"),
    [
        (311, False, None, "32 06 0001 61 0102 7b"),  # 6 octets, topic a, identifier, payload
        (311, True, None, "33 06 0001 61 0102 7b"),
        (5, True, None, "33 07 0001 61 0102 00 7b"),  # MQTT 5: no properties
        (5, False, b"cd", "32 0c 0001 61 0102 05 09 0002 6364 7b"),
    ],
)
def test_a_message_is_written_field_by_field(
    version: int,
    *,
    retain: bool,
    correlation: bytes | None,
    octets: str,
) -> None:
    packet = written(0x0102, "a", b"{", version, retain=retain, correlation=correlation)

    assert packet == bytes.fromhex(octets)


@pytest.mark.parametrize(("version", "properties"), [(311, ""), (5, "05 02 000004b0")])
def test_a_lifetime_is_written_where_the_link_speaks_mqtt_5(version: int, properties: str) -> None:
    packet = written(1, "a", b"{", version, retain=True, correlation=None, lifetime=1200)

    assert packet[2:] == bytes.fromhex(f"0001 61 0001 {properties} 7b")


@given(st.text("aä€😀", min_size=1), st.binary(max_size=20_000), st.integers(1, 0xFEFF))
def test_a_message_says_how_long_it_is(topic: str, payload: bytes, identifier: int) -> None:
    octets = topic.encode()

    packet = written(identifier, topic, payload, 5, retain=True, correlation=None)

    length = variable_length(packet, 1)
    assert length is not None
    size, start = length
    assert len(packet) == start + size
    assert packet[start : start + 2] == len(octets).to_bytes(2, "big")
    assert packet[start + 2 : start + 2 + len(octets)] == octets
    assert packet.endswith(identifier.to_bytes(2, "big") + b"\0" + payload)


@pytest.mark.parametrize(
    "octets",
    [
        "f0 00",  # AUTH, which nobody asked for
        "32 05 ffff 6161 00",  # a topic longer than its packet
        "32 09 0001 61 0001 03 99 0000",  # a property that does not exist
        "40 01 00",  # half an identifier
        "ff ff ff ff ff ff",  # a length without end
    ],
)
async def test_a_packet_that_no_broker_should_send_ends_the_link_and_nothing_else(
    scripted_broker: Make, links: Links, octets: str
) -> None:
    broker = scripted_broker()
    link = await links.accepted(broker)

    broker.say(bytes.fromhex(octets))

    async with asyncio.timeout(PATIENCE):
        await link.closed
    assert links.owner.messages == []


async def test_an_error_of_ours_ends_the_link_with_its_trace(
    scripted_broker: Make, links: Links, caplog: pytest.LogCaptureFixture
) -> None:
    broker = scripted_broker()
    link = await links.accepted(broker)
    links.owner.messages = None  # type: ignore[assignment]  # so that it fails on a message

    broker.say(bytes.fromhex("32 06 0001 61 0001 00"))

    assert (await link.closed).startswith("what it sent was not handled: ")
    assert "Traceback" in caplog.text
    links.owner.messages = []


PACKETS = st.builds(
    lambda kind, body: bytes([kind]) + encoded_length(len(body)) + body,
    st.integers(0, 255),
    st.binary(max_size=12) | st.just(bytes.fromhex("0001 61 0001 08 08 0001 72 09 0001 63")),
)


@given(version=st.sampled_from([5, 311]), packets=st.lists(PACKETS, max_size=5), junk=st.binary())
def test_no_octets_whatever_raise(version: int, packets: list[bytes], junk: bytes) -> None:
    async def hear() -> None:
        transport, options = DeadEnd(), MqttOptions(version=version, client_id="a")
        link = Link(Owner(), options, WILL, VirtualClock())
        link.connection_made(transport)
        for octets in (ACCEPTED if version == 5 else b"\x20\x02\0\0", *packets, junk):
            if not transport.ended:
                link.data_received(octets)
        link.connection_lost(None)
        assert link.closed.done()

    asyncio.run(hear())


async def test_messages_arrive_with_what_mqtt_5_adds(scripted_broker: Make, links: Links) -> None:
    broker = scripted_broker()
    await links.accepted(broker)

    broker.say(bytes.fromhex("33 10 0001 61 0001 08 08 0001 72 09 0001 63 7b7d"))

    await until(lambda: links.owner.messages)
    assert links.owner.messages == [Message("a", b"{}", True, "r", b"c", packet=1)]  # noqa: FBT003  # as it reads
    assert not broker.heard[0].endswith(bytes.fromhex("40 02 00 01"))


async def test_messages_keep_their_order_whoever_reads_them(
    scripted_broker: Make, links: Links
) -> None:
    broker = scripted_broker()
    await links.accepted(broker)
    simple, expiring = "30 05 0001 61 00 31", "30 0a 0001 61 05 02 00000001 32"
    behind_a_ping = "d0 00 30 0c 0001 61 07 08 0001 72 0900 00 33"

    broker.say(bytes.fromhex(simple + expiring + simple))
    await until(lambda: len(links.owner.messages) == 3)
    broker.say(bytes.fromhex(behind_a_ping))
    await until(lambda: len(links.owner.messages) == 4)

    assert links.owner.messages == [
        Message("a", b"1"),
        Message("a", b"2"),
        Message("a", b"1"),
        Message("a", b"3", response_topic="r", correlation=b""),
    ]


async def test_a_message_is_acknowledged_when_its_owner_says_so(
    scripted_broker: Make, links: Links
) -> None:
    broker = scripted_broker()
    link = await links.accepted(broker)
    broker.say(bytes.fromhex("3a 06 0001 61 0203 00"))
    await until(lambda: links.owner.messages)

    link.acknowledge(0x0203)

    await until(lambda: broker.heard[0].endswith(bytes.fromhex("40 02 02 03")))
    assert links.owner.messages == [Message("a", b"", packet=0x0203, duplicate=True)]


async def test_a_response_topic_arrives_as_it_was_sent_be_it_as_wrong_as_it_may(
    scripted_broker: Make, links: Links
) -> None:
    broker = scripted_broker()
    await links.accepted(broker)

    broker.say(bytes.fromhex("32 0a 0001 61 0001 04 08 0001 23"))

    await until(lambda: links.owner.messages)
    assert links.owner.messages == [Message("a", b"", response_topic="#", packet=1)]


async def test_a_topic_that_is_no_text_is_empty(scripted_broker: Make, links: Links) -> None:
    broker = scripted_broker()
    await links.accepted(broker)

    broker.say(bytes.fromhex("32 06 0001 ff 0001 00"))

    await until(lambda: links.owner.messages)
    assert links.owner.messages == [Message("", b"", packet=1)]


async def test_a_payload_of_four_megabytes_is_told_as_oversize(
    scripted_broker: Make, links: Links
) -> None:
    broker = scripted_broker()
    await links.accepted(broker)

    broker.say(bytes.fromhex("32 86 80 80 02 0001 61 0001 00") + b"{" * (4 << 20))

    await until(lambda: links.owner.messages)
    (message,) = links.owner.messages
    assert message is not None
    assert message.oversize
    assert len(message.payload) < 2 * MAX_PAYLOAD


async def test_acknowledgements_and_refusals_are_told(scripted_broker: Make, links: Links) -> None:
    broker = scripted_broker()
    link = await links.accepted(broker)
    link.publish(1, "a", b"x", retain=True, correlation=None)
    link.publish(2, "b", b"x", retain=True, correlation=None)
    link.subscribe(["c", "d"])

    broker.say(bytes.fromhex("40 02 0001 40 03 0002 87 90 05 ff00 00 01 87"))

    await until(lambda: links.owner.granted)
    assert links.owner.acknowledged == [(1, 0), (2, 0x87)]
    assert refusal(0x87) == "Not authorized"
    assert refusal(0xEE) == "reason code 0xEE"
    assert links.owner.granted == [None, "Not authorized"]


async def test_when_the_network_is_slower_than_we_are_what_is_said_once_is_not_sent(
    scripted_broker: Make, links: Links
) -> None:
    link = await links.accepted(scripted_broker())

    link.pause_writing()
    congested = link.pass_on("a", b"x")
    link.resume_writing()

    assert not congested
    assert link.pass_on("a", b"x")


async def test_a_goodbye_is_the_last_that_is_said(scripted_broker: Make, links: Links) -> None:
    broker = scripted_broker()
    link = await links.accepted(broker)
    link.publish(1, "a", b"x", retain=False, correlation=None)

    link.close()
    await link.closed

    await until(lambda: bytes(broker.heard[0]).endswith(b"a\x00\x01\x00x\xe0\x00"))


async def test_a_link_that_was_never_accepted_just_goes(
    scripted_broker: Make, links: Links
) -> None:
    broker = scripted_broker(ACCEPTED[:2])
    link = await links.open(broker)

    link.close()

    assert await link.closed == "the broker closed the connection"
