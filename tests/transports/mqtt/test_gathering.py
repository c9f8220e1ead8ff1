"""Acknowledgements heard together, over real sockets: what has come but is not told yet."""

import array
import asyncio
from collections.abc import AsyncIterator
import contextlib
import fcntl
import termios
from typing import cast

import pytest
import pytest_asyncio
from typing_extensions import override

from sebridge.base.clock import VirtualClock
from sebridge.transports.mqtt.gathering import LONGEST, Gathering
from tests.patience import until

PUBACK = bytes.fromhex("40 02 00 01")
WINDOW = 20
TOGETHER = WINDOW // 2


class Ear(asyncio.Protocol):
    """One end of a connection that gathers what it is sent."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.heard = b""
        self.closed = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.gathering = Gathering(transport, self.clock)

    @override
    def data_received(self, data: bytes) -> None:
        self.heard += data

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.gathering.close()
        self.closed = True

    @property
    def unheard(self) -> int:
        """Octets that are here, and not told."""
        number = array.array("i", [0])
        descriptor = self.transport.get_extra_info("socket").fileno()
        fcntl.ioctl(descriptor, termios.FIONREAD, number)
        return number[0]

    async def keeps_unheard(self, octets: int) -> None:
        """Wait until so many octets are here; see that the loop does not tell them."""
        await until(lambda: self.unheard == octets)
        for _ in range(5):
            await asyncio.sleep(0)  # the loop asks its sockets each time
        assert self.unheard == octets


class Pair:
    """An ear, and what speaks to it."""

    def __init__(self, ear: Ear, mouth: asyncio.StreamWriter) -> None:
        self.ear = ear
        self.mouth = mouth
        self.clock = ear.clock

    def gathers(self) -> None:
        """Expect acknowledgements of two messages, one soon after the other."""
        self.ear.gathering.expect()
        self.ear.gathering.expect()

    async def hears(self, octets: bytes) -> None:
        await until(lambda: self.ear.heard == octets)


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[Pair]:
    mouths: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await mouths.put(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    _, ear = await asyncio.get_running_loop().create_connection(
        lambda: Ear(VirtualClock()), "127.0.0.1", port
    )
    mouth = await mouths.get()
    yield Pair(ear, mouth)
    ear.transport.abort()
    await until(lambda: ear.closed)
    mouth.close()
    with contextlib.suppress(ConnectionError):
        await mouth.wait_closed()
    server.close()


async def test_a_few_acknowledgements_are_told_together(pair: Pair) -> None:
    pair.ear.gathering.allow(WINDOW)
    pair.gathers()

    pair.mouth.write(PUBACK * (TOGETHER - 1))
    await pair.ear.keeps_unheard(4 * (TOGETHER - 1))
    pair.mouth.write(PUBACK)

    await pair.hears(PUBACK * TOGETHER)


async def test_none_waits_for_longer_than_the_longest(pair: Pair) -> None:
    pair.ear.gathering.allow(WINDOW)
    pair.gathers()
    pair.mouth.write(PUBACK)
    await pair.ear.keeps_unheard(4)
    await pair.clock.advance(LONGEST / 2)
    pair.ear.gathering.expect()  # does not begin anew
    await pair.ear.keeps_unheard(4)

    await pair.clock.advance(LONGEST / 2)

    await pair.hears(PUBACK)


async def test_after_that_each_wakes_us_until_something_is_expected_again(pair: Pair) -> None:
    pair.ear.gathering.allow(WINDOW)
    pair.gathers()
    await pair.clock.advance(LONGEST)

    pair.mouth.write(PUBACK)
    await pair.hears(PUBACK)
    pair.gathers()
    pair.mouth.write(PUBACK)

    await pair.ear.keeps_unheard(4)


async def test_what_is_longer_is_told_at_once_and_all_before_it(pair: Pair) -> None:
    pair.ear.gathering.allow(WINDOW)
    pair.gathers()
    pair.mouth.write(PUBACK)
    await pair.ear.keeps_unheard(4)

    pair.mouth.write(bytes(36))

    await pair.hears(PUBACK + bytes(36))


async def test_a_message_now_and_then_is_not_worth_it(pair: Pair) -> None:
    pair.ear.gathering.allow(WINDOW)
    pair.ear.gathering.expect()
    await pair.clock.advance(LONGEST * 1.5)
    pair.ear.gathering.expect()

    pair.mouth.write(PUBACK)

    await pair.hears(PUBACK)


async def test_nothing_is_gathered_before_it_is_allowed(pair: Pair) -> None:
    pair.gathers()
    pair.mouth.write(PUBACK)

    await pair.hears(PUBACK)


@pytest.mark.parametrize("under_way", [0, 1, 3])
async def test_who_must_wait_for_an_acknowledgement_hears_it_at_once(
    pair: Pair, under_way: int
) -> None:
    pair.ear.gathering.allow(WINDOW)
    pair.gathers()
    pair.mouth.write(PUBACK)
    await pair.ear.keeps_unheard(4)

    pair.ear.gathering.allow(under_way)

    await pair.hears(PUBACK)


async def test_however_much_is_under_way_a_request_wakes_us(pair: Pair) -> None:
    pair.ear.gathering.allow(65_535)
    pair.gathers()

    pair.mouth.write(bytes(48))

    await pair.hears(bytes(48))


async def test_the_end_of_a_connection_is_heard_at_once(pair: Pair) -> None:
    pair.ear.gathering.allow(WINDOW)
    pair.gathers()

    pair.mouth.write(PUBACK)
    pair.mouth.close()

    await until(lambda: pair.ear.closed)
    assert pair.ear.heard == PUBACK
    await pair.clock.advance(LONGEST)  # what was to happen then does not


async def test_a_transport_without_a_socket_tells_all_at_once() -> None:
    gathering = Gathering(asyncio.BaseTransport(), VirtualClock())
    gathering.allow(WINDOW)

    gathering.expect()

    gathering.close()
