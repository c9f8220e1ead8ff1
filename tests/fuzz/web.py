"""HTTP: raw octets on a socket, to the server of a whole bridge.

An input is what a client sends on one connection. `TOKEN` stands in it for a token that is let in.
"""

import asyncio
from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
import json
from pathlib import Path
from random import Random
import re
from typing import Any

from sebridge.base.secret import Secret
from sebridge.settings.http_options import HttpOptions, TokenOptions, WebLimits
from sebridge.transports.web.tokens import hash_of
from tests.fuzz.documents import grow_json, grow_xml
from tests.fuzz.house import House, house_options, housed
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must
from tests.fuzz.watch import PLANTED, leaked
from tests.patience import PATIENCE, until
from tests.ports import unused_port

_TOKEN = b"TOKEN"
_BODY = 4096  # octets that the server takes
_END = b"\r\n\r\n" + b"0" * (2 * _BODY) + b"\r\n\r\n0\r\n\r\n"
"""What ends any request, or makes it too large."""
_STATUS = re.compile(rb"HTTP/\d\.\d (\d{3}) [^\r\n]*\r\n")
_GOOD = (
    b"GET /rpc/methods HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n"
    b"Connection: close\r\n\r\n"
)


class WebSubject:
    """A bridge that listens."""

    def __init__(self, house: House, kept: dict[str, MutableMapping[Any, Any]]) -> None:
        self.keys = house.keys
        self._house = house
        self._kept = kept

    async def take(self, octets: bytes) -> None:
        """Send octets; whatever comes back is HTTP, and others are answered afterwards."""
        answer = await self._exchange(octets, _END)
        if answer:
            status = _STATUS.match(answer)
            must(status is not None, f"no HTTP comes back: {answer[:60]!r}")
            must(status is None or status[1] != b"500", "a request meets a bug")
        must(not leaked(answer.decode(errors="replace"), [PLANTED]), "an answer tells a key")
        good = await self._exchange(_GOOD, b"")
        must(good.startswith(b"HTTP/1.1 200 "), f"a good request is answered {good[:60]!r}")
        await self._house.check(self._kept.values())

    async def _exchange(self, octets: bytes, end: bytes) -> bytes:
        """Return all that the server says on a new connection until it closes it."""
        http = self._house.bridge.http
        assert http is not None
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", http.server.port)
            writer.write(octets.replace(_TOKEN, PLANTED.encode()) + end)
            reading = asyncio.ensure_future(_everything(reader, is_ended=bool(end)))
            while not reading.done():
                await self._house.clock.advance(0.1)
                await asyncio.wait([reading], timeout=0.002)
            writer.transport.abort()
        await until(lambda: not len(http.server.connections))
        return reading.result()


async def _everything(reader: asyncio.StreamReader, *, is_ended: bool) -> bytes:
    """Return what comes until the server closes; of one that keeps connections, one answer."""
    found = b""
    try:
        while octets := await reader.read(65_536):
            found += octets
            if is_ended and b"\r\n\r\n" in found:
                break
    except ConnectionError:
        return found  # it hung up on what was too much
    return found


# ------------------------------------------------------------------ inputs

_METHODS = (b"POST", b"POST", b"GET", b"HEAD", b"OPTIONS", b"PUT", b"CONNECT", b"x", b"PRI")
_PATHS = (
    *(b"/rpc", b"/rpc", b"/rpc", b"/rci", b"/ws/sci", b"/rpc/methods", b"/openrpc.json"),
    *(b"/openapi.json", b"/rest/circles", b"/rest/circles/%ff", b"/rest/circles/0/power?x"),
    *(b"/healthz", b"/metrics", b"/", b"*", b"//", b"/%00", b"/rpc?x=%ff", b"http://x:99999/rpc"),
    *(
        b"/console/session",
        b"/console/socket",
        b"/console/app.js",
        b"/console/",
        b"/../rpc",
        b"/rpc/" + b"x" * 9000,
        b"/\xff",
        b"/rpc#a",
        b"[::1",
        b"http://[",
        b"/rpc/help",
    ),
)
_VERSIONS = (
    b"HTTP/1.1",
    b"HTTP/1.1",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"HTTP/0.9",
    b"HTTP/2.0",
    b"x",
    b"",
)
_HEADERS = (
    *(b"Authorization: Bearer TOKEN", b"Authorization: Basic eDp4", b"Authorization: Bearer "),
    *(b"Authorization: Basic %%%", b"Authorization: \xff", b"Authorization: Bearer x y"),
    *(b"Content-Type: application/json", b"Content-Type: text/xml; charset=utf-16"),
    *(b"Content-Type: application/json; charset=x", b"Content-Type: \x00", b"Content-Type: ;;=;"),
    *(b"Expect: 100-continue", b"Expect: x", b"Connection: close", b"Connection: Upgrade"),
    *(b"Upgrade: websocket", b"Upgrade: h2c", b"Content-Encoding: gzip", b"Content-Encoding: x"),
    *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: x, chunked", b"Content-Length: -1"),
    *(b"Content-Length: 99999999999999999999", b"Content-Length: +1", b"Content-Length: 1, 2"),
    *(b"Host: ", b"Host: \xff", b"Host: [", b"Origin: null", b"Sec-Fetch-Site: cross-site"),
    *(b"Cookie: a=b; c", b"Range: bytes=-1", b"X-Forwarded-For: ::1", b" folded", b"no colon"),
    *(b"X: " + b"x" * 9000, b"X-\xff: 1", b": empty", b"Accept: */*;q=x", b"If-None-Match: *"),
)


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a request or two, right or nearly so."""
    if seeds and random.random() < 0.3:
        return changed(random, random.choice(seeds), seeds)
    requests = b"".join(_request(random) for _ in range(random.choice((1, 1, 1, 2))))
    return changed(random, requests, seeds) if random.random() < 0.3 else requests


def _request(random: Random) -> bytes:
    path = random.choice(_PATHS)
    body = grow_xml(random, ()) if path in {b"/rci", b"/ws/sci"} else _body(random)
    headers = random.sample(_HEADERS, random.choice((0, 1, 1, 2, 4)))
    if random.random() < 0.8:
        headers.append(b"Authorization: Bearer TOKEN")
    if random.random() < 0.8:
        headers.append(b"Host: x")
    match random.randrange(5):
        case 0:
            headers.append(b"Transfer-Encoding: chunked")
            size = random.choice((b"%x" % len(body), b"-1", b"fffffffffffffffff", b"x", b"0;a=b"))
            body = size + b"\r\n" + body + b"\r\n0\r\n\r\n"
        case 1:
            headers.append(b"Content-Length: %d" % random.choice((0, 1, len(body) + 1, 10**9)))
        case _:
            headers.append(b"Content-Length: %d" % len(body))
    random.shuffle(headers)
    line = b" ".join((random.choice(_METHODS), path, random.choice(_VERSIONS)))
    return b"\r\n".join((line, *headers, b"", body))


def _body(random: Random) -> bytes:
    if random.random() < 0.2:
        return json.dumps({"jsonrpc": "2.0", "method": "help", "id": 1}).encode()
    return grow_json(random, ()).partition(b"\n")[2]


@asynccontextmanager
async def _subject(_directory: Path) -> AsyncIterator[WebSubject]:
    token = TokenOptions(name="x", scope="admin", hash=hash_of(Secret(PLANTED.encode())))
    limits = WebLimits(body=_BODY, requests_per_minute=1_000_000, failed_sign_ins_per_minute=10_000)
    options = HttpOptions(port=unused_port(), tokens=(token,), limits=limits)
    async with housed(house_options(http=options), seconds=1.0) as (house, kept):
        yield WebSubject(house, kept)


TARGET = Target(
    name="http",
    told="octets on a socket of the HTTP server",
    subject=_subject,
    grow=grow,
    lasts=50,
    in_suite=50,
)
