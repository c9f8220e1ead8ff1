"""A real web server that takes files, and can be told to fail, to stall, or to die."""

import asyncio
import base64
from collections.abc import Callable, Mapping
import ssl

from aiohttp import web

from tests.ports import unused_port


class PushServer:
    """`statuses` are answered one after the other, then 201; `stalled` answers nothing at all."""

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        self.files: dict[str, bytes] = {}
        self.heard: list[tuple[str, str]] = []  # method and path
        self.headers: list[Mapping[str, str]] = []
        self.statuses: list[int] = []
        self.status_of: Callable[[str], int] = lambda _name: 201
        self.stalled = False
        self.port = unused_port()
        self._ssl = ssl_context
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        scheme = "http" if self._ssl is None else "https"
        return f"{scheme}://127.0.0.1:{self.port}/files"

    async def start(self) -> None:
        """Listen, on the same port each time."""
        application = web.Application()
        application.router.add_route("*", "/files{name:.*}", self._take)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(
            self._runner, "127.0.0.1", self.port, ssl_context=self._ssl, reuse_address=True
        )
        await site.start()

    async def stop(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def credentials(self) -> str:
        """Return the user and password of the last request."""
        scheme, _, coded = self.headers[-1]["Authorization"].partition(" ")
        assert scheme == "Basic"
        return base64.b64decode(coded).decode()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.heard.append((request.method, request.path))
        self.headers.append(dict(request.headers))
        if self.stalled:
            await asyncio.get_running_loop().create_future()
        name = request.match_info["name"].lstrip("/")
        if not name:
            name = request.headers["Content-Disposition"].partition('filename="')[2].rstrip('"')
        status = self.statuses.pop(0) if self.statuses else self.status_of(name)
        if 200 <= status < 300:
            self.files[name] = body
        return web.Response(status=status)
