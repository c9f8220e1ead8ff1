"""HTTP on a TCP port: whoever comes in is served by one handler."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
import ssl
from typing import Any, Final

from aiohttp import web
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.computing import in_thread
from sebridge.base.service import Service
from sebridge.transports.listening.connections import Connections
from sebridge.transports.listening.door import Door
from sebridge.transports.web.connection import HttpConnection

_LOGGER = logging.getLogger(__name__)

_LINGERING: Final = 2.0  # seconds in which the rest of a refused request is read and dropped
_PARTING: Final = 3.0  # seconds for requests under way, when we stop

Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
"""Answers a request, in whatever way."""


class HttpListener(Service):
    """Has HTTP requests handled from its start to its stop; then `port` is where.

    `section` is that of the configuration, which errors name. `patience` is the seconds after which
    an idle connection is closed, and so is one whose headers come too slowly. `make_context` reads
    files, and is not called in the event loop; without it nothing is encrypted.
    """

    def __init__(
        self,
        section: str,
        host: str,
        port: int,
        *,
        connections: Connections,
        handle: Handle,
        patience: float,
        clock: Clock,
        make_context: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        super().__init__()
        self.connections = connections
        self._place = host, port
        self._handle = handle
        self._patience = patience
        self._clock = clock
        self._make_context = make_context
        self._runner: web.ServerRunner | None = None
        self._door = Door(section, connections, self._serve, self.spawn, clock)

    @property
    def port(self) -> int:
        """The TCP port on which it listens; 0 while it does not."""
        return self._door.port

    @override
    async def start(self) -> None:
        """Listen; raise ConfigError when the port is taken or the certificate is wrong."""
        await self._close()
        self._runner = self._make_runner()
        await self._runner.setup()
        try:
            make = self._make_context
            context = None if make is None else await in_thread(make)
            await self._door.open(*self._place, context)
        except BaseException:
            await self._close()
            raise
        await super().start()

    @override
    async def run(self) -> None:
        """Wait; end with an error when nobody listens any more, so that it is started again."""
        await self._door.closed()
        raise RuntimeError("the HTTP server was closed from outside")

    @override
    async def stop(self) -> None:
        """Take no more requests; those under way have some seconds to end."""
        await super().stop()
        await self._close()

    def _make_runner(self) -> web.ServerRunner:
        loop = asyncio.get_running_loop()

        def request_of(
            message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
        ) -> web.BaseRequest:
            return web.BaseRequest(
                message, payload, protocol, writer, task, loop, client_max_size=0
            )

        server = web.Server(self._handle, request_factory=request_of)
        return web.ServerRunner(server, shutdown_timeout=_PARTING)

    def _serve(self, on_closed: Callable[[], object]) -> HttpConnection | None:
        """Return who serves a new connection; None while we stop."""
        if self._runner is None or self._runner.server is None:
            return None
        return HttpConnection(
            self._runner.server,
            connections=self.connections,
            clock=self._clock,
            on_closed=on_closed,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=self._patience,
            lingering_time=_LINGERING,
            logger=_PeerLog(_LOGGER),
        )

    async def _close(self) -> None:
        runner, self._runner = self._runner, None
        self._door.close()
        if runner is not None:
            await runner.cleanup()


class _PeerLog(logging.LoggerAdapter[logging.Logger]):
    """Takes what aiohttp logs of broken requests: briefly, as what they hold may be a token."""

    @override
    def exception(self, msg: object, *args: object, exc_info: Any = True, **how: Any) -> None:
        """Say which client it was, and of which kind the error is."""
        self.info(f"{msg}: %s", *args, type(exc_info).__name__)
