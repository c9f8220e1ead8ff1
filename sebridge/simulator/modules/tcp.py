"""A module's serial port as a TCP port: one host at a time, as on a cable."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final, Protocol, cast

from typing_extensions import override

from sebridge.base.errors import ConfigError
from sebridge.base.service import Service
from sebridge.simulator.modules.serial_line import Write

_LOGGER = logging.getLogger(__name__)

MOST_UNREAD: Final = 1 << 20
"""Octets that a host may leave unread; then it is hung up on."""


class Module(Protocol):
    """An emulated module."""

    def plug_in(self, write: Write, /) -> None:
        """Serve a host, which is sent octets by `write`."""

    def unplug(self) -> None:
        """Serve nobody."""

    def take(self, octets: bytes, /) -> None:
        """Take octets of the host."""


class ModulePort(Service):
    """Listens on a port, and connects whoever comes to the module.

    Who comes while another is there takes the module over, so that a host which is hung or gone
    without a word does not keep it. `port` 0 is any that is free; `start` says which.
    """

    def __init__(self, module: Module, host: str, port: int) -> None:
        super().__init__()
        self.port = port
        self._module = module
        self._host = host
        self._server: asyncio.Server | None = None
        self._line: _Line | None = None

    @override
    async def start(self) -> None:
        """Listen; ConfigError when the port cannot be had."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._make_line, self._host, self.port)
        except OSError as error:
            problem = f"{self._host}:{self.port} cannot be listened on: {error.strerror}"
            raise ConfigError([problem]) from error
        self.port = self._server.sockets[0].getsockname()[1]
        await super().start()

    @override
    async def stop(self) -> None:
        """Hang up, and listen no more."""
        if self._server is not None:
            self._server.close()
        self.hang_up()
        if self._server is not None:
            await self._server.wait_closed()
        await super().stop()

    def hang_up(self) -> None:
        """End the connection of the host, if one is there."""
        if self._line is not None:
            self._line.hang_up()

    def _make_line(self) -> "_Line":
        return _Line(self._module, self._connected, self._disconnected)

    def _connected(self, line: "_Line") -> None:
        before, self._line = self._line, line
        if before is not None:
            _LOGGER.warning("another host takes the module over")
            before.hang_up()
        self._module.plug_in(line.write)

    def _disconnected(self, line: "_Line") -> None:
        if self._line is line:
            self._line = None
            self._module.unplug()


class _Line(asyncio.Protocol):
    """One connection."""

    _transport: asyncio.WriteTransport

    def __init__(
        self,
        module: Module,
        connected: Callable[["_Line"], None],
        disconnected: Callable[["_Line"], None],
    ) -> None:
        self._module = module
        self._connected = connected
        self._disconnected = disconnected

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # every TCP connection's is one
        self._connected(self)

    @override
    def data_received(self, data: bytes) -> None:
        self._module.take(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._disconnected(self)

    def write(self, octets: bytes) -> None:
        """Send octets; a host that does not read is hung up on."""
        transport = self._transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > MOST_UNREAD:
            _LOGGER.warning("the host does not read what it is sent: hanging up")
            self.hang_up()
        else:
            transport.write(octets)

    def hang_up(self) -> None:
        """End the connection at once: what is under way is lost, as on a cable."""
        self._transport.abort()
