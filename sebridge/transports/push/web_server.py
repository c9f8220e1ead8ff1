"""A web server as the target of pushed files."""

import ssl
from typing import Final

import aiohttp
import msgspec

from sebridge.base.secret import Secret
from sebridge.transports.push.targets import FileRefusedError, PushError

_GOOD: Final = range(200, 300)
_ABOUT_THE_FILE: Final = frozenset({400, 406, 409, 411, 413, 414, 415, 422})
"""Statuses that another file may not get; every other failure concerns all files."""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A web server that takes files.

    PUT goes to `url`/name; POST goes to `url` with the name in Content-Disposition. `timeout` is
    seconds for one file. `ssl_context` None trusts the system's authorities.
    """

    url: str
    method: str = "PUT"
    username: str | None = None
    password: Secret | None = None
    timeout: float = 30.0
    ssl_context: ssl.SSLContext | None = None


class WebServerTarget:
    """Sends files to a web server; one that answers 2xx has them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._session: aiohttp.ClientSession | None = None

    async def put(self, name: str, content: bytes) -> None:
        """Return when the server has the file; FileRefusedError or PushError otherwise."""
        server = self._server
        url = f"{server.url.rstrip('/')}/{name}" if server.method == "PUT" else server.url
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        if server.method == "POST":
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        try:
            async with self._open().request(
                server.method, url, data=content, headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            # its own text may hold the address, with credentials in it
            problem = f"the push server cannot be reached: {type(error).__name__}"
            raise PushError(problem) from error
        if status in _ABOUT_THE_FILE:
            raise FileRefusedError(f"the push server answers {status} to {name}")
        if status not in _GOOD:
            raise PushError(f"the push server answers {status}")

    async def close(self) -> None:
        """Close the connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            server, headers = self._server, {}
            if server.username is not None:
                password = b"" if server.password is None else server.password.reveal()
                headers["Authorization"] = aiohttp.encode_basic_auth(
                    server.username, password.decode()
                )
            self._session = aiohttp.ClientSession(
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=server.timeout),
                connector=aiohttp.TCPConnector(ssl=server.ssl_context or True, limit=1),
            )
        return self._session
