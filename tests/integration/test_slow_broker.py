"""A broker that takes less than is asked of the bridge: requests become slower, none is lost."""

import asyncio
from collections.abc import Callable, Coroutine
import contextlib
import json
import random
from typing import Any

from sebridge.base.clock import SystemClock
from sebridge.rpc.dispatcher import Witness
from sebridge.rpc.message import Caller, Request, Response
from sebridge.rpc.quota import Quota, QuotaLimits
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import MqttOptions
from sebridge.transports.mqtt.connection import Connection
from sebridge.transports.mqtt.inbox import Inbox
from sebridge.transports.mqtt.rpc_server import MqttRpcServer
from sebridge.transports.mqtt.topics import Topics
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import until
from tests.transports.mqtt.paper import outbox

TOPICS = Topics("sebridge", "home")
QUOTA, REQUESTS = 1_000, 2_500


class SlowWay:
    """A way to a broker on which what the bridge says comes through drop by drop."""

    DROP = 2_048  # octets at a time
    RATE = 400_000  # octets a second

    def __init__(self, port: int) -> None:
        self._target = port
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=self.DROP)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        for one, out in (
            (self._drip(reader, far_writer), far_writer),
            (self._pour(far_reader, writer), writer),
        ):
            self._tasks.add(asyncio.create_task(self._until_the_end(one, out)))

    async def _until_the_end(
        self, way: Coroutine[Any, Any, None], writer: asyncio.StreamWriter
    ) -> None:
        """Carry octets until an end hangs up, which the bridge does to be delivered to again."""
        with contextlib.suppress(ConnectionError):
            await way
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _drip(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(self.DROP):
            writer.write(data)
            await asyncio.sleep(len(data) / self.RATE)

    async def _pour(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)

    async def close(self) -> None:
        self._server.close()
        await asyncio.gather(*self._tasks)


async def echo(request: Request, caller: Caller, witness: Witness) -> Response:
    """Answer with what came, and so much besides that the way becomes narrow."""
    del caller, witness
    return Response(request.method, dict(request.params) | {"long": "x" * 400})


async def document(octets: bytes, caller: Caller, witness: Witness) -> bytes:
    del caller, witness
    return octets


async def at_once() -> None:
    """Memory is as durable as the test."""


async def test_a_slow_broker_slows_requests_down_and_no_answer_and_no_notification_is_lost(
    mosquitto_with: Callable[..., Mosquitto], listening: Callable[..., Listener]
) -> None:
    # to save thousands of messages after each change would be what is slow
    mosquitto = mosquitto_with(
        "allow_anonymous true", "autosave_on_changes false", "max_inflight_messages 20"
    )
    way = SlowWay(mosquitto.port)
    await way.open()
    options = MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=way.port)
    box = outbox(max_messages=QUOTA)
    link = Connection(options, TOPICS, box, {}, SystemClock(), random.Random(7), durable=at_once)
    server = MqttRpcServer(
        broker=link,
        topics=TOPICS,
        discovery_prefix="homeassistant",
        answer=echo,
        answer_document=document,
        told=lambda _response: None,
        inbox=Inbox(requests={}, results={}),
        durable=at_once,
        quota=Quota(QuotaLimits()),
        clock=SystemClock(),
    )
    listener = listening(mosquitto.port, "sebridge/home/rpc/response/#", TOPICS.notification("n"))
    await link.start()
    await server.start()
    await until(lambda: link.connected)
    for number in range(QUOTA):
        link.stream(TOPICS.notification("n"), b"%d" % number)

    await asyncio.to_thread(
        listener.say_all, f"{TOPICS.request}/echo", [b'{"number":%d}' % n for n in range(REQUESTS)]
    )
    most = link.queued
    await until(lambda: len(set(listener.heard)) == QUOTA + REQUESTS)
    await server.stop()
    await link.stop()
    await way.close()

    answers = [json.loads(payload) for topic, payload, _ in listener.heard if "rpc" in topic]
    assert {one["result"]["number"] for one in answers} == set(range(REQUESTS))
    assert link.dropped == 0
    assert most > 0
