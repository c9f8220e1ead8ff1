"""A broker that says what a test tells it to: for what no real broker does on demand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import cast

import pytest
import pytest_asyncio
import uvloop

from tests.checked_loop import CheckedLoop

_OF_THE_WIRE = ("test_gathering", "test_link")
ACCEPTED = bytes.fromhex("20 03 00 00 00")  # CONNACK of MQTT 5: no session, success, no properties


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Have what knows the wire tested on the loop of the bridge, and all on Python's."""
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": CheckedLoop}
    if item.path.stem in _OF_THE_WIRE:
        loops["uvloop"] = uvloop.new_event_loop
    return loops


class ScriptedBroker:
    """Takes connections, remembers the octets, and answers the first of each with `greeting`."""

    def __init__(self, greeting: bytes) -> None:
        self.greeting = greeting
        self.heard: list[bytearray] = []  # of each connection
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        heard = bytearray()
        self.heard.append(heard)
        while data := await reader.read(65_536):
            if not heard:
                writer.write(self.greeting)
            heard += data
        writer.close()

    def say(self, octets: bytes) -> None:
        """Send octets on the newest connection."""
        self._writers[-1].write(octets)

    def stop_reading(self) -> None:
        """Let what comes on the newest connection pile up."""
        cast("asyncio.Transport", self._writers[-1].transport).pause_reading()

    def hang_up(self) -> None:
        """Close the newest connection."""
        self._writers[-1].close()

    async def stop(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0)


@pytest_asyncio.fixture
async def scripted_broker() -> AsyncIterator[Callable[[bytes], ScriptedBroker]]:
    """Return a way to make brokers; `await .start()` begins one."""
    brokers: list[ScriptedBroker] = []

    def make(greeting: bytes = ACCEPTED) -> ScriptedBroker:
        broker = ScriptedBroker(greeting)
        brokers.append(broker)
        return broker

    yield make
    for broker in brokers:
        await broker.stop()
