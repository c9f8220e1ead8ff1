"""One HTTP connection from accept to its end: counted, encrypted, and closed when it is too slow.

A connection is counted when it is accepted, before anything is encrypted, so that handshakes which
never end count as well.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
import logging
import ssl
from typing import Any, Final

from aiohttp import hdrs, web
import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.transports.web.auth import home_of

_LOGGER = logging.getLogger(__name__)

_EMPTY: Final = 0
_ANY: Final = 1  # octets that wait to be sent: above it, the client does not keep up


HEADERS: Final = {
    hdrs.SERVER: "sebridge",
    hdrs.CACHE_CONTROL: "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer: browsers trust nothing and keep nothing, and nobody learns what we run on."""


def told(status: int, problem: str, *, wait: int = 0) -> web.Response:
    """Return a refusal as JSON; `wait` is the seconds after which it is worth another try."""
    answer = web.json_response({"error": problem}, status=status)
    if wait:
        answer.headers[hdrs.RETRY_AFTER] = str(wait)
    return answer


class ConnectionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How many connections there may be, and how long they may take."""

    connections: int
    """Of all clients."""
    connections_per_address: int
    handshake_seconds: float
    """For TLS."""
    write_seconds: float
    """In which a client must have taken what was sent to it."""


class Connections:
    """Counts the connections there are; `turned_away` those that were too many.

    `slow` counts those that were closed because nobody read.
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.turned_away = 0
        self.slow = 0
        self._of_address: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many there are."""
        return self._of_address.total()

    @property
    def counters(self) -> Mapping[str, int]:
        """How many there are, and how many were closed for being too many or too slow."""
        return {"open": len(self), "turned_away": self.turned_away, "slow": self.slow}

    def enter(self, address: str) -> str | None:
        """Count a connection; return the key by which it leaves, None when there is no room."""
        key = home_of(address)
        full = len(self) >= self.limits.connections
        if full or self._of_address[key] >= self.limits.connections_per_address:
            self.turned_away += 1
            return None
        self._of_address[key] += 1
        return key

    def count_slow(self) -> None:
        """Count a connection that is closed because nobody read."""
        self.slow += 1

    def leave(self, key: str) -> None:
        """Count a connection no more."""
        self._of_address[key] -= 1
        if not self._of_address[key]:
            del self._of_address[key]


class HttpConnection(web.RequestHandler):
    """Serves the requests of one connection, one after the other.

    A client that does not take what was sent to it within the time it has is cut off. `on_closed`
    is called when the connection ends.
    """

    __slots__ = ("_clock", "_connections", "_drained", "_on_closed", "_timer", "_waiting")

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
        self._waiting = 0  # buffers, ours and that of TLS, that the client has not emptied
        self._drained = asyncio.Event()
        self._drained.set()
        self._timer: Any = None

    @override
    def pause_writing(self) -> None:
        """Hear that something could not be sent at once."""
        super().pause_writing()
        self.begin_waiting()

    @override
    def resume_writing(self) -> None:
        """Hear that everything was sent."""
        super().resume_writing()
        self.end_waiting()

    def begin_waiting(self) -> None:
        """Give the client its time to take what was sent."""
        self._waiting += 1
        if self._waiting == 1:
            self._drained.clear()
            seconds = self._connections.limits.write_seconds
            self._timer = self._clock.call_later(seconds, self._cut_off)

    def end_waiting(self) -> None:
        """Go on: the client has taken it."""
        self._waiting = max(self._waiting - 1, 0)
        if not self._waiting:
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
        answer.headers.update(HEADERS)
        answer.force_close()
        return answer

    def _cut_off(self) -> None:
        if self.transport is not None:
            self._connections.count_slow()
            self.transport.abort()

    def _go_on(self) -> None:
        self._drained.set()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Accepting(asyncio.Protocol):
    """A connection that was just accepted: counts it or closes it, and sees to its encryption."""

    def __init__(
        self,
        connections: Connections,
        context: ssl.SSLContext | None,
        serve: Callable[[Callable[[], object]], HttpConnection | None],
        spawn: Callable[..., object],
    ) -> None:
        self._connections = connections
        self._context = context
        self._serve = serve
        self._spawn = spawn

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let it in, or hang up on one too many."""
        assert isinstance(transport, asyncio.Transport)
        # so that each octet is heard of that cannot be sent at once
        transport.set_write_buffer_limits(high=_ANY, low=_EMPTY)
        peer = transport.get_extra_info("peername")
        key = self._connections.enter(str(peer[0]) if peer else "")
        if key is None:
            transport.abort()
            return
        left = partial(self._connections.leave, key)
        if self._context is None:
            self._serve_on(transport, left)
            return
        transport.pause_reading()  # what comes first belongs to the handshake
        self._spawn(self._encrypt(transport, self._context, left), "a handshake")

    async def _encrypt(
        self, transport: asyncio.Transport, context: ssl.SSLContext, left: Callable[[], object]
    ) -> None:
        early, limits = _Early(), self._connections.limits
        encrypted = None
        try:
            encrypted = await asyncio.get_running_loop().start_tls(
                transport,
                early,
                context,
                server_side=True,
                ssl_handshake_timeout=limits.handshake_seconds,
                ssl_shutdown_timeout=limits.write_seconds,
            )
        except OSError as error:  # it is no TLS, or came too late
            _LOGGER.debug("a TLS handshake failed: %s", type(error).__name__)
        finally:
            if encrypted is None or early.is_lost:
                transport.abort()
                left()
        if encrypted is None or early.is_lost:
            return
        connection = self._serve_on(encrypted, left)
        if connection is not None:
            transport.set_protocol(_Watch(transport.get_protocol(), connection))
            if early.octets:
                connection.data_received(bytes(early.octets))

    def _serve_on(
        self, transport: asyncio.Transport, left: Callable[[], object]
    ) -> HttpConnection | None:
        connection = self._serve(left)
        if connection is None:
            transport.abort()
            left()
            return None
        transport.set_protocol(connection)
        connection.connection_made(transport)
        return connection


class _Early(asyncio.Protocol):
    """Keeps what comes between the end of a handshake and its being noticed."""

    def __init__(self) -> None:
        self.octets = bytearray()
        self.is_lost = False

    @override
    def data_received(self, data: bytes) -> None:
        self.octets += data

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True


class _Watch(asyncio.BufferedProtocol):
    """Stands between a connection's TLS and its socket, and hears what the client has not taken.

    TLS hands on what it has encrypted, and tells nobody that it stays in the socket's buffer.
    """

    def __init__(self, tls: asyncio.BaseProtocol, connection: HttpConnection) -> None:
        assert isinstance(tls, asyncio.BufferedProtocol)
        self._tls = tls
        self._connection = connection

    @override
    def get_buffer(self, sizehint: int) -> Any:
        return self._tls.get_buffer(sizehint)

    @override
    def buffer_updated(self, nbytes: int) -> None:
        self._tls.buffer_updated(nbytes)

    @override
    def eof_received(self) -> bool | None:
        return self._tls.eof_received()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._tls.connection_lost(exc)

    @override
    def pause_writing(self) -> None:
        self._tls.pause_writing()
        self._connection.begin_waiting()

    @override
    def resume_writing(self) -> None:
        self._tls.resume_writing()
        self._connection.end_waiting()
