"""The server itself: encrypted, patient only so long, and closed without losing anything."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from pathlib import Path
import ssl
from typing import Any

import aiohttp
import pytest

from sebridge.app.supervisor import Supervisor
from sebridge.base.clock import SimulatedClock
from sebridge.base.errors import ConfigError
from sebridge.settings.http_options import HttpOptions, WebTlsOptions
from tests.patience import PATIENCE, until
from tests.ports import unused_port
from tests.transports.web.backend import (
    OPERATOR,
    OWNER,
    READER,
    TOKENS,
    House,
    Waiting,
    options,
)
from tests.transports.web.certificate import make_certificate

MakeHouse = Callable[..., Awaitable[House]]


async def raw(house: House, *octets: bytes) -> bytes:
    """Send octets on a connection of their own, and return all that comes until its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    try:
        for piece in octets:
            writer.write(piece)
        return await asyncio.wait_for(reader.read(), PATIENCE)
    finally:
        writer.close()


# ------------------------------------------------------------------ encryption


async def test_a_server_with_a_certificate_is_encrypted(
    house_with: MakeHouse, tmp_path: Path
) -> None:
    tls = make_certificate(tmp_path)
    house = await house_with(options(*TOKENS, tls=tls))
    trust = ssl.create_default_context(cafile=tls.certificate)

    answer = await house.knock("GET", "/metrics", READER, encryption=trust)

    assert answer.status == 200
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await house.knock("GET", "/metrics", READER)
    assert not (await raw(house, b"GET /healthz HTTP/1.1\r\n\r\n")).startswith(b"HTTP")


async def test_a_server_whose_certificate_is_wrong_does_not_start(tmp_path: Path) -> None:
    tls = WebTlsOptions(certificate=tmp_path / "none.pem", key=tmp_path / "none.key")
    house = House(options(*TOKENS, tls=tls))

    with pytest.raises(ConfigError, match=r"http\.tls"):
        await house.open()

    assert house.server.port == 0


async def test_tokens_that_travel_in_the_clear_are_warned_of(
    house_with: MakeHouse, caplog: pytest.LogCaptureFixture
) -> None:
    await house_with(options(*TOKENS))
    quiet = "tokens can be read" not in caplog.text

    await house_with(HttpOptions(host="0.0.0.0", port=0, tokens=TOKENS))

    assert quiet
    assert "tokens can be read" in caplog.text


# ------------------------------------------------------------------ slow clients, and many


async def test_headers_that_do_not_come_end_the_connection(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS, patience=0.3))

    silent = await raw(house)
    slow = await raw(house, b"GET /healthz HTTP/1.1\r\nHost: x\r\n")

    assert (silent, slow) == (b"", b"")


async def test_headers_that_come_one_by_one_end_the_connection(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS, patience=0.3))
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    ended = asyncio.create_task(reader.read())

    writer.write(b"GET /healthz HTTP/1.1\r\n")
    while not ended.done():
        writer.write(b"X-Slow: loris\r\n")
        await asyncio.sleep(0.05)
        if writer.is_closing():
            break
    writer.close()

    assert await asyncio.wait_for(_all_of(ended), PATIENCE) == b""


async def _all_of(ended: "asyncio.Task[bytes]") -> bytes:
    """Return what was read; a connection that is reset has nothing more to say."""
    try:
        return await ended
    except ConnectionError:
        return b""


async def test_a_body_that_does_not_come_is_not_waited_for(house_with: MakeHouse) -> None:
    hasty = SimulatedClock(speed=1000)  # for the body: aiohttp waits for the headers in real time
    house = await house_with(options(*TOKENS), clock=hasty)
    head = (
        f"POST /rpc HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OWNER}\r\n"
        "Content-Length: 100\r\n\r\n"
    ).encode()

    answer = await raw(house, head, b'{"json')

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"did not arrive in time" in answer


async def test_slow_clients_do_not_keep_others_waiting(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS))
    slow = [await asyncio.open_connection("127.0.0.1", house.server.port) for _ in range(20)]
    for _, writer in slow:
        writer.write(b"POST /rpc HTTP/1.1\r\n")

    answer = await house.call("read_words", READER)

    assert answer.status == 200
    for _, writer in slow:
        writer.close()


async def test_one_connection_too_many_is_hung_up_on(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS, connections=3))
    question = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    kept = [await asyncio.open_connection("127.0.0.1", house.server.port) for _ in range(3)]
    for reader, writer in kept:
        writer.write(question)
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"

    refused = await raw(house, question)
    for _, writer in kept:
        writer.close()

    assert refused == b""
    async with asyncio.timeout(PATIENCE):
        while not await raw(house, b"junk\r\n\r\n"):
            pass  # until the door has seen that they are gone


async def test_headers_that_are_too_long_are_refused(house: House) -> None:
    answer = await raw(house, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.0 400")


# ------------------------------------------------------------------ opening and closing


async def test_a_port_that_is_taken_is_a_clear_error(house: House) -> None:
    other = House(HttpOptions(port=house.server.port))

    with pytest.raises(ConfigError) as caught:
        await other.open()

    assert f"http: cannot listen on 127.0.0.1, port {house.server.port}: " in str(caught.value)
    assert "in use" in str(caught.value)
    assert other.server.port == 0


async def test_a_stopped_server_takes_nothing_and_starts_again(house_with: MakeHouse) -> None:
    port = unused_port()
    house = await house_with(HttpOptions(port=port, tokens=TOKENS))

    await house.server.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    await house.server.start()

    assert (await house.call("read_words", READER)).status == 200


async def test_a_request_under_way_is_answered_before_the_server_is_stopped(
    house_with: MakeHouse,
) -> None:
    waiting = Waiting()
    house = await house_with(options(*TOKENS), waiting)
    asked = asyncio.create_task(house.post(b"<a/>", OPERATOR, "/rci"))
    await until(lambda: waiting.waiting == 1)

    closing = asyncio.create_task(house.server.stop())
    await until(lambda: house.server.port == 0)
    waiting.go_on.set()

    assert (await asked).body == b"<done/>"
    await closing


async def test_a_client_that_leaves_does_not_undo_its_request(house_with: MakeHouse) -> None:
    waiting = Waiting()
    house = await house_with(options(*TOKENS), waiting)
    asked = asyncio.create_task(house.post(b"<a/>", OPERATOR, "/rci"))
    await until(lambda: waiting.waiting == 1)

    asked.cancel()
    await asyncio.sleep(0.05)
    waiting.go_on.set()

    await until(lambda: any(v.path == "/rci" and v.status == 200 for v in house.answers))


async def test_a_server_that_dies_is_started_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    listen, opened = loop.create_server, list[asyncio.Server]()

    async def watched(*where: Any, **how: Any) -> asyncio.Server:
        opened.append(await listen(*where, **how))
        return opened[-1]

    monkeypatch.setattr(loop, "create_server", watched)
    house = House(options(*TOKENS))
    supervisor = Supervisor([house.server], SimulatedClock(speed=50))
    await supervisor.start()
    await house.open_clients()
    try:
        opened[0].close()

        await until(lambda: supervisor.restarts == 1 and house.server.port != 0)
        answer = await house.call("read_words", READER)
    finally:
        await house.close()
        await supervisor.stop()

    assert answer.status == 200
    assert "HttpServer died" in caplog.text
    assert any(record.levelno == logging.ERROR for record in caplog.records)
