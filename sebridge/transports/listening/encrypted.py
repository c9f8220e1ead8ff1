"""TLS above a plain connection, on any event loop, which hides nothing of what is not sent yet.

The TLS of event loops tells nobody how much of a connection waits in the socket's own buffer, and
that of uvloop cannot be looked into. Here only what is plain is the loop's, and its pauses are
handed on.
"""

import asyncio
from collections.abc import Callable
import logging
import ssl
from typing import Any, Final

from typing_extensions import override

from sebridge.transports.listening.tls_session import TlsSession

_LOGGER = logging.getLogger(__name__)

_PIECE: Final = 65_536  # octets that are encrypted at once, so that few are in memory twice


class EncryptedTransport(asyncio.Transport, asyncio.Protocol):
    """The protocol of a plain connection, and the transport of who serves what is in it.

    `serve` says who that is, when the handshake is done; None when nobody does. `on_closed` is
    called when the connection ends before anybody serves it.
    """

    def __init__(
        self,
        plain: asyncio.Transport,
        context: ssl.SSLContext,
        serve: Callable[[], asyncio.Protocol | None],
        on_closed: Callable[[], object],
    ) -> None:
        super().__init__({"sslcontext": context})
        self._plain = plain
        self._session = TlsSession(context)
        self._serve = serve
        self._on_closed = on_closed
        self._served: asyncio.Protocol | None = None
        self._paused = False
        self._settled = asyncio.Event()

    @property
    def is_served(self) -> bool:
        """Whether somebody serves it: its handshake was done."""
        return self._served is not None

    async def settled(self) -> None:
        """Return when its handshake is over, in whatever way."""
        await self._settled.wait()

    # ------------------------------------------------------------------ for the plain connection

    @override
    def data_received(self, data: bytes) -> None:
        """Take encrypted octets."""
        try:
            octets = self._session.receive(data)
        except ssl.SSLError as error:
            _LOGGER.debug("a TLS connection failed: %s", error.reason)
            self._flush()
            self._plain.close()
            self._settled.set()
            return
        if self._session.is_open and not self._settled.is_set():
            self._begin()
        self._flush()
        if self._served is not None and octets:
            self._served.data_received(octets)
        if self._session.is_over:
            self.eof_received()

    @override
    def eof_received(self) -> None:
        """Close: who sends no more is not answered any more, with TLS as without."""
        if self._served is not None:
            self._served.eof_received()
        self.close()

    @override
    def pause_writing(self) -> None:
        """Hand on that not everything could be sent."""
        self._paused = True
        if self._served is not None:
            self._served.pause_writing()

    @override
    def resume_writing(self) -> None:
        """Hand on that everything was sent."""
        self._paused = False
        if self._served is not None:
            self._served.resume_writing()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on that it is over."""
        self._settled.set()
        if self._served is None:
            self._on_closed()
        else:
            self._served.connection_lost(exc)

    # ------------------------------------------------------------------ for who serves it

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        octets = memoryview(data)
        for start in range(0, len(octets), _PIECE):
            if self._plain.is_closing():
                return
            self._session.encrypt(octets[start : start + _PIECE])
            self._flush()

    @override
    def get_write_buffer_size(self) -> int:
        return self._plain.get_write_buffer_size()

    @override
    def pause_reading(self) -> None:
        self._plain.pause_reading()

    @override
    def resume_reading(self) -> None:
        self._plain.resume_reading()

    @override
    def is_closing(self) -> bool:
        return self._plain.is_closing()

    @override
    def close(self) -> None:
        if self._session.is_open and not self._plain.is_closing():
            self._session.say_farewell()
            self._flush()
        self._plain.close()

    @override
    def abort(self) -> None:
        self._plain.abort()

    @override
    def get_extra_info(self, name: str, default: Any = None) -> Any:
        own = super().get_extra_info(name)
        return self._plain.get_extra_info(name, default) if own is None else own

    # ------------------------------------------------------------------ inside

    def _begin(self) -> None:
        served = self._serve()
        if served is None:
            self._plain.abort()
        else:
            self._served = served
            served.connection_made(self)
            if self._paused:
                served.pause_writing()
        self._settled.set()

    def _flush(self) -> None:
        if not self._plain.is_closing():
            self._plain.write(self._session.to_send())
