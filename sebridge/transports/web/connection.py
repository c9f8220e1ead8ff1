"""One HTTP connection, and its answers: closed when its client is too slow."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import HttpVersion10, hdrs, web
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.transports.listening.connections import Connections
from sebridge.transports.web.answer import Answer, told


class Written(web.StreamResponse):
    """An answer, as aiohttp has it written: once, and with one write.

    `closes` says that the connection ends with it, whatever the client wants.
    """

    def __init__(self, answer: Answer, *, clock: Clock, closes: bool = False) -> None:
        super().__init__(status=answer.status)
        self._answer: Answer | None = answer
        self._clock = clock
        self._stays = not closes

    @property
    @override
    def keep_alive(self) -> bool:
        """Whether the connection stays, once it is written."""
        return self._stays

    @override
    async def prepare(self, request: web.BaseRequest) -> None:
        """Write all of it, unless that was done; raise ConnectionError where nobody is there."""
        answer, self._answer = self._answer, None
        if answer is None:
            return
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the client is gone")
        self._stays = self._stays and request.keep_alive
        head = answer.head(
            self._clock.utc(),
            is_http_1_0=request.version == HttpVersion10,
            stays=self._stays,
        )
        if not answer.body or request.method == hdrs.METH_HEAD:
            transport.write(head)
        else:
            transport.writelines((head, answer.body))

    @override
    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: all is written."""


class HttpConnection(web.RequestHandler):
    """Serves the requests of one connection, one after the other.

    A client that does not take what was sent to it within the time it has is cut off. `on_closed`
    is called when the connection ends.
    """

    __slots__ = ("_clock", "_connections", "_drained", "_link", "_on_closed", "_timer")

    def __init__(
        self,
        server: web.Server,
        *,
        connections: Connections,
        clock: Clock,
        on_closed: Callable[[], object],
        **options: Any,
    ) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._connections = connections
        self._clock = clock
        self._on_closed = on_closed
        self._drained = asyncio.Event()
        self._drained.set()
        self._timer: Any = None
        self._link: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve."""
        super().connection_made(transport)
        # aiohttp forgets its own when it closes it, even when something is still to be sent
        self._link = self.transport

    @override
    def pause_writing(self) -> None:
        """Hear that something could not be sent at once: the client has its time to take it."""
        super().pause_writing()
        self._drained.clear()
        self._timer = self._clock.call_later(self._connections.limits.write_seconds, self._cut_off)

    @override
    def resume_writing(self) -> None:
        """Hear that everything was sent."""
        super().resume_writing()
        self._go_on()

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        """Wait for nothing any more."""
        super().connection_lost(exc)
        self._go_on()
        self._on_closed()

    async def drained(self) -> None:
        """Return when the client has taken everything, or is gone."""
        await self._drained.wait()

    @override
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP without repeating it: it may hold a token."""
        del message
        self.log_exception("a broken request from %s", request.remote, exc_info=exc)
        answer = told(status, "internal error" if exc is None else "the request is broken")
        return Written(answer, clock=self._clock, closes=True)

    def _cut_off(self) -> None:
        if self._link is not None:
            self._connections.count_slow()
            self._link.abort()

    def _go_on(self) -> None:
        self._drained.set()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
