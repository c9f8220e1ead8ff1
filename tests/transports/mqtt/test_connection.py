"""The connection's own rules: when to try again, what to say, how to leave."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
import logging
from pathlib import Path
import random
import socket
from typing import Any

import pytest
from typing_extensions import override

from sebridge.base.clock import SystemClock, VirtualClock
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import MqttOptions, TlsOptions
from sebridge.transports.mqtt.connection import Connection
from sebridge.transports.mqtt.outbox import Outbox
from sebridge.transports.mqtt.topics import Topics
from tests.bridge_ports import durable
from tests.patience import until
from tests.ports import unused_port
from tests.transports.mqtt.conftest import ScriptedBroker
from tests.transports.mqtt.paper import outbox

Make = Callable[..., ScriptedBroker]
TOPICS = Topics("sebridge", "home")


class ImpatientClock(SystemClock):
    """A clock on which pauses take no time, and which remembers how long they were to be."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    @override
    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await super().sleep(0)


def connection(
    port: int | None,
    box: Outbox | None = None,
    clock: SystemClock | None = None,
    **options: Any,
) -> Connection:
    chosen = replace(MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=port), **options)
    chosen_box = outbox() if box is None else box
    return Connection(
        chosen, TOPICS, chosen_box, {}, clock or SystemClock(), random.Random(7), durable=durable
    )


async def hang_up(broker: ScriptedBroker, bridge: Connection) -> None:
    """End the link: a scripted broker acknowledges nothing, so a goodbye would take long."""
    broker.hang_up()
    await until(lambda: not bridge.connected)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


async def test_pauses_double_to_a_minute_each_a_little_different() -> None:
    clock = ImpatientClock()
    bridge = connection(unused_port(), clock=clock)

    await bridge.start()
    await until(lambda: len(clock.pauses) >= 10)
    await bridge.stop()

    pauses = clock.pauses[:10]
    assert pauses[0] == 1.0
    for pause, longest in zip(pauses[1:], (2, 4, 8, 16, 32, 60, 60, 60, 60), strict=True):
        assert max(longest / 2, 1.0) <= pause <= longest
    assert len(set(pauses[-4:])) == 4


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "Connect call failed"),
        ({"broker": BrokerAddress(host="no-such-host.invalid")}, ""),
        ({"broker": BrokerAddress(host="a" * 70 + ".invalid")}, ""),
        (
            {"tls": TlsOptions(ca=Path("/no/such/ca.pem"))},
            "mqtt.tls.ca: /no/such/ca.pem: No such file or directory",
        ),
    ],
    ids=["nobody there", "no such host", "no such name", "no such file"],
)
async def test_a_broker_that_cannot_be_reached_is_one_line_and_never_the_end(
    caplog: pytest.LogCaptureFixture, options: dict[str, Any], reason: str
) -> None:
    clock = ImpatientClock()
    bridge = connection(unused_port(), clock=clock, **options)

    await bridge.start()
    await until(lambda: len(clock.pauses) >= 3)
    await bridge.stop()

    assert len(warnings(caplog)) == 1
    assert reason in warnings(caplog)[0]
    assert not bridge.connected


async def test_a_host_that_never_answers_is_given_up_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        deaf.settimeout(0)
        clock = VirtualClock()
        options = MqttOptions(
            broker=BrokerAddress(host="127.0.0.1"), port=deaf.getsockname()[1], tls=TlsOptions()
        )
        bridge = Connection(options, TOPICS, outbox(), {}, clock, random.Random(7), durable=durable)
        await bridge.start()
        peer, _ = await loop.sock_accept(deaf)
        hello = await loop.sock_recv(peer, 1)

        await clock.advance(10)
        await until(lambda: warnings(caplog))
        await bridge.stop()
        peer.close()

    assert hello == b"\x16"  # a handshake of TLS, which will never be answered
    assert "no connection within 10 s" in warnings(caplog)[0]


@pytest.mark.parametrize(("chosen", "name"), [(None, b"sebridge-home"), ("mine", b"mine")])
async def test_the_name_at_the_broker_follows_the_gateway(
    scripted_broker: Make, chosen: str | None, name: bytes
) -> None:
    broker = scripted_broker()
    await broker.start()
    bridge = connection(broker.port, client_id=chosen)

    await bridge.start()
    await until(lambda: bridge.connected)
    await hang_up(broker, bridge)
    await bridge.stop()

    assert len(name).to_bytes(2, "big") + name in broker.heard[0]


async def test_what_is_said_once_is_counted_when_nobody_is_there() -> None:
    bridge = connection(unused_port())

    bridge.publish(TOPICS.log, b"passing", retain=False)

    assert bridge.not_passed_on == 1


async def test_an_outbox_that_overflows_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    bridge = connection(unused_port(), outbox(max_messages=2))

    for _ in range(5):
        bridge.stream(TOPICS.response, b"x")

    assert warnings(caplog) == ["the outbox is full: the oldest messages are dropped"]
    assert bridge.dropped == 3
    assert bridge.queued == 2


async def test_all_who_wait_for_a_session_hear_of_it_also_after_one_that_fails(
    scripted_broker: Make, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[bool] = []

    def fail(_: bool) -> None:  # noqa: FBT001  # as it is called
        raise RuntimeError("broken listener")

    broker = scripted_broker(bytes.fromhex("20 03 01 00 00"))
    await broker.start()
    bridge = connection(broker.port)
    bridge.on_session(fail)
    bridge.on_session(heard.append)

    await bridge.start()
    await until(lambda: heard)
    await hang_up(broker, bridge)
    await bridge.stop()

    assert heard == [True]
    assert "broken listener" in caplog.text


async def test_a_session_is_told_when_the_subscriptions_are_made(scripted_broker: Make) -> None:
    heard: list[bool] = []
    broker = scripted_broker()
    await broker.start()
    bridge = connection(broker.port)
    bridge.subscribe("a", print)
    bridge.on_session(heard.append)
    await bridge.start()
    await until(lambda: bridge.connected)
    before = list(heard)

    broker.say(bytes.fromhex("90 04 0001 00 01"))
    await until(lambda: heard)
    broker.say(bytes.fromhex("90 04 0001 00 01"))
    await hang_up(broker, bridge)
    await bridge.stop()

    assert before == []
    assert heard == [False]


async def test_a_message_whose_topic_is_no_text_is_counted_only(scripted_broker: Make) -> None:
    broker = scripted_broker()
    await broker.start()
    bridge = connection(broker.port)
    bridge.subscribe("#", print)
    await bridge.start()
    await until(lambda: bridge.connected)

    broker.say(bytes.fromhex("32 06 0001 ff 0001 00"))
    await until(lambda: bridge.received == 1)
    await hang_up(broker, bridge)
    await bridge.stop()


async def test_a_broker_that_does_not_hear_our_goodbye_publishes_the_will(
    scripted_broker: Make,
) -> None:
    broker = scripted_broker()
    await broker.start()
    bridge = connection(broker.port)
    await bridge.start()
    await until(lambda: bridge.connected)
    bridge.stream(TOPICS.response, b"never acknowledged")

    await bridge.stop()  # 2 s for the message, 1 s for `offline`

    assert bytes(broker.heard[0]).count(b"offline") == 2  # the will, and what we said
    assert not bytes(broker.heard[0]).endswith(b"\xe0\x00")  # no DISCONNECT
    assert bridge.queued == 1


async def test_it_can_be_started_again(scripted_broker: Make) -> None:
    broker = scripted_broker()
    await broker.start()
    bridge = connection(broker.port)
    await bridge.start()
    await until(lambda: bridge.connected)
    await hang_up(broker, bridge)
    await bridge.stop()

    await bridge.start()
    await until(lambda: bridge.connected)
    await hang_up(broker, bridge)
    await bridge.stop()

    assert bridge.reconnects == 1


async def test_messages_are_acknowledged_in_their_order_when_their_handlers_are_done(
    scripted_broker: Make,
) -> None:
    broker = scripted_broker()
    await broker.start()
    bridge = connection(broker.port)
    heard: list[str] = []
    slow: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    bridge.subscribe("slow", lambda _message: slow)
    bridge.subscribe("quick", lambda message: heard.append(message.topic))
    await bridge.start()
    await until(lambda: bridge.connected)

    broker.say(bytes.fromhex("32 09 0004 736c6f77 0001 00 32 0a 0005 717569636b 0002 00"))
    await until(lambda: heard)
    before = bytes(broker.heard[0])
    slow.set_result(None)
    await until(lambda: broker.heard[0].endswith(bytes.fromhex("40020001 40020002")))
    await hang_up(broker, bridge)
    await bridge.stop()

    assert bytes.fromhex("40020002") not in before


async def test_what_was_not_acknowledged_on_one_link_is_not_on_the_next(
    scripted_broker: Make,
) -> None:
    broker = scripted_broker()
    await broker.start()
    bridge = connection(broker.port)
    slow: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    bridge.subscribe("slow", lambda _message: slow)
    await bridge.start()
    await until(lambda: bridge.connected)
    broker.say(bytes.fromhex("32 09 0004 736c6f77 0001 00"))
    await until(lambda: bridge.received)

    await hang_up(broker, bridge)
    slow.set_result(None)
    await until(lambda: bridge.connected)
    await hang_up(broker, bridge)
    await bridge.stop()

    assert all(bytes.fromhex("40020001") not in octets for octets in broker.heard)


TAKEN_OVER = bytes.fromhex("e0 02 8e 00")  # DISCONNECT with "Session taken over"


async def again(bridge: Connection, clock: VirtualClock) -> int:
    """Let time pass until there is a new link; return how many seconds that took."""
    seconds = 0
    while not bridge.connected:
        await clock.advance(1)
        await asyncio.sleep(0.005)
        seconds += 1
        assert seconds < 1_000
    return seconds


HINT = "is a second bridge running with the client id sebridge-home?"


async def test_a_session_taken_over_is_said_once_with_what_to_do_and_backed_off(
    scripted_broker: Make, caplog: pytest.LogCaptureFixture
) -> None:
    broker = scripted_broker()
    await broker.start()
    clock = VirtualClock()
    options = MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=broker.port)
    bridge = Connection(options, TOPICS, outbox(), {}, clock, random.Random(7), durable=durable)
    await bridge.start()

    pauses = []
    for _ in range(4):
        pauses.append(await again(bridge, clock))
        await clock.advance(40)  # as long as a link lives while the other one pauses
        broker.say(TAKEN_OVER)
        await until(lambda: not bridge.connected)
    await bridge.stop()

    assert all(pause > 15 for pause in pauses[1:])
    (said,) = warnings(caplog)
    assert "another client with our client id took over the session" in said
    assert HINT in said
    assert "Give each gateway a gateway.name" in said


async def test_under_mqtt_3_1_1_it_is_known_by_links_that_end_again_and_again(
    scripted_broker: Make, caplog: pytest.LogCaptureFixture
) -> None:
    broker = scripted_broker(bytes.fromhex("20 02 00 00"))
    await broker.start()
    clock = VirtualClock()
    options = MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=broker.port, version=311)
    bridge = Connection(options, TOPICS, outbox(), {}, clock, random.Random(7), durable=durable)
    await bridge.start()

    for _ in range(8):
        await again(bridge, clock)
        await hang_up(broker, bridge)
    await bridge.stop()

    assert [HINT in line for line in warnings(caplog)].count(True) == 1
