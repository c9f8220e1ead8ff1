"""A connection that was just accepted: counted, before anything is encrypted, and then encrypted.

So handshakes which never end count as well.
"""

import asyncio
from collections.abc import Callable
from functools import partial
import logging
import ssl
from typing import Final, cast

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.transports.listening.connections import Connections
from sebridge.transports.listening.encrypted import EncryptedTransport

_LOGGER = logging.getLogger(__name__)

_EMPTY: Final = 0
_ANY: Final = 1  # octets that wait to be sent: above it, the client does not keep up

Serve = Callable[[Callable[[], object]], asyncio.Protocol | None]
"""Says who serves a new connection, given what is to be called when it ends; None for nobody."""


class Accepting(asyncio.Protocol):
    """A connection that was just accepted: counts it or closes it, and sees to its encryption."""

    def __init__(
        self,
        connections: Connections,
        context: ssl.SSLContext | None,
        serve: Serve,
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
