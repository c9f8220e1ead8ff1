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
from typing import Any, Final, cast

from aiohttp import HttpVersion10, hdrs, web
import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.transports.web.answer import Answer, told
from sebridge.transports.web.auth import home_of
from sebridge.transports.web.encrypted import EncryptedTransport

_LOGGER = logging.getLogger(__name__)

_EMPTY: Final = 0
_ANY: Final = 1  # octets that wait to be sent: above it, the client does not keep up


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


class Accepting(asyncio.Protocol):
    """A connection that was just accepted: counts it or closes it, and sees to its encryption."""

    def __init__(
        self,
        connections: Connections,
        context: ssl.SSLContext | None,
        serve: Callable[[Callable[[], object]], HttpConnection | None],
        spawn: Callable[..., object],
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._context = context
        self._serve = serve
        self._spawn = spawn
        self._clock = clock
        self._key: str | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let it in, or hang up on one too many."""
        plain = cast("asyncio.Transport", transport)  # those of uvloop are none by class
        # so that each octet is heard of that cannot be sent at once
        plain.set_write_buffer_limits(high=_ANY, low=_EMPTY)
        peer = plain.get_extra_info("peername")
        self._key = self._connections.enter(str(peer[0]) if peer else "")
        if self._key is None:
            plain.abort()
        elif self._context is None:
            self._serve_plain(plain)
        else:
            serve = partial(self._serve, self._leave)
            encrypted = EncryptedTransport(plain, self._context, serve, self._leave)
            plain.set_protocol(encrypted)
            self._spawn(self._hurry(encrypted), "a handshake")

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that it is over before anybody served it."""
        self._leave()

    def _serve_plain(self, transport: asyncio.Transport) -> None:
        connection = self._serve(self._leave)
        if connection is None:
            transport.abort()
            return
        transport.set_protocol(connection)
        connection.connection_made(transport)

    async def _hurry(self, encrypted: EncryptedTransport) -> None:
        """End a connection whose handshake does not end in time, or fails, or when we stop."""
        seconds = self._connections.limits.handshake_seconds
        try:
            await self._clock.within(seconds, encrypted.settled())
        except AnswerTimeoutError:
            _LOGGER.debug("a TLS handshake came too late")
        finally:
            if not encrypted.is_served:
                encrypted.abort()

    def _leave(self) -> None:
        if self._key is not None:
            self._connections.leave(self._key)
