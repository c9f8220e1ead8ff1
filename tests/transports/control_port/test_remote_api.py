"""The XML-RPC of the control port: old and new clients, and who is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import ipaddress
import logging
from typing import Any
import xmlrpc.client

import pytest

from sebridge.base.clock import SystemClock
from sebridge.base.computing import in_thread
from sebridge.base.errors import ConfigError, NotJoinedError
from sebridge.settings.control_port_options import ControlPortOptions
from sebridge.transports.control_port.remote_api import RemoteApi, is_own_name
from sebridge.transports.control_port.xml_rpc import Value
from tests.ports import unused_port

ENTRIES: list[Any] = [
    {"extended_address": "00:13:a2:00:40:0a:3e:ff", "node_id": "E2", "tcp_port": 27001}
]
CALL = (
    "<?xml version='1.0'?>\n<methodCall>\n<methodName>list</methodName>\n"
    "<params>\n</params>\n</methodCall>\n"
)
OF_PYTHON_2 = (
    "POST /RPC2 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"
    "User-Agent: xmlrpclib.py/1.0.1 (by www.pythonware.com)\r\nContent-Type: text/xml\r\n"
    f"Content-Length: {len(CALL)}\r\n\r\n{CALL}"
)
"""What xmlrpclib of Python 2.7 sends; before 2.7 it spoke HTTP/1.0, and sent no Accept-Encoding."""


async def _list() -> Value:
    return ENTRIES


async def _fail() -> Value:
    raise NotJoinedError("the radio is not connected")


@asynccontextmanager
async def api(**options: Any) -> AsyncIterator[int]:
    """Give the port of one that listens."""
    port = unused_port()
    chosen = ControlPortOptions(port=port, **options)
    served = RemoteApi(chosen, {"list": _list, "discover": _fail}, SystemClock())
    await served.start()
    try:
        assert served.port == port
        yield port
    finally:
        await served.stop()


async def answered(port: int, request: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.format(port=port).encode())
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)).decode()
    length = next(line for line in head.splitlines() if line.startswith("Content-Length: "))
    body = await reader.readexactly(int(length.partition(" ")[2]))
    writer.close()
    await writer.wait_closed()
    return head + body.decode()


def call_of_today(port: int, method: str, *parameters: Any) -> Any:
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{port}/RPC2") as server:
        return getattr(server, method)(*parameters)


# ------------------------------------------------------------------ who is answered


async def test_todays_client_is_answered() -> None:
    async with api() as port:
        assert await in_thread(call_of_today, port, "list") == ENTRIES


@pytest.mark.parametrize(
    "request_",
    [
        OF_PYTHON_2,
        OF_PYTHON_2.replace("HTTP/1.1", "HTTP/1.0").replace("Accept-Encoding: gzip\r\n", ""),
        OF_PYTHON_2.replace("/RPC2", "/"),
        OF_PYTHON_2.replace("127.0.0.1:{port}", "localhost"),
    ],
    ids=["2.7", "2.6", "without a path", "by name"],
)
async def test_an_old_client_is_answered(request_: str) -> None:
    async with api() as port:
        told = await answered(port, request_)

    head, _, body = told.partition("\r\n\r\n")
    assert " 200 OK" in head
    assert "Content-Type: text/xml" in head
    ((read,), _) = xmlrpc.client.loads(body)
    assert read == ENTRIES


@pytest.mark.parametrize(
    ("method", "parameters", "code", "problem"),
    [
        ("discover", (), -32500, "the radio is not connected"),
        ("shut_down", (), -32601, "there is no such method, but list, discover"),
        ("list", ("E2",), -32602, "list takes no parameters"),
    ],
)
async def test_what_is_wrong_is_a_fault(
    method: str, parameters: tuple[str, ...], code: int, problem: str
) -> None:
    async with api() as port:
        with pytest.raises(xmlrpc.client.Fault) as raised:
            await in_thread(call_of_today, port, method, *parameters)

    assert (raised.value.faultCode, raised.value.faultString) == (code, problem)


async def test_what_is_no_call_is_a_fault() -> None:
    async with api() as port:
        told = await answered(port, OF_PYTHON_2.replace("methodCall", "methodball"))

    assert "<int>-32600</int>" in told


# ------------------------------------------------------------------ who is refused


@pytest.mark.parametrize(
    ("was", "becomes", "status"),
    [
        ("text/xml", "text/plain", 415),
        ("text/xml", "application/x-www-form-urlencoded", 415),
        ("Host: 127.0.0.1", "Origin: http://evil.example\r\nHost: 127.0.0.1", 403),
        ("Host: 127.0.0.1", "Host: evil.example", 403),
        ("POST", "GET", 405),
        ("POST", "OPTIONS", 405),
        ("/RPC2", "/RPC3", 404),
        (f"Content-Length: {len(CALL)}", "Content-Length: 1000000", 413),
    ],
)
async def test_a_page_in_a_browser_is_refused(was: str, becomes: str, status: int) -> None:
    async with api() as port:
        told = await answered(port, OF_PYTHON_2.replace(was, becomes, 1))

    assert told.startswith(f"HTTP/1.1 {status} ")
    assert "Access-Control" not in told


def test_a_name_that_a_page_may_have_is_not_ours() -> None:
    assert all(map(is_own_name, ("localhost:27000", "127.0.0.1", "192.168.1.5:27000", "[::1]:1")))
    assert not any(map(is_own_name, ("evil.example:27000", "", "localhost.evil.example")))


async def test_who_is_not_allowed_to_come_is_not_let_in() -> None:
    chosen = ControlPortOptions(host="0.0.0.0", allowed=(ipaddress.ip_network("192.168.1.0/24"),))

    assert chosen.admits("192.168.1.7")
    assert chosen.admits("::ffff:192.168.1.7")
    assert chosen.admits("::1%lo")
    assert not chosen.admits("192.168.2.7")
    assert not chosen.admits("")


async def test_to_listen_for_others_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async with api(host="0.0.0.0", allowed=(ipaddress.ip_network("192.168.1.0/24"),)):
        pass

    assert "whoever is allowed there needs no token" in caplog.text


async def test_a_port_that_is_taken_is_named() -> None:
    async with api() as port:
        other = RemoteApi(ControlPortOptions(port=port), {}, SystemClock())

        with pytest.raises(
            ConfigError, match=f"control_port: cannot listen on 127.0.0.1, port {port}"
        ):
            await other.start()
