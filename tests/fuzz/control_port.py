"""What comes to serial nodes by TCP: octets at the port of a node, and XML-RPC.

An input at a port is octets of a client, which come in several pieces, and which the node says as
well; one of XML-RPC is a document, or a whole request that is sent as it is.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
import xmlrpc.client

from sebridge.features.serial_nodes.remote_methods import RemoteMethods
from sebridge.settings.control_port_options import SerialNodeOptions
from sebridge.transports.control_port.first_octets import Visitor, visitor
from sebridge.transports.control_port.node_port import SHOWN_AT_ONCE
from sebridge.transports.control_port.remote_api import RemoteApi
from sebridge.zcl import digi
from tests.features.serial_nodes.bench import MONITOR, Bench, bench
from tests.fuzz.documents import grow_xml
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must
from tests.patience import PATIENCE

_PIECE = 100  # octets
_LONGEST = 2_000  # octets of an input at a port
_SAMPLE = 80  # octets of a frame on the air
_GOOD = b"weigh\r"


class PortSubject:
    """A node with a port and a sensor, and its clients."""

    def __init__(self, made: Bench) -> None:
        self.keys: set[str] = set()
        self._made = made

    async def take(self, octets: bytes) -> None:
        """Have a client send it, and the node say it; another client is heard afterwards."""
        octets = octets[:_LONGEST]
        self._made.hears(MONITOR, digi.IO_SAMPLE, octets[:_SAMPLE])
        is_browser = visitor(octets) is Visitor.BROWSER
        came = await self._bring(octets)
        must(came == (b"" if is_browser else octets), f"the node hears {came[:60]!r}")
        must(await self._bring(_GOOD) == _GOOD, "a good client is not heard")
        for temperature in self._made.nodes.temperatures:
            must(-50 <= temperature.celsius <= 70, "it is as warm as it cannot be")

    async def _bring(self, octets: bytes) -> bytes:
        """Return what comes to the node of a client, which hears what the node says."""
        made, sent = self._made, self._made.air.sent
        sent.clear()
        port = made.nodes.nodes[0].port
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while not made.nodes.facts["clients"]:
                await made.clock.settle()
            for start in range(0, len(octets), _PIECE):
                writer.write(octets[start : start + _PIECE])
                await made.clock.settle()
            await made.clock.advance(SHOWN_AT_ONCE)
            while sum(len(frame.data) for frame in sent) < len(octets):
                if not made.nodes.facts["clients"]:
                    break
                await made.clock.advance(0.1)
            if made.nodes.facts["clients"]:
                said = octets[:_SAMPLE]
                made.hears(MONITOR, digi.SERIAL_DATA, said)
                must(await reader.readexactly(len(said)) == said, "the client hears otherwise")
            writer.transport.abort()
            while made.nodes.facts["clients"]:
                await made.clock.advance(1)
        return b"".join(frame.data for frame in sent)


def grow_octets(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return noise, or what begins as browsers do, or nearly so."""
    if random.random() < 0.3:
        return random.randbytes(random.choice((1, 7, 70, 700)))
    octets = random.choice(seeds)
    return (
        octets[: random.randrange(12)] if random.random() < 0.3 else changed(random, octets, seeds)
    )


class ApiSubject:
    """The XML-RPC of a node."""

    def __init__(self, made: Bench, api: RemoteApi) -> None:
        self.keys: set[str] = set()
        self._made = made
        self._api = api

    async def take(self, octets: bytes) -> None:
        """Send a request or a document; a good call is answered afterwards."""
        if octets.startswith(b"<"):
            answer = await self._exchange(_request(octets))
            must(answer.startswith(b"HTTP/1.1 "), f"no HTTP comes back: {answer[:60]!r}")
        else:
            answer = await self._exchange(octets + b"\r\n\r\n" + b"0" * 40_000)
        must(b" 500 " not in answer[:40], "a request meets a bug")
        good = await self._exchange(_request(xmlrpc.client.dumps((), "list").encode()))
        must(b"<string>Attic</string>" in good, f"a good call is answered {good[:60]!r}")

    async def _exchange(self, octets: bytes) -> bytes:
        made = self._made
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._api.port)
            writer.write(octets)
            reading = asyncio.ensure_future(_one_answer(reader))
            while not reading.done():
                await made.clock.advance(0.5)
                await asyncio.wait([reading], timeout=0.002)
            writer.transport.abort()
            while len(self._api.connections):
                await made.clock.advance(0.5)
        return reading.result()


async def _one_answer(reader: asyncio.StreamReader) -> bytes:
    found = b""
    try:
        while octets := await reader.read(65_536):
            found += octets
            head, end, body = found.partition(b"\r\n\r\n")
            if end and f"content-length: {len(body)}".encode() in head.lower():
                break
    except ConnectionError:
        return found  # it hung up on what was too much
    return found


def _request(document: bytes) -> bytes:
    head = f"POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(document)}\r\n"
    return head.encode() + b"Content-Type: text/xml\r\n\r\n" + document


def grow_call(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a call, right or nearly so, or another document, or a request."""
    if random.random() < 0.3:
        return grow_xml(random, ())
    return changed(random, random.choice(seeds), seeds)


@asynccontextmanager
async def _port(_directory: Path) -> AsyncIterator[PortSubject]:
    async with bench(SerialNodeOptions(address=MONITOR, temperature_input=2)) as made:
        yield PortSubject(made)


@asynccontextmanager
async def _api(_directory: Path) -> AsyncIterator[ApiSubject]:
    async with bench(SerialNodeOptions(address=MONITOR, name="Attic")) as made:
        api = RemoteApi(made.options, RemoteMethods(made.nodes, made.clock).table, made.clock)
        await api.start()
        try:
            yield ApiSubject(made, api)
        finally:
            await api.stop()


SERIAL_PORT = Target(
    name="serial_port",
    told="octets of a client at the TCP port of a serial node, and of the node",
    subject=_port,
    grow=grow_octets,
    lasts=50,
    in_suite=50,
)
XML_RPC = Target(
    name="xml_rpc",
    told="calls and requests at the XML-RPC of serial nodes",
    subject=_api,
    grow=grow_call,
    lasts=50,
    in_suite=50,
)
