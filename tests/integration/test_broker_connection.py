"""Our connection against a real mosquitto: nothing lost, everything said again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import replace
import logging
import random
import re
from typing import Any

from aiohttp import web
import pytest
import pytest_asyncio
from typing_extensions import override

from sebridge.base.clock import Clock, SimulatedClock, SystemClock
from sebridge.base.errors import StorageError
from sebridge.base.secret import Secret
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import MqttOptions, TlsOptions
from sebridge.transports.mqtt.connection import Connection
from sebridge.transports.mqtt.messages import MAX_PAYLOAD, Message
from sebridge.transports.mqtt.outbox import OutboxMessage
from sebridge.transports.mqtt.topics import Topics
from tests.bridge_ports import durable
from tests.integration.brokers import (
    PASSWORD,
    USER,
    Cable,
    Certificates,
    Listener,
    Mosquitto,
    answers,
)
from tests.patience import PATIENCE, until
from tests.ports import unused_port
from tests.transports.mqtt.paper import outbox

TOPICS = Topics("sebridge", "home")
STREAM = TOPICS.notification("message")

MakeListener = Callable[..., Listener]


class PausingClock(SystemClock):
    """A clock that counts the pauses between two attempts."""

    pauses = 0

    @override
    async def sleep(self, seconds: float) -> None:
        self.pauses += 1
        await super().sleep(seconds)


class Bridges:
    """Starts connections, and stops them at the end of the test."""

    def __init__(self) -> None:
        self._begun: list[Connection] = []

    def make(
        self,
        port: int | None,
        *,
        store: MutableMapping[int, OutboxMessage] | None = None,
        answers: MutableMapping[int, OutboxMessage] | None = None,
        names: MutableMapping[str, bool] | None = None,
        clock: Clock | None = None,
        durable: Callable[[], Awaitable[None]] = durable,
        **options: Any,
    ) -> Connection:
        """Return a connection that is not started."""
        connection = Connection(
            replace(MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=port), **options),
            TOPICS,
            outbox(store, answers=answers),
            {} if names is None else names,
            clock or SystemClock(),
            random.Random(7),
            durable=durable,
        )
        self._begun.append(connection)
        return connection

    async def start(self, port: int | None, **options: Any) -> Connection:
        """Return a connection whose session has begun."""
        connection = self.make(port, **options)
        await self.begin(connection)
        return connection

    async def begin(self, connection: Connection) -> None:
        """Start a connection; return when its session has begun, subscriptions made."""
        session = asyncio.Event()
        connection.on_session(lambda _: session.set())
        await connection.start()
        await asyncio.wait_for(session.wait(), PATIENCE)

    async def stop(self) -> None:
        """Stop them all."""
        for connection in self._begun:
            await connection.stop()


@pytest_asyncio.fixture
async def bridges() -> AsyncIterator[Bridges]:
    made = Bridges()
    yield made
    await made.stop()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


both_versions = pytest.mark.parametrize("version", [5, 311])


# ------------------------------------------------------------------ state


@both_versions
async def test_a_late_subscriber_sees_what_is_retained(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener, version: int
) -> None:
    bridge = await bridges.start(mosquitto.port, version=version)
    bridge.publish(TOPICS.info, b"1", retain=True)
    await until(lambda: bridge.published == 2)
    bridge.publish(TOPICS.info, b"2", retain=True)
    bridge.publish(TOPICS.log, b"passing", retain=False)
    bridge.stream(TOPICS.notification("n"), b"what proves the others")
    await until(lambda: bridge.published == 4)

    late = listening(mosquitto.port, "sebridge/#")

    await until(lambda: len(late.heard) == 2)
    assert sorted(late.heard) == [
        (TOPICS.availability, b"online", True),
        (TOPICS.info, b"2", True),
    ]


async def test_a_new_topic_is_sent_when_its_name_is_on_the_disk(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    on_disk, names = asyncio.Event(), dict.fromkeys([TOPICS.availability, TOPICS.health], True)

    async def written() -> None:
        await on_disk.wait()

    listener = listening(mosquitto.port, "sebridge/#")
    bridge = await bridges.start(mosquitto.port, names=names, durable=written)
    bridge.publish(TOPICS.info, b"1", retain=True)
    bridge.publish(TOPICS.info, b"2", retain=True)
    bridge.publish(TOPICS.at("gone"), b"1", retain=True)
    bridge.publish(TOPICS.at("gone", "below"), b"1", retain=True)
    bridge.forget(TOPICS.at("gone"))
    bridge.publish(TOPICS.health, b"known", retain=True)
    await until(lambda: listener.topics().get(TOPICS.health) == b"known")
    assert TOPICS.info in names
    assert TOPICS.info not in listener.topics()

    on_disk.set()

    await until(lambda: TOPICS.info in listener.topics())
    assert [payload for topic, payload, _ in listener.heard if topic == TOPICS.info] == [b"2"]
    assert b"1" not in listener.topics().values()
    await until(lambda: TOPICS.at("gone") not in names)


async def test_a_disk_that_refuses_does_not_keep_back_how_things_are(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    async def full() -> None:
        raise StorageError("the disk is full")

    listener = listening(mosquitto.port, TOPICS.info)
    bridge = await bridges.start(mosquitto.port, durable=full)

    bridge.publish(TOPICS.info, b"1", retain=True)

    await until(lambda: listener.topics().get(TOPICS.info) == b"1")


async def test_what_is_said_once_reaches_those_who_listen(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    listener = listening(mosquitto.port, TOPICS.log)
    bridge = await bridges.start(mosquitto.port)

    bridge.publish(TOPICS.log, b"passing", retain=False)

    await until(lambda: listener.heard == [(TOPICS.log, b"passing", False)])


@both_versions
async def test_a_broker_that_lost_its_state_gets_every_retained_topic_again(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener, version: int
) -> None:
    sessions: list[bool] = []
    bridge = await bridges.start(mosquitto.port, version=version)
    bridge.on_session(sessions.append)
    for number in range(50):
        bridge.publish(TOPICS.at("device", str(number)), b"x", retain=True)
    await until(lambda: bridge.published == 51)

    mosquitto.kill()
    mosquitto.forget_everything()
    mosquitto.start()
    await until(lambda: bridge.published == 102)
    late = listening(mosquitto.port, "sebridge/#")

    await until(lambda: len(late.heard) == 51)
    assert all(retained for _, _, retained in late.heard)
    assert sessions == [False]
    assert bridge.reconnects == 1


async def test_a_broker_that_kept_its_state_gets_each_topic_once_with_what_is_on_it_now(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    sessions: list[bool] = []
    bridge = await bridges.start(mosquitto.port)
    bridge.on_session(sessions.append)
    for number in range(50):
        bridge.publish(TOPICS.at("device", str(number)), b"x", retain=True)
    await until(lambda: bridge.published == 51)

    mosquitto.stop()
    await until(lambda: not bridge.connected)
    for payload in (b"y", b"z"):
        bridge.publish(TOPICS.at("device", "7"), payload, retain=True)
    mosquitto.start()
    await until(lambda: sessions)
    bridge.stream(STREAM, b"the last of all")
    await until(lambda: bridge.queued == 0)
    await until(lambda: bridge.published == 51 + 51 + 1)
    late = listening(mosquitto.port, "sebridge/#")
    await until(lambda: len(late.heard) == 51)

    assert sessions == [True]
    assert late.topics()[TOPICS.at("device", "7")] == b"z"


async def test_what_a_killed_broker_had_acknowledged_and_not_saved_is_there_again(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    sessions: list[bool] = []
    database = mosquitto.directory / "mosquitto.db"
    bridge = await bridges.start(mosquitto.port)
    bridge.on_session(sessions.append)
    bridge.publish(TOPICS.at("device", "1"), b"gone later", retain=True)
    await until(lambda: bridge.published == 2)
    await until(lambda: database.exists() and b"gone later" in database.read_bytes())
    saved = database.read_bytes()
    bridge.publish(TOPICS.at("price", "electricity"), b"0.25", retain=True)
    bridge.forget(TOPICS.at("device", "1"))
    await until(lambda: bridge.published == 4)

    mosquitto.kill()
    database.write_bytes(saved)
    mosquitto.start()
    await until(lambda: bridge.published == 4 + 3)
    late = listening(mosquitto.port, "sebridge/#")
    await until(lambda: len(late.heard) == 2)

    assert sessions == [True]
    assert late.topics() == {
        TOPICS.availability: b"online",
        TOPICS.at("price", "electricity"): b"0.25",
    }


@both_versions
async def test_a_removed_branch_is_emptied_also_after_a_restart_of_the_bridge(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener, version: int
) -> None:
    names: dict[str, bool] = {}
    first = await bridges.start(mosquitto.port, names=names, version=version)
    for topic in ("device/1", "device/1/metering", "device/12"):
        first.publish(f"{TOPICS.root}/{topic}", b"x", retain=True)
    await until(lambda: first.published == 4)
    await first.stop()

    second = await bridges.start(mosquitto.port, names=names, version=version)
    second.forget(f"{TOPICS.root}/device/1")
    await until(lambda: len(names) == 2)
    late = listening(mosquitto.port, "sebridge/#")

    await until(lambda: len(late.heard) == 2)
    assert set(late.topics()) == {TOPICS.availability, f"{TOPICS.root}/device/12"}
    assert names == {TOPICS.availability: True, f"{TOPICS.root}/device/12": True}


# ------------------------------------------------------------------ streams


async def test_the_broker_may_be_down_at_the_start(
    mosquitto_with: Callable[..., Mosquitto],
    bridges: Bridges,
    listening: MakeListener,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    broker = mosquitto_with("allow_anonymous true", started=False)
    bridge = bridges.make(broker.port)
    await bridge.start()
    bridge.stream(STREAM, b"before")
    bridge.publish(TOPICS.info, b"x", retain=True)
    await until(lambda: warnings(caplog))

    broker.start()
    await until(lambda: bridge.queued == 0)
    late = listening(broker.port, "sebridge/#")

    await until(lambda: TOPICS.info in late.topics())
    assert len(warnings(caplog)) == 1
    assert f"no MQTT broker at mqtt://127.0.0.1:{broker.port}" in warnings(caplog)[0]
    assert "the session is new" in caplog.text


@both_versions
async def test_a_broker_killed_in_the_middle_of_a_stream_loses_nothing(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener, version: int
) -> None:
    # at QoS 0, as what the broker took from us and did not hand on would be its loss, not ours
    before = listening(mosquitto.port, STREAM, quality=0)
    bridge = await bridges.start(mosquitto.port, version=version)

    for number in range(2000):
        bridge.stream(STREAM, b"%d" % number)
        if number == 1000:
            await until(lambda: bridge.published > 400)
            mosquitto.kill()
    await until(lambda: before.lost and not bridge.connected)
    left = bridge.queued
    before.close()
    mosquitto.start()
    after = listening(mosquitto.port, STREAM, quality=0)
    await until(lambda: bridge.queued == 0 and after.heard and int(after.heard[-1][1]) == 1999)

    payloads = [int(payload) for _, payload, _ in before.heard + after.heard]
    assert left > 0
    assert list(dict.fromkeys(payloads)) == list(range(2000))
    assert len(payloads) - 2000 <= 1000  # no more doubles than can have been under way
    assert bridge.dropped == 0


async def test_what_was_not_sent_before_the_bridge_stopped_is_sent_by_the_next(
    mosquitto_with: Callable[..., Mosquitto], bridges: Bridges, listening: MakeListener
) -> None:
    broker = mosquitto_with("allow_anonymous true", started=False)
    store: dict[int, OutboxMessage] = {}
    answers: dict[int, OutboxMessage] = {}
    first = bridges.make(broker.port, store=store, answers=answers)
    await first.start()
    for number in range(3):
        first.respond(STREAM, b"%d" % number, correlation=b"c")
    await first.stop()

    broker.start()
    listener = listening(broker.port, STREAM)
    second = await bridges.start(broker.port, store=store, answers=answers)
    second.stream(STREAM, b"3")

    await until(lambda: len(listener.heard) == 4)
    assert [payload for _, payload, _ in listener.heard] == [b"0", b"1", b"2", b"3"]
    assert listener.correlations == [b"c", b"c", b"c", None]
    await until(lambda: store == answers == {})


# ------------------------------------------------------------------ requests


@both_versions
async def test_requests_arrive_also_those_sent_while_the_bridge_was_away(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener, version: int
) -> None:
    requests: list[Message] = []
    listener = listening(mosquitto.port, "nothing")
    first = bridges.make(mosquitto.port, version=version)
    first.subscribe(f"{TOPICS.request}/+", requests.append)
    await bridges.begin(first)
    listener.say(f"{TOPICS.request}/get_time", b"")
    await until(lambda: len(requests) == 1)
    await first.stop()
    listener.say(f"{TOPICS.request}/get_version", b"{}")

    second = bridges.make(mosquitto.port, version=version)
    second.subscribe(f"{TOPICS.request}/+", requests.append)
    await second.start()

    await until(lambda: len(requests) == 2)
    assert [(request.topic, request.payload) for request in requests] == [
        (f"{TOPICS.request}/get_time", b""),
        (f"{TOPICS.request}/get_version", b"{}"),
    ]
    assert second.received == 1


async def test_one_may_subscribe_while_connected(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    requests: list[Message] = []
    bridge = await bridges.start(mosquitto.port)
    listener = listening(mosquitto.port, "nothing")

    bridge.subscribe("homeassistant/status", requests.append)
    await until(lambda: mosquitto.has_said("homeassistant/status (QoS"))
    listener.say("homeassistant/status", b"online")

    await until(lambda: requests)
    assert [(request.topic, request.payload) for request in requests] == [
        ("homeassistant/status", b"online")
    ]


async def test_a_response_topic_and_correlation_data_come_and_go(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    bridge = bridges.make(mosquitto.port)
    bridge.subscribe(
        TOPICS.request,
        lambda request: bridge.respond(
            request.response_topic or "none", request.payload, correlation=request.correlation
        ),
    )
    await bridges.begin(bridge)
    listener = listening(mosquitto.port, "client/answers")
    listener.say(
        TOPICS.request, b"question", ResponseTopic="client/answers", CorrelationData=b"\x00\x01"
    )

    await until(lambda: listener.heard)

    assert listener.heard == [("client/answers", b"question", False)]
    assert listener.correlations == [b"\x00\x01"]


async def test_a_request_that_is_retained_can_be_told_by_it(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    requests: list[Message] = []
    bridge = bridges.make(mosquitto.port)
    bridge.subscribe(TOPICS.request, requests.append)
    await bridges.begin(bridge)

    listening(mosquitto.port, "nothing").say(TOPICS.request, b"{}", retain=True)

    await until(lambda: requests)
    assert [(request.payload, request.retain) for request in requests] == [(b"{}", True)]


@both_versions
async def test_a_request_of_two_megabytes_arrives_cut_and_the_next_one_whole(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener, version: int
) -> None:
    requests: list[Message] = []
    bridge = bridges.make(mosquitto.port, version=version)
    bridge.subscribe(TOPICS.request, requests.append)
    await bridges.begin(bridge)
    listener = listening(mosquitto.port, "nothing")

    listener.say(TOPICS.request, b"{" * 2_000_000)
    listener.say(TOPICS.request, b"{}")

    await until(lambda: len(requests) == 2)
    assert requests[0].oversize
    assert len(requests[0].payload) < 2 * MAX_PAYLOAD
    assert requests[1].payload == b"{}"
    assert bridge.connected


# ------------------------------------------------------------------ leaving


@both_versions
async def test_a_bridge_that_stops_says_offline(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener, version: int
) -> None:
    listener = listening(mosquitto.port, "sebridge/#")
    patient = SimulatedClock(speed=1 / PATIENCE)  # its seconds to say goodbye are minutes
    bridge = await bridges.start(mosquitto.port, version=version, clock=patient)
    for number in range(500):
        bridge.stream(STREAM, b"%d" % number)

    await bridge.stop()

    await until(lambda: listener.heard[-1][:2] == (TOPICS.availability, b"offline"))
    assert len(listener.heard) == 502
    assert not bridge.connected


async def test_the_last_will_is_published_when_the_socket_dies(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    listener = listening(mosquitto.port, TOPICS.availability)
    async with Cable(mosquitto.port) as cable:
        bridge = await bridges.start(cable.port)
        await until(lambda: listener.heard)

        cable.cut()

        await until(lambda: len(listener.heard) == 3)
        told = [payload for _, payload, _ in listener.heard]
        await bridge.stop()

    assert told == [b"online", b"offline", b"online"]


# ------------------------------------------------------------------ who may, and how


def guarded(certificates: Certificates, **others: Any) -> dict[str, Any]:
    return {
        "username": USER,
        "password": Secret(PASSWORD.encode()),
        "tls": TlsOptions(ca=certificates.ca, server_name="broker.test"),
    } | others


@both_versions
async def test_tls_and_password_are_accepted_with_the_brokers_own_name(
    guarded_mosquitto: Mosquitto, certificates: Certificates, bridges: Bridges, version: int
) -> None:
    bridge = await bridges.start(guarded_mosquitto.port, version=version, **guarded(certificates))
    for number in range(200):
        bridge.stream(STREAM, b"%d" % number * 100)

    await until(lambda: bridge.queued == 0)

    assert bridge.dropped == 0


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ({"password": Secret(b"wrong horse")}, "the broker refuses us: Not authorized"),
        ({"tls": None}, "(the broker closed the connection|Connection reset by peer)"),
    ],
    ids=["wrong password", "no TLS"],
)
async def test_a_refusal_is_said_once_and_tried_again(
    guarded_mosquitto: Mosquitto,
    certificates: Certificates,
    bridges: Bridges,
    caplog: pytest.LogCaptureFixture,
    others: dict[str, Any],
    reason: str,
) -> None:
    clock = PausingClock()
    bridge = bridges.make(guarded_mosquitto.port, clock=clock, **guarded(certificates, **others))
    await bridge.start()

    await until(lambda: clock.pauses >= 2)

    place = f"mqtts?://127.0.0.1:{guarded_mosquitto.port}"
    pattern = f"no MQTT broker at {place}: {reason}; trying again until it answers"
    assert len(warnings(caplog)) == 1
    assert re.fullmatch(pattern, warnings(caplog)[0])
    assert "horse" not in caplog.text


@pytest.mark.parametrize("wrong", ["authority", "name"])
async def test_a_broker_that_cannot_prove_who_it_is_is_not_trusted(
    guarded_mosquitto: Mosquitto,
    certificates: Certificates,
    bridges: Bridges,
    caplog: pytest.LogCaptureFixture,
    wrong: str,
) -> None:
    tls = (
        TlsOptions(ca=certificates.other_ca, server_name="broker.test")
        if wrong == "authority"
        else TlsOptions(ca=certificates.ca)
    )
    bridge = bridges.make(guarded_mosquitto.port, **guarded(certificates, tls=tls))
    await bridge.start()

    await until(lambda: warnings(caplog))

    assert "its certificate is not accepted" in warnings(caplog)[0]
    assert not bridge.connected


async def test_a_person_may_choose_not_to_check_the_broker(
    guarded_mosquitto: Mosquitto, certificates: Certificates, bridges: Bridges
) -> None:
    tls = TlsOptions(insecure=True)

    bridge = await bridges.start(guarded_mosquitto.port, **guarded(certificates, tls=tls))

    assert bridge.connected


async def test_a_client_certificate_opens_the_door(
    mosquitto_with: Callable[..., Mosquitto], certificates: Certificates, bridges: Bridges
) -> None:
    broker, key = certificates.broker
    mosquitto = mosquitto_with(
        "allow_anonymous true",
        f"cafile {certificates.ca}",
        f"certfile {broker}",
        f"keyfile {key}",
        "require_certificate true",
    )
    certificate, own_key = certificates.client
    tls = TlsOptions(
        ca=certificates.ca, certificate=certificate, key=own_key, server_name="broker.test"
    )

    bridge = await bridges.start(mosquitto.port, tls=tls)

    assert bridge.connected


async def test_without_a_client_certificate_the_door_stays_shut(
    mosquitto_with: Callable[..., Mosquitto],
    certificates: Certificates,
    bridges: Bridges,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broker, key = certificates.broker
    mosquitto = mosquitto_with(
        "allow_anonymous true",
        f"cafile {certificates.ca}",
        f"certfile {broker}",
        f"keyfile {key}",
        "require_certificate true",
    )
    bridge = bridges.make(
        mosquitto.port, tls=TlsOptions(ca=certificates.ca, server_name="broker.test")
    )
    await bridge.start()

    await until(lambda: warnings(caplog))

    assert "no MQTT broker" in warnings(caplog)[0]
    assert not bridge.connected


async def test_what_the_rules_forbid_is_counted_and_said_once(
    guarded_mosquitto: Mosquitto,
    certificates: Certificates,
    bridges: Bridges,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bridge = await bridges.start(guarded_mosquitto.port, **guarded(certificates))

    for refused in (1, 2):
        bridge.publish("homeassistant/device/x/config", b"{}", retain=True)
        await until(lambda: bridge.dropped == refused)  # noqa: B023  # it is awaited in the loop

    assert warnings(caplog) == [
        "the broker refuses what we publish on homeassistant/device/x/config: Not authorized"
    ]


# ------------------------------------------------------------------ messages that end links


async def arrives_beside(
    harmful: OutboxMessage, bridge: Connection, listener: Listener, *, links: int
) -> None:
    """Say something before and after the harmful message, and see all but that arrive."""
    bridge.stream(STREAM, b"before")
    bridge.stream(harmful.topic, harmful.payload)
    bridge.stream(STREAM, b"after")
    bridge.publish(TOPICS.info, b"state", retain=True)

    await until(lambda: bridge.counters["put_aside"] == 1)
    await until(lambda: bridge.queued == 0)
    await until(lambda: {b"before", b"after", b"state"} <= {said for _, said, _ in listener.heard})

    assert bridge.reconnects == links
    assert bridge.dropped == 0


@both_versions
async def test_a_message_too_large_for_the_broker_cuts_nobody_off(
    mosquitto_with: Callable[..., Mosquitto],
    bridges: Bridges,
    listening: MakeListener,
    caplog: pytest.LogCaptureFixture,
    version: int,
) -> None:
    """The broker of MQTT 3.1.1 tells its limit to nobody; that of MQTT 5 is believed."""
    broker = mosquitto_with("allow_anonymous true", "max_packet_size 2000")
    listener = listening(broker.port, "sebridge/#")
    bridge = await bridges.start(broker.port, version=version)
    large = OutboxMessage(TOPICS.response, b"x" * 5000, 0.0)

    if version == 311:
        await arrives_beside(large, bridge, listener, links=3)
        (told,) = [line for line in warnings(caplog) if "put aside" in line]
        assert told.startswith(f"a message on {TOPICS.response} (5000 octets) is put aside")
    else:
        bridge.stream(large.topic, large.payload)
        bridge.stream(STREAM, b"after")
        await until(lambda: (STREAM, b"after", False) in listener.heard)
        assert bridge.reconnects == 0


async def test_a_message_left_in_the_outbox_by_an_earlier_version_is_put_aside_too(
    mosquitto: Mosquitto, bridges: Bridges, listening: MakeListener
) -> None:
    listener = listening(mosquitto.port, "sebridge/#")
    deep = OutboxMessage("a" + "/" * 201, b"{}", SystemClock().utc())
    store = {1: OutboxMessage(STREAM, b"before", deep.created), 2: deep}
    bridge = await bridges.start(mosquitto.port, store=store)
    bridge.stream(STREAM, b"after")

    await until(lambda: bridge.counters["put_aside"] == 1)
    await until(lambda: {b"before", b"after"} <= {said for _, said, _ in listener.heard})

    await until(lambda: store == {})
    assert bridge.dropped == 0


# ------------------------------------------------------------------ websockets


@both_versions
async def test_a_broker_is_reached_by_websocket(
    mosquitto_with: Callable[..., Mosquitto],
    bridges: Bridges,
    listening: MakeListener,
    version: int,
) -> None:
    port = unused_port()
    mosquitto = mosquitto_with(
        "allow_anonymous true", f"listener {port} 127.0.0.1", "protocol websockets"
    )
    await until(lambda: answers(port))
    listener = listening(mosquitto.port, "sebridge/#")
    asked: list[Message] = []
    large = b"x" * 300_000

    address = BrokerAddress.parse(f"ws://127.0.0.1:{port}")
    bridge = await bridges.start(None, broker=address, version=version)
    bridge.subscribe(TOPICS.request, asked.append)
    bridge.publish(TOPICS.info, large, retain=True)
    bridge.stream(STREAM, b"said")
    await until(lambda: bridge.published == 3)
    listener.say(TOPICS.request, large)

    await until(lambda: asked)
    assert asked[0].payload == large
    await until(lambda: len(listener.heard) == 4)
    assert listener.topics()[TOPICS.info] == large
    await bridge.stop()
    await until(lambda: listener.topics()[TOPICS.availability] == b"offline")


async def test_a_websocket_is_encrypted_and_its_broker_proves_who_it_is(
    mosquitto_with: Callable[..., Mosquitto],
    certificates: Certificates,
    bridges: Bridges,
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = unused_port()
    broker, key = certificates.broker
    mosquitto_with(
        "allow_anonymous true",
        f"listener {port} 127.0.0.1",
        "protocol websockets",
        f"certfile {broker}",
        f"keyfile {key}",
    )
    await until(lambda: answers(port))
    address = BrokerAddress.parse(f"wss://127.0.0.1:{port}/mqtt")
    tls = TlsOptions(ca=certificates.ca, server_name="broker.test")

    bridge = await bridges.start(None, broker=address, tls=tls)
    assert bridge.connected

    stranger = bridges.make(None, broker=address, tls=TlsOptions(ca=certificates.ca))
    await stranger.start()
    await until(lambda: warnings(caplog))
    assert "its certificate is not accepted" in warnings(caplog)[0]
    assert not stranger.connected


async def test_a_broker_that_dies_is_found_again_by_websocket(
    mosquitto_with: Callable[..., Mosquitto], bridges: Bridges, listening: MakeListener
) -> None:
    port = unused_port()
    mosquitto = mosquitto_with(
        "allow_anonymous true", f"listener {port} 127.0.0.1", "protocol websockets"
    )
    await until(lambda: answers(port))
    address = BrokerAddress.parse(f"ws://127.0.0.1:{port}")
    bridge = await bridges.start(None, broker=address)
    mosquitto.kill()
    await until(lambda: not bridge.connected)
    bridge.stream(STREAM, b"said while it was away")

    mosquitto.start()

    listener = listening(mosquitto.port, STREAM)
    await until(lambda: listener.topics().get(STREAM) == b"said while it was away")


async def test_where_no_websocket_is_taken_the_log_says_so(
    bridges: Bridges, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(request: web.BaseRequest) -> web.Response:
        return web.Response(status=404)

    server = await asyncio.get_running_loop().create_server(web.Server(refuse), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = BrokerAddress.parse(f"ws://127.0.0.1:{port}/mqtt?token=hunter2")

    async with server:
        await bridges.make(None, broker=address).start()
        await until(lambda: warnings(caplog))

    assert warnings(caplog)[0].startswith(
        f"no MQTT broker at ws://127.0.0.1:{port}/mqtt: no websocket at this path: HTTP status 404"
    )
    assert "hunter2" not in "".join(warnings(caplog))


# ------------------------------------------------------------------ other event loops


class PlainLoop(asyncio.SelectorEventLoop):
    """A loop that can do what every loop can, as uvloop's: `create_connection` as of Python 3.7."""

    @override
    async def create_connection(self, *arguments: Any, **options: Any) -> Any:
        assert options.keys().isdisjoint({"happy_eyeballs_delay", "interleave", "all_errors"})
        return await super().create_connection(*arguments, **options)


def test_a_loop_that_knows_nothing_of_happy_eyeballs_will_do(mosquitto: Mosquitto) -> None:
    async def connect() -> None:
        bridges = Bridges()
        address = BrokerAddress(host="localhost", port=mosquitto.port)
        bridge = await bridges.start(None, broker=address)
        assert bridge.connected
        await bridges.stop()

    with asyncio.Runner(loop_factory=PlainLoop) as runner:
        runner.run(connect())
