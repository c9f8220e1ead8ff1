"""The way to a broker by websocket: a stream of octets in binary messages.

Source: MQTT Version 5.0, Using WebSocket as a network transport.
"""

import asyncio
import ssl
from typing import Final

import aiohttp
from typing_extensions import override
from yarl import URL

from sebridge.settings.broker_address import BrokerAddress

_SUBPROTOCOL: Final = "mqtt"
_LARGEST: Final = (1 << 28) + 5
"""Octets of a message: the largest MQTT packet. A smaller limit would end the link each time that a
broker of MQTT 3.1.1, which cannot be told our limit, sends more."""
_CONGESTED: Final = 1 << 16  # octets that wait to be sent


async def open_websocket(
    address: BrokerAddress,
    protocol: asyncio.Protocol,
    context: ssl.SSLContext | None,
    server_name: str | None,
) -> None:
    """Connect a protocol to a broker; `server_name` is the one in its certificate, if another.

    Raises OSError.
    """
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    try:
        socket = await session.ws_connect(
            URL(f"{address}?{address.query}" if address.query else str(address)),
            protocols=[_SUBPROTOCOL],
            ssl=context or True,
            server_hostname=server_name,
            max_msg_size=_LARGEST,
        )
    except aiohttp.ClientError as error:
        await session.close()
        raise _why(error) from error
    except BaseException:
        await session.close()
        raise
    if socket.protocol != _SUBPROTOCOL:
        await session.close()
        raise ConnectionError("the websocket is not for MQTT")
    WebSocketTransport(session, socket, protocol)


def _why(error: aiohttp.ClientError) -> OSError:
    # aiohttp's own text may hold the address with its query
    match error:
        case aiohttp.ClientConnectorCertificateError():
            cause = error.certificate_error
            return cause if isinstance(cause, OSError) else ConnectionError(str(cause))
        case aiohttp.ClientConnectorError():
            return error.os_error
        case aiohttp.WSServerHandshakeError():
            return ConnectionError(f"no websocket at this path: HTTP status {error.status}")
    return ConnectionError(f"no websocket: {type(error).__name__}")


class WebSocketTransport(asyncio.Transport):
    """What asyncio has for TCP, for a websocket: whoever writes never waits."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        socket: aiohttp.ClientWebSocketResponse,
        protocol: asyncio.Protocol,
    ) -> None:
        super().__init__()
        self._session = session
        self._socket = socket
        self._protocol = protocol
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._waiting = 0  # octets
        self._closing = False
        self._task = asyncio.ensure_future(self._live())
        protocol.connection_made(self)

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._closing or not data:
            return
        before, self._waiting = self._waiting, self._waiting + len(data)
        self._outgoing.put_nowait(bytes(data))
        if before <= _CONGESTED < self._waiting:
            self._protocol.pause_writing()

    @override
    def is_closing(self) -> bool:
        return self._closing

    @override
    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._outgoing.put_nowait(b"")  # behind all that is still to be sent

    @override
    def abort(self) -> None:
        self._closing = True
        self._task.cancel()

    async def _live(self) -> None:
        """Move octets both ways until one of them ends; then tell the protocol."""
        ways = [asyncio.ensure_future(way) for way in (self._read(), self._write())]
        reason: Exception | None = None
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            errors = (way.exception() for way in done)
            reason = next((error for error in errors if isinstance(error, Exception)), None)
        finally:
            self._closing = True
            for way in ways:
                way.cancel()
            try:
                await self._session.close()
            finally:
                self._protocol.connection_lost(reason)

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.BINARY:
                raise ConnectionError("the broker sent something other than binary messages")
            self._protocol.data_received(message.data)
        error = self._socket.exception()
        if error is not None:
            raise error

    async def _write(self) -> None:
        while data := await self._outgoing.get():
            await self._socket.send_bytes(data)
            before, self._waiting = self._waiting, self._waiting - len(data)
            if before > _CONGESTED >= self._waiting:
                self._protocol.resume_writing()
        await self._socket.close()
