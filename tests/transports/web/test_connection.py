"""Connections are counted when they are accepted, and closed when their clients do not keep up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
import json
import logging
import os
import resource
import socket
import ssl
from typing import Any, cast

import pytest

from sebridge.settings.http_options import WebTlsOptions
from tests.patience import PATIENCE, until
from tests.transports.web.backend import READER, TOKENS, House, options
from tests.transports.web.certificate import make_certificate

MakeHouse = Callable[..., Awaitable[House]]
Way = tuple[WebTlsOptions | None, ssl.SSLContext | None]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

ELSEWHERE = "127.0.0.2"
"""Another address of this machine, as that of another client."""
SMALL_WINDOW = 4_096  # octets
CALL = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "read_words"}).encode()
QUESTION = (
    f"POST /rpc HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {READER}\r\n"
    f"Content-Length: {len(CALL)}\r\n\r\n"
).encode() + CALL


@pytest.fixture
def tls(tmp_path_factory: pytest.TempPathFactory) -> WebTlsOptions:
    """Make a certificate for the server."""
    return make_certificate(tmp_path_factory.mktemp("door"))


@pytest.fixture
def trust(tls: WebTlsOptions) -> ssl.SSLContext:
    """Have a client trust in it."""
    return ssl.create_default_context(cafile=tls.certificate)


@pytest.fixture(params=["plain", "TLS"])
def way(request: pytest.FixtureRequest) -> Way:
    """Take both ways to the server: its certificate, and the client's trust in it."""
    if request.param == "plain":
        return None, None
    return request.getfixturevalue("tls"), request.getfixturevalue("trust")


@asynccontextmanager
async def connected(
    house: House, address: str = "127.0.0.1", encryption: ssl.SSLContext | None = None
) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", house.server.port, local_addr=(address, 0), ssl=encryption
    )
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def deaf(
    house: House, address: str = "127.0.0.1", encryption: ssl.SSLContext | None = None
) -> Streams:
    """Connect as a client that takes little, and never reads."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
    client.settimeout(0)
    client.bind((address, 0))
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", house.server.port))
    name = None if encryption is None else "127.0.0.1"
    reader, writer = await asyncio.open_connection(
        sock=client, limit=1, ssl=encryption, server_hostname=name
    )
    cast("asyncio.Transport", writer.transport).pause_reading()
    return reader, writer


async def answer_to(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Ask, and return the first line of the answer; nothing where there is none."""
    try:
        writer.write(QUESTION)
        return await asyncio.wait_for(reader.readline(), PATIENCE)
    except ConnectionError:
        return b""


async def told(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Any:
    """Ask, and return the whole answer."""
    writer.write(QUESTION)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    return json.loads(await asyncio.wait_for(reader.readexactly(length), PATIENCE))


async def asked_from(
    house: House, address: str = "127.0.0.1", encryption: ssl.SSLContext | None = None
) -> bytes:
    async with connected(house, address, encryption) as streams:
        return await answer_to(*streams)


# ------------------------------------------------------------------ who does not read


async def test_clients_that_pipeline_and_never_read_hold_nothing_for_others(
    house_with: MakeHouse,
) -> None:
    generous = {"requests_per_minute": 1_000_000}
    house = await house_with(options(*TOKENS, write_timeout=1.0, patience=2.0, **generous))
    house.store.words = ["x" * 100_000]
    async with AsyncExitStack() as stack:
        writers = [(await deaf(house))[1] for _ in range(100)]
        for writer in writers:
            stack.callback(writer.transport.abort)
        await until(lambda: house.server.connections.turned_away == 25)
        held = len(house.server.connections)
        for writer in writers:
            writer.write(QUESTION * 100)

        answer = await asked_from(house, ELSEWHERE)
        await until(lambda: len(house.server.connections) == 0)
        await until(lambda: house.quota.octets == 0)  # whoever wrote may end a moment later

    assert answer == b"HTTP/1.1 200 OK\r\n"
    assert held == 75
    assert house.server.connections.slow > 0


async def test_silent_clients_hold_nothing_for_others(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS))
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(connected(house))

        answers = [await asked_from(house) for _ in range(20)]

    assert answers == 20 * [b"HTTP/1.1 200 OK\r\n"]


async def test_who_does_not_take_a_large_answer_is_cut_off(house_with: MakeHouse, way: Way) -> None:
    tls, trust = way
    house = await house_with(options(*TOKENS, tls=tls, write_timeout=1.0))
    house.store.words = ["x" * 7_000_000]
    _, writer = await deaf(house, encryption=trust)

    writer.write(QUESTION)
    await until(lambda: house.quota.octets > 7_000_000)
    await until(lambda: house.server.connections.slow == 1)

    await until(lambda: house.quota.octets == 0)
    writer.transport.abort()
    await until(lambda: len(house.server.connections) == 0)


async def test_replies_that_are_not_taken_count_until_they_are(
    house_with: MakeHouse, way: Way
) -> None:
    tls, trust = way
    house = await house_with(options(*TOKENS, tls=tls))
    house.store.words = ["x" * 7_000_000]
    _, writer = await deaf(house, encryption=trust)
    writer.write(QUESTION)
    await until(lambda: house.quota.octets > 7_000_000)

    async with connected(house, encryption=trust) as streams:
        refused = await told(*streams)
        held, slow = house.quota.octets, house.server.connections.slow
        writer.transport.abort()
        await until(lambda: house.quota.octets == 0)
        again = await told(*streams)

    assert "octets of replies of one caller" in refused["error"]["message"]
    assert (held > 7_000_000, slow) == (True, 0)
    assert again["result"] == {"words": house.store.words}


# ------------------------------------------------------------------ how many


async def test_one_address_may_have_only_some_of_the_connections(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS, connections_per_address=2))
    async with connected(house), connected(house):
        refused = await asked_from(house)
        other = await asked_from(house, ELSEWHERE)

    assert (refused, other) == (b"", b"HTTP/1.1 200 OK\r\n")
    await until(lambda: len(house.server.connections) == 0)
    assert await asked_from(house) == b"HTTP/1.1 200 OK\r\n"


async def test_descriptors_are_left_for_the_broker(
    house_with: MakeHouse, caplog: pytest.LogCaptureFixture
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, before[1]))
    try:
        house = await house_with(options(*TOKENS, connections=10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert house.server.connections.limits.connections == 244
    assert "http.limits.connections is cut to 244" in caplog.text


# ------------------------------------------------------------------ with TLS


async def test_handshakes_that_are_never_finished_are_counted_and_end(
    house_with: MakeHouse, tls: WebTlsOptions, trust: ssl.SSLContext
) -> None:
    house = await house_with(options(*TOKENS, tls=tls, patience=5.0, connections_per_address=20))
    async with AsyncExitStack() as stack:
        silent = [await stack.enter_async_context(connected(house)) for _ in range(200)]
        await until(lambda: house.server.connections.turned_away == 180)
        counted = len(house.server.connections)

        answer = await asked_from(house, ELSEWHERE, trust)
        await until(lambda: len(house.server.connections) == 0)
        ends = [await asyncio.wait_for(reader.read(), PATIENCE) for reader, _ in silent[:20]]

    assert counted == 20
    assert answer == b"HTTP/1.1 200 OK\r\n"
    assert set(ends) == {b""}


async def test_who_speaks_no_tls_is_hung_up_on_and_counted_no_more(
    house_with: MakeHouse, tls: WebTlsOptions
) -> None:
    house = await house_with(options(*TOKENS, tls=tls))

    for _ in range(5):
        async with connected(house) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            assert not (await asyncio.wait_for(reader.read(), PATIENCE)).startswith(b"HTTP")

    await until(lambda: len(house.server.connections) == 0)


async def test_many_requests_on_one_encrypted_connection_are_answered(
    house_with: MakeHouse, tls: WebTlsOptions, trust: ssl.SSLContext
) -> None:
    house = await house_with(options(*TOKENS, tls=tls))
    house.store.words = ["x" * 300_000]

    async with connected(house, encryption=trust) as (reader, writer):
        for _ in range(20):
            assert (await told(reader, writer))["result"] == {"words": house.store.words}

    await until(lambda: len(house.server.connections) == 0)


async def test_who_is_slow_with_tls_but_takes_everything_is_served_on(
    house_with: MakeHouse, tls: WebTlsOptions, trust: ssl.SSLContext
) -> None:
    house = await house_with(options(*TOKENS, tls=tls))
    house.store.words = ["x" * 7_000_000]
    reader, writer = await deaf(house, encryption=trust)
    for _ in range(2):
        writer.write(QUESTION)
        await until(lambda: house.quota.octets > 7_000_000)

        cast("asyncio.Transport", writer.transport).resume_reading()
        taken = 0
        while taken < 7_000_000:
            taken += len(await asyncio.wait_for(reader.read(100_000), PATIENCE))

        await until(lambda: house.quota.octets == 0)
    assert house.server.connections.slow == 0
    writer.transport.abort()


async def test_clients_that_are_deaf_to_tls_hold_nothing_for_others(
    house_with: MakeHouse, tls: WebTlsOptions, trust: ssl.SSLContext
) -> None:
    generous = {"requests_per_minute": 1_000_000}
    house = await house_with(options(*TOKENS, tls=tls, write_timeout=1.0, patience=2.0, **generous))
    house.store.words = ["x" * 100_000]
    async with AsyncExitStack() as stack:
        writers = [(await deaf(house, encryption=trust))[1] for _ in range(20)]
        for writer in writers:
            stack.callback(writer.transport.abort)
            writer.write(QUESTION * 100)

        answer = await asked_from(house, ELSEWHERE, trust)
        await until(lambda: len(house.server.connections) == 0)
        await until(lambda: house.quota.octets == 0)

    assert answer == b"HTTP/1.1 200 OK\r\n"
    assert house.server.connections.slow == 20


async def test_a_handshake_under_way_ends_with_the_server(
    house_with: MakeHouse, tls: WebTlsOptions
) -> None:
    house = await house_with(options(*TOKENS, tls=tls, patience=3600.0))
    async with connected(house) as (reader, _):
        await until(lambda: len(house.server.connections) == 1)

        await house.server.stop()

        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
    await until(lambda: len(house.server.connections) == 0)


async def test_who_says_farewell_to_tls_is_hung_up_on(
    house_with: MakeHouse, tls: WebTlsOptions, trust: ssl.SSLContext
) -> None:
    house = await house_with(options(*TOKENS, tls=tls, patience=3600.0))

    async with connected(house, encryption=trust) as (reader, writer):
        first = await answer_to(reader, writer)
        writer.close()
        await until(lambda: len(house.server.connections) == 0)

    assert first == b"HTTP/1.1 200 OK\r\n"


async def test_what_is_no_tls_any_more_ends_the_connection(
    house_with: MakeHouse, tls: WebTlsOptions, trust: ssl.SSLContext
) -> None:
    house = await house_with(options(*TOKENS, tls=tls, patience=3600.0))
    plain = socket.create_connection(("127.0.0.1", house.server.port))

    def shake_hands_and_babble() -> bytes:
        with trust.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted:
            with socket.socket(fileno=os.dup(encrypted.fileno())) as beneath:
                beneath.sendall(b"babble " * 10)
            try:
                return encrypted.read()
            except ssl.SSLError as alert:
                return str(alert.reason).encode()

    heard = await asyncio.to_thread(shake_hands_and_babble)

    assert b"ALERT" in heard
    await until(lambda: len(house.server.connections) == 0)


# ------------------------------------------------------------------ what is no HTTP


@pytest.mark.parametrize(
    "octets",
    [
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"authorization: Bearer hunter2-hunter2\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost x\r\nAuthorization: Bearer hunter2-hunter2\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nAuthorization\x00: Bearer hunter2-hunter2\r\n\r\n",
        b"POST /rpc HTTP/1.1\r\nContent-Length: hunter2-hunter2\r\n\r\n",
    ],
)
async def test_an_answer_to_what_is_no_http_repeats_and_names_nothing(
    house: House, octets: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async with connected(house) as (reader, writer):
        writer.write(octets)
        answer = await asyncio.wait_for(reader.read(), PATIENCE)

    assert answer.partition(b" ")[2].startswith(b"400")
    assert b"Server: sebridge\r\n" in answer
    assert b'{"error": "the request is broken"}' in answer
    for telling in (b"Python", b"aiohttp", b"hunter2", b"uthorization"):
        assert telling not in answer
    assert "hunter2" not in caplog.text
    assert "uthorization" not in caplog.text
