"""The TCP port of one node: octets both ways, and what becomes of them when something fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import socket
import struct

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ConfigError, DeliveryError, NotTakenError
from sebridge.radio.radio import TxStatus
from sebridge.transports.control_port.node_port import (
    LONGEST_RETRYING,
    PARTING,
    RETRY_AFTER,
    SHOWN_AT_ONCE,
    NodePort,
    NodePortRules,
)
from sebridge.transports.control_port.pending import MOST_WAITING
from sebridge.transports.listening.connections import ConnectionLimits, Connections
from tests.patience import until

LONGEST = 64
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Node:
    """What is behind a port: takes octets when it `is_free`, and may fail."""

    def __init__(self) -> None:
        self.is_free = asyncio.Event()
        self.is_free.set()
        self.taken: list[bytes] = []
        self.failures: list[DeliveryError] = []
        self.asked = 0

    async def write(self, octets: bytes) -> None:
        self.asked += 1
        await self.is_free.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(octets)

    @property
    def octets(self) -> bytes:
        return b"".join(self.taken)


class Bench:
    """A port that listens, and who comes to it."""

    def __init__(
        self,
        *,
        one: bool = False,
        idle: float | None = None,
        most: int = 10,
        unread: int = 65_536,
    ) -> None:
        self.lines: list[asyncio.StreamWriter] = []
        self.clock, self.node = VirtualClock(), Node()
        self.connections = Connections(
            ConnectionLimits(
                connections=most,
                connections_per_address=most,
                handshake_seconds=0,
                write_seconds=60,
            )
        )
        self.port = NodePort(
            "the scale",
            "127.0.0.1",
            0,
            rules=NodePortRules(one=one, idle_seconds=idle, longest=LONGEST, most_unread=unread),
            connections=self.connections,
            write=self.node.write,
            clock=self.clock,
        )

    async def knock(self) -> Streams:
        streams = await asyncio.open_connection("127.0.0.1", self.port.port)
        self.lines.append(streams[1])
        return streams

    async def connect(self) -> Streams:
        before = self.port.clients
        streams = await self.knock()
        await until(lambda: self.port.clients > before)
        return streams

    async def stop(self) -> None:
        await self.port.stop()
        for line in self.lines:
            line.transport.abort()
        await self.clock.settle()

    async def pass_time(self, seconds: float) -> None:
        await self.clock.advance(seconds)


@asynccontextmanager
async def bench(**how: object) -> AsyncIterator[Bench]:
    made = Bench(**how)  # type: ignore[arg-type]  # as its own
    await made.port.start()
    try:
        yield made
    finally:
        await made.stop()


async def ended(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the connection is over, in whatever way."""
    heard = b""
    try:
        while octets := await asyncio.wait_for(reader.read(65_536), 60):
            heard += octets
    except ConnectionError:
        pass
    return heard


# ------------------------------------------------------------------ both ways


async def test_octets_go_to_the_node_in_order_and_in_pieces_that_fit() -> None:
    async with bench() as made:
        _, writer = await made.connect()
        sent = bytes(range(256)) * 40

        writer.write(sent)
        await until(lambda: len(made.node.octets) == len(sent))

        assert made.node.octets == sent
        assert max(map(len, made.node.taken)) == LONGEST
        assert made.port.counters.sent == len(sent)


async def test_all_clients_hear_the_node_and_all_may_send() -> None:
    async with bench() as made:
        one, other = await made.connect(), await made.connect()

        made.port.take(b"82.5 kg\r\n")
        one[1].write(b"tare\r")
        other[1].write(b"zero\r")
        await until(lambda: len(made.node.octets) == 10)

        for reader, _ in (one, other):
            assert await reader.readexactly(9) == b"82.5 kg\r\n"
        assert sorted(made.node.taken) == [b"tare\r", b"zero\r"]
        assert made.port.counters.received == 9


async def test_what_a_node_says_while_nobody_is_there_is_counted() -> None:
    async with bench() as made:
        made.port.take(b"82.5 kg\r\n")

        assert made.port.counters.unheard == 9


async def test_one_frame_is_under_way_at_a_time_and_a_client_waits_for_it() -> None:
    async with bench() as made:
        made.node.is_free.clear()
        _, writer = await made.connect()
        writer.transport.set_write_buffer_limits(0)

        flood = asyncio.ensure_future(drained(writer, bytes(8_000_000)))
        await until(lambda: made.node.asked == 1)
        for _ in range(20):
            await made.clock.settle()

        assert made.node.asked == 1
        assert not flood.done()  # the window of its TCP is full
        made.node.is_free.set()
        await until(lambda: len(made.node.octets) > 3 * MOST_WAITING)
        flood.cancel()
        writer.transport.abort()


async def drained(writer: asyncio.StreamWriter, octets: bytes) -> None:
    writer.write(octets)
    await writer.drain()


# ------------------------------------------------------------------ what is not confirmed


async def test_what_was_not_sent_is_sent_again() -> None:
    async with bench() as made:
        made.node.failures = [
            NotTakenError("no room"),
            DeliveryError("not connected", TxStatus.NOT_JOINED),
        ]
        reader, writer = await made.connect()

        writer.write(b"tare\r")
        await until(lambda: made.node.asked == 1)
        await made.pass_time(RETRY_AFTER)
        await made.pass_time(RETRY_AFTER)
        await until(lambda: made.node.taken)

        assert made.node.taken == [b"tare\r"]
        made.port.take(b"ok")
        assert await reader.readexactly(2) == b"ok"


async def test_what_may_have_arrived_ends_its_clients_connection_and_no_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with bench() as made:
        made.node.is_free.clear()
        made.node.failures = [DeliveryError("no acknowledgement", TxStatus.NO_ACK)]
        reader, writer = await made.connect()
        other = await made.connect()
        writer.write(bytes(LONGEST) + b"and more")
        await until(lambda: made.node.asked == 1)

        made.node.is_free.set()

        assert await ended(reader) == b""
        assert made.port.counters.lost == LONGEST + 8
        assert "72 octets for the scale are lost" in caplog.text
        other[1].write(b"zero\r")
        await until(lambda: made.node.taken == [b"zero\r"])


async def test_a_node_that_stays_away_is_given_up() -> None:
    async with bench() as made:
        made.node.failures = [NotTakenError("no room")] * 100
        reader, writer = await made.connect()
        writer.write(b"tare\r")
        await until(lambda: made.node.asked == 1)

        await made.pass_time(LONGEST_RETRYING + RETRY_AFTER)

        assert await ended(reader) == b""
        assert made.port.counters.lost == 5


async def test_a_client_that_is_gone_already_loses_nothing_that_it_sent() -> None:
    async with bench() as made:
        made.node.is_free.clear()
        _, writer = await made.connect()
        writer.write(b"a" * 100)
        await until(lambda: made.node.asked == 1)
        line = writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()  # without the word that ends a connection well
        await until(lambda: made.port.clients == 0)

        made.node.is_free.set()
        await until(lambda: len(made.node.octets) == 100)


# ------------------------------------------------------------------ clients that end, or do not


async def test_who_sends_no_more_still_hears_the_answer() -> None:
    async with bench() as made:
        made.node.is_free.clear()
        reader, writer = await made.connect()
        writer.write(b"weigh\r")
        writer.write_eof()
        await until(lambda: made.node.asked == 1)
        await made.pass_time(10 * PARTING)

        made.node.is_free.set()
        await until(lambda: made.node.taken)
        await made.clock.settle()
        made.port.take(b"82.5 kg\r\n")
        await made.pass_time(PARTING)

        assert await ended(reader) == b"82.5 kg\r\n"


async def test_who_has_sent_nothing_more_parts_soon() -> None:
    async with bench() as made:
        reader, writer = await made.connect()
        writer.write(b"P")  # might still be a browser
        await made.clock.settle()
        writer.write_eof()
        await until(lambda: made.node.taken == [b"P"])
        await made.clock.settle()

        await made.pass_time(PARTING)

        assert await ended(reader) == b""


async def test_who_comes_besides_the_only_client_is_turned_away() -> None:
    async with bench(one=True) as made:
        reader, _ = await made.connect()

        second, _ = await made.knock()

        assert await ended(second) == b""
        made.port.take(b"82.5 kg")
        assert await reader.readexactly(7) == b"82.5 kg"
        assert len(made.connections) == 1


async def test_one_too_many_of_all_clients_is_turned_away() -> None:
    async with bench(most=1) as made:
        await made.connect()

        second, _ = await made.knock()

        assert await ended(second) == b""
        assert made.connections.turned_away == 1


async def test_a_client_through_which_nothing_goes_ends() -> None:
    async with bench(idle=100) as made:
        reader, writer = await made.connect()
        await made.pass_time(90)
        writer.write(b"tare\r")
        await until(lambda: made.node.taken)
        await made.pass_time(90)
        assert made.port.clients == 1

        await made.pass_time(11)

        assert await ended(reader) == b""


async def narrow(made: Bench) -> socket.socket:
    """Return a client with little room for what it does not read."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(0)
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", made.port.port))
    await until(lambda: made.port.clients == 1)
    return line


async def test_who_does_not_read_is_hung_up_on() -> None:
    async with bench() as made:
        line = await narrow(made)

        made.port.take(bytes(20_000_000))

        await until(lambda: made.port.clients == 0)
        assert made.connections.slow == 1
        line.close()


async def test_who_does_not_read_for_long_is_hung_up_on() -> None:
    async with bench(unread=100_000_000) as made:
        line = await narrow(made)
        made.port.take(bytes(20_000_000))
        assert made.port.clients == 1

        await made.pass_time(60)

        await until(lambda: made.port.clients == 0)
        assert made.connections.slow == 1
        line.close()


async def test_what_is_said_to_a_client_that_is_just_ending_goes_nowhere() -> None:
    async with bench(idle=10) as made:
        reader, _ = await made.connect()
        await made.clock.advance(10)

        made.port.take(b"late")

        assert await ended(reader) == b""


# ------------------------------------------------------------------ browsers


async def test_a_browser_is_refused_and_the_node_hears_nothing_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with bench() as made:
        reader, writer = await made.connect()

        writer.write(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nRELAY ON\r\n")

        assert await ended(reader) == b""
        assert made.node.taken == []
        assert made.port.counters.browsers == 1
        assert "speaks as browsers do" in caplog.text


async def test_what_could_be_a_browser_waits_a_moment() -> None:
    async with bench() as made:
        _, writer = await made.connect()

        writer.write(b"GE")
        await made.clock.settle()
        assert made.node.taken == []
        await made.pass_time(SHOWN_AT_ONCE)
        writer.write(b"T / of a device's own\r")

        await until(lambda: made.node.octets == b"GET / of a device's own\r")


async def test_what_turns_out_to_be_none_goes_on_at_once() -> None:
    async with bench() as made:
        _, writer = await made.connect()

        writer.write(b"GE")
        await made.clock.settle()
        writer.write(b"AR 5\r")

        await until(lambda: made.node.octets == b"GEAR 5\r")


# ------------------------------------------------------------------ listening


async def test_a_port_that_is_taken_is_named() -> None:
    async with bench() as made:
        other = NodePort(
            "another",
            "127.0.0.1",
            made.port.port,
            rules=NodePortRules(one=False, idle_seconds=None, longest=LONGEST),
            connections=made.connections,
            write=made.node.write,
            clock=made.clock,
        )

        with pytest.raises(
            ConfigError, match=rf"cannot listen on 127.0.0.1, port {made.port.port}"
        ):
            await other.start()
        assert other.port == 0


async def test_who_stops_hangs_up() -> None:
    async with bench() as made:
        reader, _ = await made.connect()

        await made.port.stop()

        assert await ended(reader) == b""
        assert len(made.connections) == 0
